"""Intervals over values that come in groups."""

import numpy as np
import pytest

from rlhf_backend.stats.clustered import cluster_means, clustered_mean_interval, clustered_share_interval
from rlhf_backend.stats.intervals import wilson_interval


def test_verdicts_of_one_prompt_are_no_more_evidence_than_the_prompt() -> None:
    rng = np.random.default_rng(0)
    of_prompt = rng.normal(size=40)
    apart = clustered_mean_interval(of_prompt, np.arange(40))
    repeated = clustered_mean_interval(np.repeat(of_prompt, 10), np.repeat(np.arange(40), 10))
    naive = clustered_mean_interval(np.repeat(of_prompt, 10), np.arange(400))
    assert repeated.value == pytest.approx(apart.value)
    assert repeated.high - repeated.low == pytest.approx(apart.high - apart.low, rel=0.01)
    assert naive.high - naive.low < 0.5 * (apart.high - apart.low)
    assert (apart.n, repeated.n) == (40, 400)


def test_weights_are_heeded() -> None:
    interval = clustered_mean_interval(np.array([0.0, 1.0]), np.array([0, 1]), np.array([3.0, 1.0]))
    assert interval.value == pytest.approx(0.25)
    assert interval.n == 4


@pytest.mark.parametrize("clusters", [200, 1500])
def test_intervals_hold_the_mean_as_often_as_they_claim(clusters: int) -> None:
    """Beyond 1,000 clusters blocks of them are drawn. Of 100 at 95 % between 88 and 99 hold the mean."""
    rng = np.random.default_rng(1)
    held = 0
    for seed in range(100):
        values = np.repeat(rng.normal(size=clusters), 2) + rng.normal(size=2 * clusters)
        interval = clustered_mean_interval(values, np.repeat(np.arange(clusters), 2), seed=seed)
        held += interval.low <= 0 <= interval.high
    assert 88 <= held <= 99


def test_resamples_draw_the_same_clusters_for_every_column() -> None:
    values = np.random.default_rng(2).normal(size=(30, 1)) @ np.ones((1, 2))
    means = cluster_means(values, np.arange(30), resamples=50)
    np.testing.assert_allclose(means[:, 0], means[:, 1])


def test_nothing_has_no_mean() -> None:
    with pytest.raises(ValueError, match="found 0 of weight"):
        clustered_mean_interval(np.zeros(0), np.zeros(0, dtype=np.int64))
    with pytest.raises(ValueError, match="finite"):
        clustered_mean_interval(np.array([np.nan]), np.array([0]))


def test_a_share_of_values_that_go_together_is_known_as_well_as_that_of_their_clusters() -> None:
    found = np.random.default_rng(3).random(30) < 0.3
    together = clustered_share_interval(np.repeat(found, 2).tolist(), np.repeat(np.arange(30), 2))
    alone = wilson_interval(int(found.sum()), 30)
    assert (together.value, together.low, together.high) == pytest.approx((alone.value, alone.low, alone.high))
    assert together.n == 60


def test_a_share_of_values_that_do_not_go_together_is_known_as_well_as_that_of_so_many() -> None:
    pairs = [True, True, True, False, False, True, False, False]
    apart, wilson = clustered_share_interval(pairs * 8, np.repeat(np.arange(32), 2)), wilson_interval(32, 64)
    assert (apart.low, apart.high) == pytest.approx((wilson.low, wilson.high))


def test_where_all_or_none_are_found_each_cluster_is_one_trial() -> None:
    none = clustered_share_interval([False] * 48, np.repeat(np.arange(24), 2))
    assert (none.value, none.high) == pytest.approx((0, wilson_interval(0, 24).high))
    assert clustered_share_interval([], np.zeros(0, dtype=np.int64)).n == 0


def test_intervals_of_shares_hold_the_share_as_often_as_they_claim() -> None:
    """24 prompts of 2 samples, whose chances differ by prompt: of 400 at 95 % between 365 and 396 hold the share."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(400):
        chance = np.repeat(rng.beta(1, 3, size=24), 2)
        interval = clustered_share_interval((rng.random(48) < chance).tolist(), np.repeat(np.arange(24), 2))
        held += interval.low <= 0.25 <= interval.high
    assert 365 <= held <= 396
