"""Labels on what the tuned policy writes beat as many labels on what the reference writes, where that covers poorly.

Chaudhari et al. 2024, arXiv:2404.08555, §5 and §7.6.4. Tuning with a KL of 9 nats goes where z is past its turn; with
400 labels on the reference's own pairs, one in 95 of whose completions is there, the reward model learns the fall
badly. Four rounds of 100 labels, each on pairs of the policy as it is then, see it.

Margins were set from 40 other seeds (100 to 139), before these were run: poor coverage +.133 ± .025 standard deviations
of the reference's worth (40 of 40 seeds gain); the labels split in four rounds without on-policy sampling
+.031 ± .031; full coverage −.001 ± .007.
"""

import numpy as np
import pytest

from tests.effects.iteration_world import WORTH, Array, divergence, final_gold, reference, tuned

pytestmark = pytest.mark.effect
SEEDS = range(40)
POOR, FULL = 0.65, 2.0


def arm(*, spread: float, rounds: int, on_policy: bool, offset: int) -> Array:
    found = [final_gold(offset + seed, spread=spread, rounds=rounds, on_policy=on_policy) for seed in SEEDS]
    return np.array(found)


def interval(differences: Array) -> tuple[float, float]:
    """Mean of paired differences and half the width of its 95 % interval."""
    return float(differences.mean()), float(1.96 * differences.std(ddof=1) / len(differences) ** 0.5)


def test_iteration_beats_one_shot_where_the_reference_covers_poorly() -> None:
    """Lower end of the interval above .05; without on-policy sampling less than .08 and clearly less than with it."""
    one_shot = arm(spread=POOR, rounds=1, on_policy=True, offset=0)
    iterated = arm(spread=POOR, rounds=4, on_policy=True, offset=1000)
    split = arm(spread=POOR, rounds=4, on_policy=False, offset=2000)
    gain, half = interval(iterated - one_shot)
    assert gain - half > 0.05, (gain, half)
    assert ((iterated - one_shot) > 0).mean() > 0.8
    assert abs(interval(split - one_shot)[0]) < 0.08
    over_split, half_over_split = interval(iterated - split)
    assert over_split - half_over_split > 0.03, (over_split, half_over_split)


def test_iteration_brings_nothing_where_the_reference_covers_all() -> None:
    """The negative control: the mean difference is within .02."""
    one_shot = arm(spread=FULL, rounds=1, on_policy=True, offset=0)
    iterated = arm(spread=FULL, rounds=4, on_policy=True, offset=1000)
    assert abs(interval(iterated - one_shot)[0]) < 0.02


def test_the_world_s_tuning_spends_its_kl_and_knows_its_optimum() -> None:
    """With the true weights the tuned policy has the KL asked for, and no learned reward brings more worth."""
    start = reference(spread=POOR)
    truth = np.r_[WORTH, 1.0, -2.0]
    best = tuned(start, truth, kl=9.0)
    assert divergence(best, start) == pytest.approx(9.0, abs=1e-4)
    rng = np.random.default_rng(0)
    for _ in range(20):
        other = tuned(start, truth + rng.normal(scale=0.2, size=len(truth)), kl=9.0)
        assert other.gold() <= best.gold() + 1e-6
