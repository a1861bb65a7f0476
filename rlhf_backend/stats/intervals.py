"""Confidence intervals of shares and means."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from rlhf_backend.types import Interval


def wilson_interval(successes: float, n: int, *, confidence: float = 0.95) -> Interval:
    """The share `successes / n` with its Wilson score interval.

    Half successes (ties) are allowed. With n = 0 the value is .5 and the interval [0, 1], the limits of the score.
    Raises: ValueError: successes is outside 0 … n.
    Source: Wilson 1927, JASA 22:209; Brown, Cai & DasGupta 2001, Statistical Science 16:101.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n} trials: expected 0 ≤ successes ≤ trials")
    if n == 0:
        return Interval(value=0.5, low=0.0, high=1.0, n=0)
    z = float(ndtri(0.5 + confidence / 2))
    share = successes / n
    denominator = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / denominator
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / denominator
    low, high = max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))
    return Interval(value=share, low=float(low), high=float(high), n=n)


def weighted_wilson_interval(values: npt.ArrayLike, weights: npt.ArrayLike) -> Interval:
    """The weighted mean of values in [0, 1] (n,) as a share of as many trials as their weights (n,) come to.

    Without weight the value is .5 and the interval [0, 1].
    """
    y, w = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    n = round(float(w.sum()))
    # The mean before the number of trials: a sum of all weights, scaled to n, can end up above n by a rounding error.
    return wilson_interval(float(np.average(y, weights=w)) * n if n else 0.0, n)


def bootstrap_mean_interval(
    values: Sequence[float], *, confidence: float = 0.95, resamples: int = 2000, seed: int = 0
) -> Interval:
    """The mean of `values` with its percentile bootstrap interval.

    One value gives an interval of width zero: nothing is known of the spread, and n = 1 says so.
    Raises: ValueError: `values` is empty or holds a number that is not finite.
    Source: Efron 1979, Annals of Statistics 7:1.
    """
    sample = np.asarray(values, dtype=np.float64)
    if sample.size == 0 or not np.isfinite(sample).all():
        raise ValueError(f"a mean needs finite values, found {sample.size} values")
    rng = np.random.default_rng(seed)
    # Resampling n values with replacement is a multinomial draw of their counts: one matrix product.
    counts = rng.multinomial(sample.size, np.full(sample.size, 1 / sample.size), size=resamples)
    means = counts @ sample / sample.size
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval.around(float(sample.mean()), low, high, n=int(sample.size))
