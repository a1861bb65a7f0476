"""Intervals of shares and means."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from rlhf_backend.stats.intervals import bootstrap_mean_interval, weighted_wilson_interval, wilson_interval


@given(
    st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.95, 0.99])
)
def test_wilson_agrees_with_scipy(trial: tuple[int, int], confidence: float) -> None:
    successes, n = trial
    ours = wilson_interval(successes, n, confidence=confidence)
    theirs = binomtest(successes, n).proportion_ci(confidence, method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert ours.low <= ours.value <= ours.high


def test_no_trials_tell_nothing() -> None:
    assert wilson_interval(0, 0).model_dump() == {"value": 0.5, "low": 0.0, "high": 1.0, "n": 0}


def test_half_successes_count() -> None:
    assert wilson_interval(1.5, 3).value == 0.5


def test_more_successes_than_trials_are_refused() -> None:
    with pytest.raises(ValueError, match="4 successes of 3 trials"):
        wilson_interval(4, 3)


@given(st.lists(st.sampled_from([1.0, 2 / 3, 0.5, 0.4, 1 / 3]), min_size=1, max_size=60))
def test_a_share_of_all_the_weight_is_one_whatever_the_weights_sum_to(weights: list[float]) -> None:
    """Rankings weigh 2/k: a model that is right about all of them must not come to more hits than verdicts."""
    found = weighted_wilson_interval([1.0] * len(weights), weights)
    assert found.n == round(float(np.sum(weights)))
    assert found.value == (1.0 if found.n else 0.5)
    assert found.high == 1.0


def test_weights_are_frequencies() -> None:
    assert weighted_wilson_interval([1, 0, 0.5], [2, 1, 1]) == wilson_interval(2.5, 4)


def test_bootstrap_covers_the_true_mean_as_often_as_it_claims() -> None:
    rng = np.random.default_rng(0)
    hits = 0
    for i in range(200):
        interval = bootstrap_mean_interval(rng.normal(3, 1, 40).tolist(), confidence=0.9, resamples=400, seed=i)
        hits += interval.low <= 3 <= interval.high
    assert 168 <= hits <= 192  # 180 ± 3 standard deviations, less the percentile method's known shortfall


def test_bootstrap_is_repeatable_and_brackets_the_mean() -> None:
    values = [1.0, 2.0, 5.0]
    one, two = bootstrap_mean_interval(values, seed=3), bootstrap_mean_interval(values, seed=3)
    assert one == two
    assert one.low <= one.value <= one.high
    assert one.n == 3


@pytest.mark.parametrize("values", [[], [1.0, float("nan")]])
def test_bootstrap_refuses_what_has_no_mean(values: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        bootstrap_mean_interval(values)
