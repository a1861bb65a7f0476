"""XPO finds what the reference hides; online DPO does not. Controls: the bonus with the wrong sign, and too much of it.

Margins: differences are paired by seed and their 95 % intervals must lie on one side of 0. On four other blocks of 24
seeds (0–23, 100–123, 200–223, 300–323) XPO gained .51 to .98 over (π, π_ref) and .51 to 1.08 over (π, π) where the
reference plays the star once in 1,100 draws, .69 to .88 and 2.06 to 2.22 where once in 56; every interval was above 0.
The wrong sign lost .31 to .54 there. That α = 0 is online DPO to the bit is tested beside the loss and the recipe.
"""

from functools import cache

import pytest
import torch

from tests.effects.hidden_star import Outcome, learned

pytestmark = pytest.mark.effect

SEEDS = range(1000, 1024)
HIDDEN, RARE = 9e-4, 0.018
"""How often the reference plays the star."""
ALPHA, TOO_MUCH = 0.01, 0.3


@cache
def outcome(star_share: float, alpha: float, *, against_reference: bool = True) -> Outcome:
    return learned(SEEDS, star_share=star_share, alpha=alpha, against_reference=against_reference)


def gain(better: Outcome, worse: Outcome) -> tuple[float, float]:
    """Interval of the mean difference in reward, paired by seed."""
    differences = better.reward - worse.reward
    half = 1.96 * float(differences.std()) / len(differences) ** 0.5
    return float(differences.mean()) - half, float(differences.mean()) + half


@pytest.mark.parametrize("star_share", [HIDDEN, RARE])
def test_xpo_earns_more_than_online_dpo(star_share: float) -> None:
    curious = outcome(star_share, ALPHA)
    anchored = outcome(star_share, 0.0)
    passive = outcome(star_share, 0.0, against_reference=False)
    assert gain(curious, anchored)[0] > 0
    assert gain(curious, passive)[0] > 0
    found = [float(case.found.double().mean()) for case in (passive, anchored, curious)]
    assert found[2] > max(found[:2])


def test_too_much_curiosity_is_worse_than_some() -> None:
    """The inverted U: some is better than none (above), and than thirty times as much."""
    assert gain(outcome(RARE, ALPHA), outcome(RARE, TOO_MUCH))[0] > 0


def test_the_bonus_with_the_wrong_sign_finds_less_than_none() -> None:
    assert gain(outcome(RARE, 0.0), outcome(RARE, -ALPHA))[0] > 0


def test_outcomes_are_those_of_the_seeds() -> None:
    again = learned(range(1000, 1002), star_share=RARE, alpha=ALPHA, against_reference=True)
    torch.testing.assert_close(again.reward, outcome(RARE, ALPHA).reward[:2], atol=1e-6, rtol=0)
