"""How far predicted probabilities can be taken at their word."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize_scalar

from rlhf_backend.stats.preference_regression import Array, probability_a
from rlhf_backend.types import CalibrationBin

_FREEDOM = 0.5
"""Standard deviation of a temperature's logarithm: within a factor of e, unless the verdicts say otherwise."""


def calibration_bins(
    predicted: Sequence[float], observed: Sequence[float], *, weights: Sequence[float] | None = None, bins: int = 10
) -> list[CalibrationBin]:
    """Mean prediction and mean outcome in equal-width bins of [0, 1]; empty bins are left out.

    Args:
        predicted: probabilities that a is preferred.
        observed: 1 where a was preferred, 0 where b was, .5 for a tie.
        weights: positive weights of the means; equal without them.
    Raises: ValueError: the lengths differ or a value is outside [0, 1].
    """
    p, y = np.asarray(predicted, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if p.shape != y.shape:
        raise ValueError(f"{p.size} predictions for {y.size} outcomes: expected one each")
    if not (((p >= 0) & (p <= 1)).all() and ((y >= 0) & (y <= 1)).all()):
        raise ValueError("predictions and outcomes must lie in [0, 1]")
    w = np.ones_like(p) if weights is None else np.asarray(weights, dtype=np.float64)
    index = np.minimum((p * bins).astype(int), bins - 1)
    return [
        CalibrationBin(
            predicted=float(np.average(p[rows], weights=w[rows])),
            observed=float(np.average(y[rows], weights=w[rows])),
            n=int(rows.sum()),
        )
        for rows in (index == b for b in range(bins))
        if rows.any()
    ]


def expected_calibration_error(bins: Sequence[CalibrationBin]) -> float:
    """Mean of |predicted − observed| over bins, weighted by their size; 0 without any bin.

    Source: Naeini, Cooper & Hauskrecht 2015, AAAI, "Obtaining well calibrated probabilities using Bayesian binning".
    """
    total = sum(b.n for b in bins)
    return sum(b.n * abs(b.predicted - b.observed) for b in bins) / total if total else 0.0


def fit_temperature(
    differences: Array,
    said: Array,
    weights: Array,
    *,
    threshold: float,
    around: float = 1.0,
    freedom: float = _FREEDOM,
) -> float:
    """What reward differences are to be divided by, so that their probabilities meet decided verdicts best.

    Args:
        differences: of a minus b, logits (n,). said: 1 where a was better, 0 where b was (n,). weights: of each (n,).
        threshold: Rao-Kupper's. around, freedom: median of the log-normal prior, and standard deviation of its
            logarithm: without verdicts the temperature is `around`.
    Source: Guo et al. 2017, arXiv:1706.04599. Differs: the prior, which keeps few verdicts from claiming certainty.
    """

    def loss(shift: float) -> float:
        p = probability_a(differences / (around * np.exp(shift)), threshold=threshold)
        likelihood = np.clip(np.where(said == 1, p, 1 - p), 1e-12, 1.0)
        return float(-(weights * np.log(likelihood)).sum() + (shift / freedom) ** 2 / 2)

    return float(around * np.exp(minimize_scalar(loss, bounds=(-4.0, 4.0), method="bounded").x))
