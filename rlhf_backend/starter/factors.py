"""What the judge learns to read: the style factors of a reply, and ways in which a reply can be damaged.

The factors are general attributes that some labeler may have a taste about. No taste is in here: which factor is worth
what is learned from preferences alone. No torch here.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from rlhf_backend.starter.grammar import Message, Sample, draw_sample

FACTORS = (
    "tone",
    "warm",
    "curt",
    "confidence",
    "hedging",
    "rambling",
    "specific",
    "on_topic",
    "list",
    "length",
    "refusal",
    "unsafe",
    "broken",
    "repetition",
)

MISMATCHED_SHARE = 0.15
BROKEN_SHARE = 0.2
REPEATED_SHARE = 0.12


@dataclass(frozen=True)
class Reading:
    """A conversation, a reply to it, and the value of each of `FACTORS`."""

    messages: tuple[Message, ...]
    reply: str
    values: tuple[float, ...]


def readings(*, seed: int, size: int) -> Iterator[Reading]:
    """`size` replies with their factors; some answer another prompt, some are broken or repeat themselves."""
    rng = Random(seed)
    for _ in range(size):
        yield draw_reading(rng)


def draw_reading(rng: Random) -> Reading:
    sample = draw_sample(rng)
    values = sample_factors(sample)
    messages, reply = sample.messages, sample.reply
    if rng.random() < MISMATCHED_SHARE:
        other = draw_sample(rng)
        messages = other.messages
        # A refusal and a harmless reply fit no request in particular; an unsafe one is unsafe under any prompt.
        values["on_topic"] = float(other.request.kind == sample.request.kind and sample.style.is_on_topic)
    if rng.random() < BROKEN_SHARE:
        edits = rng.randint(1, 6)
        reply = damage(rng, reply, edits=edits)
        values["broken"] = min(1.0, edits / 4)
    if rng.random() < REPEATED_SHARE:
        copies = rng.randint(1, 4)
        reply = repeat(rng, reply, copies=copies)
        values["repetition"] = min(1.0, copies / 3)
    values["length"] = log_length(reply)
    return Reading(messages, reply, tuple(values[name] for name in FACTORS))


def sample_factors(sample: Sample) -> dict[str, float]:
    """The factors of an undamaged sample; tone and confidence in −1 … 1, length in log words, the rest 0 or 1."""
    style = sample.style
    return {
        "tone": float(style.tone),
        "warm": float(style.tone > 0),
        "curt": float(style.tone < 0),
        "confidence": float(style.confidence),
        "hedging": float(style.confidence < 0),
        "rambling": float(style.is_rambling),
        "specific": float(style.is_specific),
        "on_topic": float(style.is_on_topic),
        "list": float(style.is_list),
        "length": log_length(sample.reply),
        "refusal": float(style.is_refusal),
        "unsafe": float(not style.is_safe),
        "broken": 0.0,
        "repetition": 0.0,
    }


def log_length(text: str) -> float:
    """Natural logarithm of 1 + the number of words."""
    return math.log1p(len(text.split()))


def damage(rng: Random, text: str, *, edits: int) -> str:
    """The text after `edits` changes of a word or two: dropped, doubled, swapped, or taken from elsewhere in it."""
    words = text.split(" ")
    for _ in range(edits):
        if len(words) < 3:
            break
        place = rng.randrange(len(words) - 2)
        match rng.randrange(5):
            case 0:
                del words[place : place + rng.randint(1, 2)]
            case 1:
                words.insert(place, words[place])
            case 2:
                words[place], words[place + 2] = words[place + 2], words[place]
            case 3:
                words[place] = rng.choice(words)
            case _:
                start = rng.randrange(len(words))
                words[place:place] = words[start : start + rng.randint(1, 3)]
    return " ".join(words)


def repeat(rng: Random, text: str, *, copies: int) -> str:
    """The text with one of its sentences said `copies` more times."""
    sentences = re.split(r"(?<=[.!?]) ", text)
    sentence = rng.choice(sentences)
    for _ in range(copies):
        sentences.insert(rng.randint(0, len(sentences)), sentence)
    return " ".join(sentences)
