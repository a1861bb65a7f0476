"""Calibration bins and error."""

import numpy as np
import pytest

from rlhf_backend.stats.calibration import calibration_bins, expected_calibration_error


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
