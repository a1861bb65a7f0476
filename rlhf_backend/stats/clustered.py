"""Intervals of means over values that come in groups: verdicts of one prompt are not independent."""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from rlhf_backend.row import Interval

Array = npt.NDArray[np.float64]
_FEW = 2000
"""Up to so many clusters are resampled; of more the mean is normal anyway, and resampling them takes seconds."""


def cluster_means(
    values: Array,
    clusters: npt.NDArray[np.int64],
    weights: Array | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> Array:
    """Weighted means of resamples of whole clusters; a resample without any weight is left out. (≤ resamples,)

    Args:
        values: one column for each figure; the same clusters are drawn for all of them. (n,) or (n, k)
        clusters: the same number for values that belong together. (n,)
        weights: equal without them. (n,)
    Source: Efron 1979, Annals of Statistics 7:1; whole clusters: Davison & Hinkley 1997, §3.8.
    """
    sums, totals = _cluster_sums(values, clusters, weights)
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(len(totals), np.full(len(totals), 1 / len(totals)), size=resamples)
    weight = counts @ totals
    drawn = weight > 0
    means: Array = ((counts @ sums)[drawn].T / weight[drawn]).T
    return means


def clustered_mean_interval(
    values: Array,
    clusters: npt.NDArray[np.int64],
    weights: Array | None = None,
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """The weighted mean of values (n,) with an interval that resamples whole clusters; n is the weight.

    Raises: ValueError: no values, or no weight.
    """
    sums, totals = _cluster_sums(values, clusters, weights)
    weight = float(totals.sum())
    if not len(values) or weight <= 0 or not np.isfinite(values).all():
        raise ValueError(f"a mean needs finite values of some weight, found {len(values)} of weight {weight}")
    mean = float(sums.sum() / weight)
    if len(totals) <= _FEW:
        tail = (1 - confidence) / 2
        low, high = np.quantile(cluster_means(values, clusters, weights, seed=seed), [tail, 1 - tail])
    else:
        residuals = sums - mean * totals
        half = float(ndtri(0.5 + confidence / 2)) * float(np.sqrt(residuals @ residuals)) / weight
        low, high = mean - half, mean + half
    return Interval(value=mean, low=min(mean, float(low)), high=max(mean, float(high)), n=max(1, round(weight)))


def _cluster_sums(values: Array, clusters: npt.NDArray[np.int64], weights: Array | None) -> tuple[Array, Array]:
    """Weighted sum of the values (clusters,) or (clusters, k), and weight (clusters,), of each cluster."""
    _, owner = np.unique(clusters, return_inverse=True)
    w = np.ones(len(owner)) if weights is None else weights
    totals = np.bincount(owner, w)
    columns = values.reshape(len(owner), -1)
    sums = np.stack([np.bincount(owner, w * column, len(totals)) for column in columns.T], axis=1)
    return (sums[:, 0] if values.ndim == 1 else sums), totals
