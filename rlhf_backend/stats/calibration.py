"""How far predicted probabilities can be taken at their word."""

from collections.abc import Sequence

import numpy as np

from rlhf_backend.types import CalibrationBin


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
