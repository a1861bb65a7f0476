"""Two reward models on the same pairs."""

import numpy as np
import pytest

from rlhf_backend.stats.drift import accuracy_change, flip_share, hits, rank_correlation

ONES = np.ones(4)
APART = np.arange(4)


def test_flips_by_hand() -> None:
    flips = flip_share(np.array([1.0, -1.0, 2.0, 0.0]), np.array([3.0, 1.0, -0.1, 1.0]), APART, ONES)
    assert flips.value == pytest.approx((0 + 1 + 1 + 0.5) / 4)
    assert flips.n == 4


def test_a_model_does_not_drift_from_itself() -> None:
    d = np.random.default_rng(0).normal(size=50)
    assert flip_share(d, d, np.arange(50), np.ones(50)).high == 0
    assert rank_correlation(d, 3 * d) == pytest.approx(1)
    assert rank_correlation(d, -d) == pytest.approx(-1)


def test_the_order_of_a_and_b_does_not_matter_to_the_correlation() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=30), rng.normal(size=30)
    turned = np.where(rng.random(30) < 0.5, -1.0, 1.0)
    assert rank_correlation(one, other) == pytest.approx(rank_correlation(one * turned, other * turned))
    assert rank_correlation(one, np.zeros(30)) == 0


def test_accuracies_are_compared_pair_by_pair() -> None:
    a_won = np.array([1.0, 0.0, 1.0, 0.3])
    better, worse = np.array([1.0, -1.0, 1.0, -1.0]), np.array([1.0, 1.0, 1.0, 0.0])
    assert hits(better, a_won).tolist() == [1, 1, 1, 0.7]
    change = accuracy_change(better, worse, a_won, APART, ONES)
    assert change.value == pytest.approx((0 + 1 + 0 + 0.2) / 4)
    halved = accuracy_change(better, worse, a_won, APART, np.array([1.0, 0.0, 1.0, 2.0]))
    assert halved.value == pytest.approx(2 * 0.2 / 4)
