"""Tilting the reference's samples by the reward: by hand, by an identity, and on planted worlds."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.stats.best_of_n import best_of_n_kl, choice_probabilities
from rlhf_backend.stats.preflight import (
    BETAS,
    Samples,
    bounded_kl_coef,
    effective_samples,
    fewest_effective,
    forecast,
    tilted_kl,
    tilted_means,
    tilted_weights,
)


def test_weights_kl_and_effective_samples_by_hand() -> None:
    weights = tilted_weights(np.array([[0.0, np.log(3.0)], [1.0, 1.0]]), beta=1.0)
    assert weights == pytest.approx(np.array([[0.25, 0.75], [0.5, 0.5]]))
    assert tilted_kl(weights) == pytest.approx([0.25 * np.log(0.5) + 0.75 * np.log(1.5), 0.0])
    assert effective_samples(weights) == pytest.approx([1.6, 2.0])
    assert tilted_weights(np.array([[0.0, np.log(9.0)]]), beta=2.0) == pytest.approx(np.array([[0.25, 0.75]]))


def test_means_are_jackknifed_by_hand() -> None:
    rewards, values = np.array([[0.0, np.log(3.0), 0.0]]), np.array([[0.0, 1.0, 3.0]])
    whole, without = (3 + 3) / 5, [(3 + 3) / 4, 3 / 2, 3 / 4]
    assert tilted_means(rewards, values, 1.0) == pytest.approx([3 * whole - 2 * sum(without) / 3])


def test_the_jackknife_takes_away_most_of_the_bias() -> None:
    rewards = np.random.default_rng(0).normal(size=(4000, 16))
    plain = (tilted_weights(rewards, 0.8) * rewards).sum(-1).mean()
    exact = 1 / 0.8  # of a standard normal reward tilted by exp(r/β)
    assert abs(tilted_means(rewards, rewards, 0.8).mean() - exact) < 0.3 * abs(plain - exact)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20), st.sampled_from(BETAS))
def test_means_stay_finite_however_unequal_the_weights(rewards: list[float], beta: float) -> None:
    row = np.array([rewards])
    assert np.isfinite(tilted_means(row, row, beta)).all()
    assert tilted_means(row, np.ones_like(row), beta) == pytest.approx(1)


@pytest.mark.parametrize("n", [2, 4, 16])
def test_the_kl_of_choosing_the_best_of_n_is_its_identity(n: int) -> None:
    weights = choice_probabilities(np.arange(20_000.0), n)[None]
    assert tilted_kl(weights)[0] == pytest.approx(best_of_n_kl(n), abs=2e-3)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20), st.sampled_from(BETAS))
def test_weights_are_a_distribution_and_their_kl_is_bounded(rewards: list[float], beta: float) -> None:
    weights = tilted_weights(np.array([rewards]), beta)
    assert weights.sum() == pytest.approx(1)
    assert -1e-9 <= tilted_kl(weights)[0] <= np.log(len(rewards)) + 1e-9
    assert 1 - 1e-9 <= effective_samples(weights)[0] <= len(rewards) + 1e-9


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=12))
def test_a_smaller_beta_goes_farther(rewards: list[float]) -> None:
    rows = np.array([rewards])
    points = forecast(Samples(rows, rows)).points
    distances = [point.sqrt_kl for point in points]
    assert all(b >= a - 1e-6 for a, b in pairwise(distances))


def peaking(*, prompts: int = 200, samples: int = 64, seed: int = 0) -> Samples:
    """The reward is right up to one standard deviation and wrong beyond: optimum near β = 1."""
    rewards = np.random.default_rng(seed).normal(size=(prompts, samples))
    truth = rewards - 0.5 * rewards**2
    return Samples(rewards, rewards, np.stack([truth, truth]))


def test_where_claims_rise_and_worth_peaks_the_peak_is_the_stop_point() -> None:
    found = forecast(peaking())
    assert found.best is not None
    best = found.points[found.best]
    assert best.beta == pytest.approx(1.0, rel=0.5)
    assert best.effective_samples >= fewest_effective(64)
    assert found.points[-1].claimed > best.claimed
    predicted = [point.predicted.value for point in found.points if point.predicted is not None]
    assert predicted[found.best] == max(predicted)


def test_no_stop_point_where_worth_rises_as_far_as_samples_reach() -> None:
    samples = peaking()
    found = forecast(Samples(samples.rewards, samples.rewards, samples.rewards[None]))
    assert found.best is None
    assert "still rises" in found.note


def test_no_stop_point_where_the_fall_is_within_its_error() -> None:
    samples = peaking(prompts=6)
    noise = np.random.default_rng(1).normal(scale=6.0, size=(16, *samples.rewards.shape))
    truth = samples.scores[0] if samples.scores is not None else samples.rewards
    found = forecast(Samples(samples.rewards, samples.rewards, truth + noise))
    assert found.best is None
    assert found.note


def test_a_reward_against_the_verdicts_stops_at_once() -> None:
    samples = peaking()
    found = forecast(Samples(samples.rewards, samples.rewards, -samples.rewards[None]))
    assert found.best == 0
    assert "against people's verdicts" in found.note


def test_without_verdicts_only_claims_are_told() -> None:
    found = forecast(Samples(peaking().rewards, peaking().rewards))
    assert found.best is None
    assert all(point.predicted is None for point in found.points)
    assert "too few verdicts" in found.note


@pytest.mark.parametrize(("suggested", "taken"), [(2.0, 0.5), (0.1, 0.1), (0.001, 0.02)])
def test_no_suggestion_makes_tuning_stand_still_or_run_away(suggested: float, taken: float) -> None:
    assert bounded_kl_coef(suggested) == taken


def test_a_level_between_prompts_says_nothing() -> None:
    samples = peaking(prompts=30)
    assert samples.scores is not None
    shifted = samples.scores + np.random.default_rng(2).normal(scale=50, size=(1, 30, 1))
    a, b = forecast(samples), forecast(Samples(samples.rewards, samples.rewards, shifted))
    for one, other in zip(a.points, b.points, strict=True):
        assert one.predicted is not None
        assert other.predicted is not None
        assert one.predicted.value == pytest.approx(other.predicted.value, abs=1e-9)
        assert one.predicted.low == pytest.approx(other.predicted.low, abs=1e-9)


def test_the_interval_is_wider_where_fits_disagree() -> None:
    samples = peaking(prompts=50)
    doubtful = np.stack([scale * samples.rewards for scale in np.linspace(-1, 3, 16)])
    sure = np.stack([samples.rewards] * 16)
    widths = []
    for scores in (sure, doubtful):
        point = forecast(Samples(samples.rewards, samples.rewards, scores)).points[3].predicted
        assert point is not None
        widths.append(point.high - point.low)
    assert widths[1] > 3 * widths[0]
