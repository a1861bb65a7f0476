"""How far a reward model can be trusted: its figures on preferences it was not fitted to."""

from collections import Counter
from math import log

import numpy as np

from rlhf_backend.data.preferences import Preferences
from rlhf_backend.stats.calibration import calibration_bins, expected_calibration_error
from rlhf_backend.stats.drift import hits
from rlhf_backend.stats.intervals import weighted_wilson_interval
from rlhf_backend.stats.preference_regression import Array, probability_a
from rlhf_backend.types import CalibrationBin, Interval, RewardModelReport


def held_out_report(
    held_out: Preferences,
    differences: Array,
    *,
    method: str,
    threshold: float,
    training: Preferences,
    excluded: Counter[str],
    prior_precision: float | None,
) -> RewardModelReport:
    """The report of reward differences a − b (n,) predicted for `held_out`.

    Only decided verdicts by people count for accuracy, loss and calibration: what is asked is which of two is better,
    and what counts is the verdict as given, whatever label was trained on. Both baselines are measured on the same
    rows. Each row counts by its weight, so that the pairs of one ranking are as much evidence as the comparisons it
    needs, and a soft label is one preference.
    """
    measured = held_out.decided & held_out.given
    d, a_won, weights = differences[measured], held_out.said[measured], held_out.given_weights[measured]
    p = probability_a(d, threshold=threshold)
    lengths = np.array([len(row.completion_a) - len(row.completion_b) for row in held_out.rows], dtype=np.float64)
    likelihood = np.where(a_won == 1, p, 1 - p)
    bins = calibration(p, a_won, weights)
    return RewardModelReport(
        accuracy=accuracy_interval(d, a_won, weights),
        method=method,
        log_loss=float(np.average(-np.log(np.maximum(likelihood, 1e-12)), weights=weights)) if len(d) else log(2),
        calibration_error=expected_calibration_error(bins),
        calibration=bins,
        baseline_longer=accuracy_interval(lengths[measured], a_won, weights),
        baseline_always_a=accuracy_interval(np.ones_like(d), a_won, weights),
        preferences=int(training.given.sum()),
        ties=int(training.ties.sum()),
        excluded=dict(excluded),
        prior_precision=prior_precision,
    )


def accuracy_interval(differences: Array, a_won: Array, weights: Array) -> Interval:
    """Share of verdicts that the sign of the difference foretells; no difference is half a hit. n is their weight."""
    return weighted_wilson_interval(hits(differences, a_won), weights)


def calibration(probabilities: Array, a_won: Array, weights: Array) -> list[CalibrationBin]:
    """Predicted against observed, of decided verdicts. (n,) each"""
    return calibration_bins(probabilities.tolist(), a_won.tolist(), weights=weights.tolist())
