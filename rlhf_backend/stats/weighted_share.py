"""What a share is over all pairs, told from pairs that were chosen with known, unequal probabilities."""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from rlhf_backend.stats.intervals import wilson_interval
from rlhf_backend.types import Interval

GAP = 0.02
"""A share over the chosen pairs that is further than this from the corrected one misleads."""


def corrected_share(values: npt.ArrayLike, inclusions: npt.ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Mean of `values` in [0, 1] (n,) over all pairs, of which pair i was chosen with probability inclusions[i].

    The interval is Wilson's at the effective number of pairs, (Σw)²/Σw²; n is the number of pairs chosen.
    Raises: ValueError: no values, or a probability outside (0, 1].
    Source: self-normalised inverse propensities, Hájek 1971; effective number: Kish 1965, Survey Sampling.
    """
    y, weights = _weighted(values, inclusions)
    effective = weights.sum() ** 2 / (weights**2).sum()
    mean = float(weights @ y / weights.sum())
    # Wilson's formula takes whole trials; rounding down is on the safe side.
    trials = max(1, int(effective + 1e-9))
    found = wilson_interval(min(mean * trials, trials), trials, confidence=confidence)
    return Interval.around(mean, found.low, found.high, n=y.size)


def correction_gap(values: npt.ArrayLike, inclusions: npt.ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Corrected share minus the plain mean of the same values, with the linearised interval of the difference."""
    y, weights = _weighted(values, inclusions)
    corrected, plain = weights @ y / weights.sum(), y.mean()
    influence = weights * (y - corrected) / weights.sum() - (y - plain) / y.size
    spread = float(np.sqrt((influence**2).sum() * y.size / max(1, y.size - 1)))
    half, value = float(ndtri(0.5 + confidence / 2)) * spread, float(corrected - plain)
    return Interval(value=value, low=value - half, high=value + half, n=y.size)


def misleads(gap: Interval) -> bool:
    """Whether the whole interval of the gap lies beyond `GAP`, either way."""
    return gap.low > GAP or gap.high < -GAP


def _weighted(
    values: npt.ArrayLike, inclusions: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    y, p = np.asarray(values, dtype=np.float64), np.asarray(inclusions, dtype=np.float64)
    if y.size == 0 or y.shape != p.shape or not ((p > 0) & (p <= 1)).all():
        raise ValueError(f"expected values and a probability in (0, 1] for each, found {y.size} and {p.size}")
    return y, 1 / p
