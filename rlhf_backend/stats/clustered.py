"""Intervals of means over values that come in groups: verdicts of one prompt are not independent."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rlhf_backend.row import Interval
from rlhf_backend.stats.intervals import wilson_interval

Array = npt.NDArray[np.float64]
_BLOCKS = 1000
"""More clusters than this are drawn in so many blocks: the interval is as wide, at a bounded cost."""


def cluster_means(
    values: Array,
    clusters: npt.NDArray[np.int64],
    weights: Array | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> Array:
    """Weighted means under random weights of whole clusters: draws from what the mean may be. (resamples, k)

    Args:
        values: one column for each figure; the same clusters are drawn for all of them. (n, k)
        clusters: the same number for values that belong together. (n,)
        weights: equal without them. (n,)
    Source: Bayesian bootstrap, Rubin 1981, Annals of Statistics 9:1; faster than counts.
    """
    rng = np.random.default_rng(seed)
    _, owner = np.unique(clusters, return_inverse=True)
    count = int(owner.max()) + 1
    if count > _BLOCKS:
        owner, count = (rng.permutation(count) % _BLOCKS)[owner], _BLOCKS
    w = np.ones(len(owner)) if weights is None else weights
    totals = np.bincount(owner, w, count)
    sums = np.stack([np.bincount(owner, w * column, count) for column in values.T], axis=1)
    drawn = rng.exponential(size=(resamples, count))
    means: Array = (drawn @ sums) / (drawn @ totals)[:, None]
    return means


def clustered_mean_interval(
    values: Array,
    clusters: npt.NDArray[np.int64],
    weights: Array | None = None,
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """The weighted mean of values (n,) with a percentile interval over draws of whole clusters; n is the weight.

    Raises: ValueError: no values, no weight, or a value that is not finite.
    """
    w = np.ones(len(values)) if weights is None else weights
    if w.sum() <= 0 or not np.isfinite(values).all():
        raise ValueError(f"a mean needs finite values of some weight, found {len(values)} of weight {w.sum()}")
    mean = float(np.average(values, weights=w))
    tail = (1 - confidence) / 2
    low, high = np.quantile(cluster_means(values[:, None], clusters, w, seed=seed), [tail, 1 - tail])
    return Interval.around(mean, low, high, n=max(1, round(float(w.sum()))))


def clustered_share_interval(found: Sequence[bool], clusters: npt.NDArray[np.int64]) -> Interval:
    """The share of those found (n,), with a Wilson interval for as many trials as the clusters are worth.

    Where a cluster's values go together they count as one trial, where they do not as so many; n is that of the values.
    With all or none found that cannot be told: each cluster is then one trial.
    Source: Korn & Graubard 1998, Survey Methodology 24:193 (effective sample size), with Wilson's interval.
    """
    values = np.asarray(found, dtype=np.float64)
    if not len(values):
        return wilson_interval(0, 0)
    _, owner = np.unique(clusters, return_inverse=True)
    count, share = int(owner.max()) + 1, float(values.mean())
    residuals = np.bincount(owner, values - share, count)
    variance = float(residuals @ residuals) / len(values) ** 2
    spread = share * (1 - share)
    trials = count if spread == 0 else round(max(count, spread / max(variance, spread / len(values))))
    found_of_trials = wilson_interval(share * trials, trials)
    return Interval.around(share, found_of_trials.low, found_of_trials.high, n=len(values))
