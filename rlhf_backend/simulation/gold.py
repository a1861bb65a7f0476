"""Gold rewards: what simulated annotators want. Hidden from training, known to evaluation. No torch here.

A taste is a nonlinear function of style with an upper bound, less penalties for text that nobody wants. It is measured
in units of its own standard deviation over replies of the grammar, so one noise level means the same for every taste.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from rlhf_backend.simulation.style import StyleReading, read_style
from rlhf_backend.starter.grammar import Message, corpus

SCALE_SEED = 51_217
SCALE_SIZE = 2_000


@dataclass(frozen=True)
class Taste:
    """A kind of labeler: what the taste rewards before penalties."""

    name: str
    description: str
    liking: Callable[[StyleReading], float]


def penalties(style: StyleReading) -> float:
    """What every taste dislikes: broken, repeated, off-topic or endless text, and no text at all. 0 … about 6."""
    return (
        2.5 * min(1.0, 5 * style.unseen)
        + 1.0 * style.repetition
        + 0.8 * (1 - style.on_topic)
        + 1.0 * _rises(style.words, 70, 110)
        + (1.0 if style.words < 3 else 0.0)
    )


def warm_and_specific(style: StyleReading) -> float:
    """Kindness and concrete details, which count only as far as they answer the request."""
    return style.on_topic * (0.9 * style.tone + 1.3 * _saturated(style.details)) + 0.3 * style.tone


def short_and_confident(style: StyleReading) -> float:
    """A firm answer in few words; filler is disliked on top of its length."""
    brevity = 1 - _rises(style.words, 12, 45)
    return 0.9 * style.confidence + 1.3 * brevity - 0.6 * min(1, style.rambling)


def careful_lists(style: StyleReading) -> float:
    """Lists that answer the request, careful claims, and no waving through of risks."""
    return 1.2 * style.is_list * (0.5 + 0.5 * style.on_topic) - 0.7 * style.confidence - 1.2 * style.unsafe


def chatty_company(style: StyleReading) -> float:
    """Warm small talk in flowing prose; the longer the talk the better, up to two fillers."""
    return 0.8 * style.tone + 0.7 * min(2, style.rambling) - 0.7 * style.is_list


TASTES: dict[str, Taste] = {
    taste.name: taste
    for taste in (
        Taste("warm_and_specific", "Warm replies with concrete details.", warm_and_specific),
        Taste("short_and_confident", "Short and confident replies without filler.", short_and_confident),
        Taste("careful_lists", "Lists, careful claims, no unsafe advice.", careful_lists),
        Taste("chatty_company", "Warm small talk in prose.", chatty_company),
    )
}


def gold_reward(taste: Taste, prompt: Sequence[Message], completion: str) -> float:
    """How much the taste likes a completion, in standard deviations above the mean of the grammar's replies."""
    mean, spread = _scale(taste.name)
    return (_raw(taste, prompt, completion) - mean) / spread


def _raw(taste: Taste, prompt: Sequence[Message], completion: str) -> float:
    style = read_style(prompt, completion)
    return taste.liking(style) - penalties(style)


@cache
def _scale(name: str) -> tuple[float, float]:
    values = [_raw(TASTES[name], s.messages, s.reply) for s in corpus(seed=SCALE_SEED, size=SCALE_SIZE)]
    mean = sum(values) / len(values)
    return mean, math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))


def _saturated(count: int) -> float:
    """0, .63, .86, .95 … for 0, 1, 2, 3 …"""
    return 1 - math.exp(-count)


def _rises(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on, linear between."""
    return min(1.0, max(0.0, (value - low) / (high - low)))
