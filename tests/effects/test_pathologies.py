"""Planted pathologies of preferences are found at p < .01, and a clean crowd raises at most one alarm in twenty.

Four divergences of practice from theory in Lambert, Gilbert & Zick (arXiv:2310.13595), each by the figure that the
product shows: circular triads, the pull of a side, a pull that grows, two groups of labelers with opposite wishes, a
labeler who takes the first one unread. 40 seeds each; of 40 clean worlds at most 2 may alarm for each figure (expected
.4 at p < .01 each; more than 2 has a probability below .01).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import expit

from rlhf_backend.stats.attention import session_trend
from rlhf_backend.stats.crowd import SidedVerdicts, crowd_fit
from rlhf_backend.stats.cycles import circular_triads
from rlhf_backend.stats.estimate import Undefined
from rlhf_backend.stats.intervals import wilson_interval
from rlhf_backend.stats.latent_groups import two_groups
from tests.effects.labeler_worlds import labeled_world

pytestmark = pytest.mark.effect

SEEDS = range(40)
CLEAN_ALARMS = 2
CONFIDENCE = 0.98  # two-sided: beyond one end with p < .01


def circles(seed: int, planted: float) -> bool:
    """Three styles that beat each other like rock, paper, scissors, in a share of the pairs."""
    rng = np.random.default_rng(seed)
    choices = []
    for item in range(60):
        quality = rng.normal(scale=2, size=3)
        for i, j in ((0, 1), (1, 2), (2, 0)):
            d = quality[i] - quality[j]
            wins = rng.random() < planted or rng.random() < expit(d)
            winner, loser = (i, j) if wins else (j, i)
            choices.append((item * 3 + winner, item * 3 + loser))
    found = circular_triads(choices)
    # A Bradley-Terry labeler of this spread closes about one triad in eleven.
    return wilson_interval(found.circular, found.total, confidence=CONFIDENCE).low > 0.11


def side_pull(seed: int, planted: float, *, lazy: float = 0.0) -> bool:
    """Labeler 0 leans to the left by so many logits, or takes it unread; four others judge the same pairs."""
    rng = np.random.default_rng(seed)
    pairs, labelers = np.repeat(np.arange(800), 5), np.tile(np.arange(5), 800)
    a_left = rng.random(len(pairs)) < 0.5
    d = rng.normal(scale=1.5, size=800)[pairs] * np.where(a_left, 1, -1)
    left = rng.random(len(pairs)) < expit(d + planted * (labelers == 0))
    left |= (labelers == 0) & (rng.random(len(pairs)) < lazy)
    fitted = crowd_fit(SidedVerdicts(pairs, labelers, a_left, left), confidence=CONFIDENCE)
    return fitted[0].side_bias.low > 0


def growing_pull(seed: int, planted: float) -> bool:
    """The pull to the left grows by so many logits in a thousand verdicts, at two verdicts a minute without a pause."""
    rng = np.random.default_rng(seed)
    place = np.arange(4000)
    left = rng.random(len(place)) < expit(rng.normal(scale=1.5, size=len(place)) + planted * place / 1000)
    trend = session_trend(place / 120.0, left.astype(np.float64), confidence=CONFIDENCE)
    return not isinstance(trend, Undefined) and trend.low > 0


def groups(seed: int, planted: float) -> bool:
    """Every second labeler wants one feature the other way round."""
    world = labeled_world(seed, opposite_taste=planted)
    found = two_groups(world.verdicts, world.labelers, world.prompts, precision=0.1)
    return found is not None and found.gain.low > 0 and found.gain.value > 0.02


def share(alarm: Callable[[int], bool]) -> npt.NDArray[np.bool_]:
    return np.array([alarm(seed) for seed in SEEDS])


@pytest.mark.parametrize(
    ("alarm", "planted"),
    [(circles, 0.5), (side_pull, 0.5), (growing_pull, 0.3), (groups, 1.5)],
    ids=["circular triads", "a side pulls", "the pull grows", "two groups"],
)
def test_what_is_planted_is_found_and_a_clean_crowd_is_left_alone(
    alarm: Callable[[int, float], bool], planted: float
) -> None:
    found, false = share(lambda seed: alarm(seed, planted)), share(lambda seed: alarm(1000 + seed, 0.0))
    assert found.mean() >= 0.9, f"found in {found.sum()} of {len(found)} worlds"
    assert false.sum() <= CLEAN_ALARMS, f"{false.sum()} false alarms in {len(false)} clean worlds"


def test_a_labeler_who_mostly_takes_the_first_one_is_found() -> None:
    assert share(lambda seed: side_pull(seed, 0.0, lazy=0.6)).all()
