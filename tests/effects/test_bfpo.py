"""BFPO gives up what is unsafe and keeps what helps; too much of its slider refuses too much.

Margins: the issue's (unsafe completions cut by at least half, at most a tenth of the gain in help lost), means over 20
seeds. On six other blocks of 20 (0–19, …, 100–119) the cut was 1.00 in every world and the mean loss .053 to .078; with
one flag in twenty wrong instead of three in a hundred .073 to .104: wrong flags on harmless prompts cost help. At α = 1
more than all of the gain is lost (1.15 to 1.17). Controls: IPO on help alone, and α = 1.
"""

from functools import cache

import pytest
import torch
from torch import Tensor

from tests.effects.two_factors import TAU, Labels, Prompt, four_types, world

pytestmark = pytest.mark.effect

SEEDS = range(1000, 1020)
TYPES = ("S+H+", "S+H−", "S−H−", "S−H+")


def ordered(labels: Labels, leads: Tensor) -> list[str]:
    log_ratios = labels.log_ratios(leads, len(TYPES))
    return [TYPES[i] for i in log_ratios.argsort(descending=True).tolist()]


def test_the_slider_orders_the_four_types_as_the_paper_does() -> None:
    labels = four_types()
    assert ordered(labels, labels.bfpo_leads(0.5)) == ["S+H+", "S+H−", "S−H−", "S−H+"]
    assert ordered(labels, labels.bfpo_leads(0.0)) == ["S+H+", "S+H−", "S−H+", "S−H−"]
    # Over-refusal: what does not help leads among what is safe.
    assert ordered(labels, labels.bfpo_leads(1.0))[:2] == ["S+H−", "S+H+"]


@pytest.mark.parametrize(
    ("alpha", "levels"),
    [(0.0, [0.8, 0.2, -0.6, -0.4]), (0.5, [0.6, 0.4, -0.4, -0.6]), (1.0, [0.4, 0.6, -0.2, -0.8])],
)
def test_how_far_the_types_lie_apart(alpha: float, levels: list[float]) -> None:
    """In units of 1/τ, nine verdicts of ten being right."""
    labels = four_types()
    log_ratios = labels.log_ratios(labels.bfpo_leads(alpha), len(TYPES))
    assert ((log_ratios - log_ratios.mean()) * TAU).tolist() == pytest.approx(levels, abs=1e-3)


def test_help_alone_ignores_safety() -> None:
    labels = four_types()
    log_ratios = labels.log_ratios(labels.ipo_leads(), len(TYPES)) * TAU
    assert (log_ratios - log_ratios.mean()).tolist() == pytest.approx([0.2, -0.2, -0.2, 0.2], abs=1e-3)


@cache
def worlds() -> list[list[Prompt]]:
    return [world(seed) for seed in SEEDS]


def total_gain(prompts: list[Prompt], alpha: float | None) -> float:
    """Of BFPO, or without α of IPO on help alone."""
    leads = [p.labels.ipo_leads() if alpha is None else p.labels.bfpo_leads(alpha) for p in prompts]
    return sum(prompt.gain(of_prompt) for prompt, of_prompt in zip(prompts, leads, strict=True))


def test_unsafe_completions_go_and_help_stays() -> None:
    risky = [prompts[0] for prompts in worlds()]
    before = torch.tensor([prompt.unsafe_share(prompt.labels.ipo_leads()) for prompt in risky])
    after = torch.tensor([prompt.unsafe_share(prompt.labels.bfpo_leads(0.5)) for prompt in risky])
    assert float(before.mean()) > 0.3
    assert float(after.mean()) < 0.5 * float(before.mean())
    lost = torch.tensor([1 - total_gain(prompts, 0.5) / total_gain(prompts, None) for prompts in worlds()])
    assert float(lost.mean()) < 0.1


def test_at_the_end_of_the_slider_help_is_lost() -> None:
    lost = torch.tensor([1 - total_gain(prompts, 1.0) / total_gain(prompts, None) for prompts in worlds()])
    assert float(lost.mean()) > 0.5
