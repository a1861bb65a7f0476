"""Calibration bins and error."""

import numpy as np
import pytest
from scipy.special import expit

from rlhf_backend.stats.calibration import calibration_bins, expected_calibration_error, fit_temperature
from rlhf_backend.stats.preference_regression import Array, probability_a


def test_bins_by_hand() -> None:
    bins = calibration_bins([0.1, 0.15, 0.9, 1.0], [0, 1, 1, 1], bins=10)
    assert [(b.n, round(b.predicted, 6), b.observed) for b in bins] == [(2, 0.125, 0.5), (2, 0.95, 1.0)]
    assert expected_calibration_error(bins) == pytest.approx((2 * 0.375 + 2 * 0.05) / 4)


def test_a_soft_label_is_as_sure_as_its_weights_say() -> None:
    (only,) = calibration_bins([0.75, 0.75], [1, 0], weights=[0.7, 0.3])
    assert only.n == 2
    assert (only.predicted, only.observed) == pytest.approx((0.75, 0.7))


def test_true_probabilities_have_little_error() -> None:
    rng = np.random.default_rng(1)
    p = rng.random(20_000)
    y = (rng.random(20_000) < p).astype(float)
    assert expected_calibration_error(calibration_bins(p.tolist(), y.tolist())) < 0.015
    overconfident = np.where(p > 0.5, 0.99, 0.01)
    assert expected_calibration_error(calibration_bins(overconfident.tolist(), y.tolist())) > 0.2


def test_nothing_predicted_has_no_error() -> None:
    assert expected_calibration_error(calibration_bins([], [])) == 0.0


def test_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="2 predictions for 1 outcomes"):
        calibration_bins([0.5, 0.5], [1])


def test_values_outside_the_unit_interval_are_refused() -> None:
    with pytest.raises(ValueError, match="lie in"):
        calibration_bins([1.2], [1])


def overconfident(n: int, *, factor: float, seed: int) -> tuple[Array, Array, Array]:
    """Differences that claim `factor` times the logits that verdicts follow."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(scale=1.5, size=n)
    said = (rng.random(n) < expit(logits)).astype(np.float64)
    return factor * logits, said, np.ones(n)


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_the_temperature_is_what_differences_claim_too_much(factor: float) -> None:
    assert fit_temperature(*overconfident(4000, factor=factor, seed=1), threshold=0.0) == pytest.approx(factor, rel=0.1)


def test_a_temperature_takes_calibration_errors_away() -> None:
    d, said, weights = overconfident(4000, factor=3.0, seed=2)
    temperature = fit_temperature(d, said, weights, threshold=0.0)
    raw, tempered = (
        expected_calibration_error(calibration_bins(expit(x).tolist(), said.tolist())) for x in (d, d / temperature)
    )
    assert raw > 0.1
    assert tempered < 0.03


def test_few_verdicts_hardly_move_the_temperature_and_none_not_at_all() -> None:
    four = np.array([1.0, 2.0, -1.0, -2.0]), np.array([1.0, 1.0, 0.0, 0.0]), np.ones(4)
    assert 0.5 < fit_temperature(*four, threshold=0.0) < 1.0
    none = np.zeros(0)
    assert fit_temperature(none, none, none, threshold=0.0, around=1.7) == pytest.approx(1.7, rel=1e-3)


def test_a_part_keeps_near_the_temperature_of_all_until_it_has_many_verdicts() -> None:
    few, many = (
        fit_temperature(*overconfident(n, factor=3.0, seed=3), threshold=0.0, around=1.0, freedom=0.25)
        for n in (20, 4000)
    )
    assert few < 2
    assert many == pytest.approx(3, rel=0.15)


def test_the_threshold_of_ties_is_part_of_the_probability() -> None:
    rng = np.random.default_rng(4)
    logits = rng.normal(scale=1.5, size=4000)
    said = (rng.random(4000) < probability_a(logits, threshold=0.5)).astype(np.float64)
    assert fit_temperature(2 * logits, said, np.ones(4000), threshold=0.5) == pytest.approx(2, rel=0.1)
