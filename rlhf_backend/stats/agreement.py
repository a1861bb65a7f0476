"""How far people who judge the same things say the same: α, κ and plain agreement, each with an interval.

The intervals of α, of Fleiss' κ and of plain agreement come from resampling units (comparisons), since the verdicts
on one unit are not independent. Units with the same verdicts are resampled together: a multinomial draw over the
few distinct patterns is the same draw as one over the units, whatever their number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from rlhf_backend.stats.estimate import Estimate, Undefined
from rlhf_backend.types import Interval

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Level = Literal["nominal", "ordinal", "interval"]

NO_PAIR = Undefined("No comparison has verdicts of two labelers.")
ONE_PAIR = Undefined("Only one comparison has verdicts of two labelers.")
ALL_EQUAL = Undefined("All verdicts are equal: how often chance would agree cannot be told.")


@dataclass(frozen=True)
class Ratings:
    """n ratings, at most one of a rater on a unit: who said what about which. Each array (n,)."""

    units: Ints
    raters: Ints
    values: Array


@dataclass(frozen=True)
class _Patterns:
    """Units with at least two ratings, by how often each value was given: counts (P, V), units (P,), values (V,)."""

    counts: Array
    units: Ints
    values: Array


def krippendorff_alpha(
    ratings: Ratings, *, level: Level, confidence: float = 0.95, resamples: int = 1000, seed: int = 0
) -> Estimate:
    """Krippendorff's α: 1 at full agreement, 0 at chance; n is the number of units with two ratings or more.

    Units with fewer ratings are left out, so any number of raters may miss any number of units.
    Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability". Differs: the interval resamples units
    instead of pairs of values under a fixed expected disagreement.
    """

    def statistic(weights: Array, patterns: _Patterns) -> Array:
        return _alpha(weights, patterns, level=level)

    return _bootstrapped(ratings, statistic, confidence=confidence, resamples=resamples, seed=seed)


def pairwise_agreement(ratings: Ratings, *, confidence: float = 0.95, resamples: int = 1000, seed: int = 0) -> Estimate:
    """Share of pairs of raters on one unit who gave the same value; n is the number of units with such pairs."""

    def statistic(weights: Array, patterns: _Patterns) -> Array:
        size = patterns.counts.sum(1)
        agreeing = (patterns.counts * (patterns.counts - 1)).sum(1)
        share: Array = weights @ agreeing / (weights @ (size * (size - 1)))
        return share

    return _bootstrapped(ratings, statistic, confidence=confidence, resamples=resamples, seed=seed)


def fleiss_kappa(ratings: Ratings, *, confidence: float = 0.95, resamples: int = 1000, seed: int = 0) -> Estimate:
    """Fleiss' κ of nominal ratings; n is the number of units with two ratings or more.

    Source: Fleiss 1971, Psychological Bulletin 76:378. Differs: units may have different numbers of ratings; each unit
    counts once in the observed agreement, each rating once in the expected one.
    """

    def statistic(weights: Array, patterns: _Patterns) -> Array:
        counts, size = patterns.counts, patterns.counts.sum(1)
        observed = weights @ ((counts * (counts - 1)).sum(1) / (size * (size - 1))) / weights.sum(1)
        marginals = weights @ counts
        shares = marginals / marginals.sum(1, keepdims=True)
        return _beyond_chance(observed, (shares**2).sum(1))

    return _bootstrapped(ratings, statistic, confidence=confidence, resamples=resamples, seed=seed)


def cohen_kappa(table: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Cohen's κ of two raters from their table of joint counts (V, V); n is the number of units both rated.

    Source: Cohen 1960, Educational and Psychological Measurement 20:37; interval with the standard error of Fleiss,
    Cohen & Everitt 1969, Psychological Bulletin 72:323, cut at −1 and 1.
    """
    counts = np.asarray(table, dtype=np.float64)
    n = counts.sum()
    if n == 0:
        return Undefined("These two labelers have judged no comparison in common.")
    p = counts / n
    rows, columns = p.sum(1), p.sum(0)
    observed, expected = float(np.trace(p)), float(rows @ columns)
    if expected == 1:
        return ALL_EQUAL
    kappa = (observed - expected) / (1 - expected)
    # Of each cell: how much one more verdict there would move κ.
    reach = rows[None, :] + columns[:, None]  # p.j of the row's category and pi. of the column's, as the paper has it
    diagonal = np.diag(p) * (1 - np.add(rows, columns) * (1 - kappa)) ** 2
    off = p * reach**2 * (1 - kappa) ** 2
    spread = diagonal.sum() + off.sum() - np.trace(off) - (kappa - expected * (1 - kappa)) ** 2
    half = float(ndtri(0.5 + confidence / 2)) * np.sqrt(max(0.0, spread) / n) / (1 - expected)
    return Interval(value=kappa, low=max(-1.0, kappa - half), high=min(1.0, kappa + half), n=int(n))


@dataclass(frozen=True, slots=True)
class PairKappa:
    """Cohen's κ of two raters, named by their numbers."""

    first: int
    second: int
    kappa: Estimate


def cohen_kappas(ratings: Ratings, *, confidence: float = 0.95) -> list[PairKappa]:
    """Cohen's κ of every two raters who rated a unit in common, in the order of their numbers."""
    first, second = _pairs_within_units(ratings)
    if not len(first):
        return []
    values, codes = np.unique(ratings.values, return_inverse=True)
    raters = np.stack([ratings.raters[first], ratings.raters[second]], axis=1)
    pairs, index = np.unique(raters, axis=0, return_inverse=True)
    tables = np.zeros((len(pairs), len(values), len(values)))
    np.add.at(tables, (index.ravel(), codes[first], codes[second]), 1)
    return [
        PairKappa(int(a), int(b), cohen_kappa(table, confidence=confidence))
        for (a, b), table in zip(pairs, tables, strict=True)
    ]


def mean_kappa(kappas: list[PairKappa]) -> float | Undefined:
    """Mean of the pairs' κ weighted by the units they share (Light 1971 without weights)."""
    known = [pair.kappa for pair in kappas if isinstance(pair.kappa, Interval)]
    if not known:
        return ALL_EQUAL if kappas else NO_PAIR
    return sum(k.value * k.n for k in known) / sum(k.n for k in known)


def agreement_with_others(ratings: Ratings) -> dict[int, tuple[float, int]]:
    """Of each rater who shares units with others: agreeing pairs with others, and pairs."""
    first, second = _pairs_within_units(ratings)
    same = ratings.values[first] == ratings.values[second]
    found: dict[int, tuple[float, int]] = {}
    for rater in np.unique(ratings.raters[np.concatenate([first, second])]):
        mine = (ratings.raters[first] == rater) | (ratings.raters[second] == rater)
        found[int(rater)] = (float(same[mine].sum()), int(mine.sum()))
    return found


def _pairs_within_units(ratings: Ratings) -> tuple[Ints, Ints]:
    """Positions of every two ratings of one unit, the lower rater first."""
    order = np.lexsort((ratings.raters, ratings.units))
    units = ratings.units[order]
    firsts: list[Ints] = []
    seconds: list[Ints] = []
    for step in range(1, len(order)):  # as many steps as the busiest unit has ratings
        same = np.flatnonzero(units[step:] == units[:-step])
        if not len(same):
            break
        firsts.append(order[same])
        seconds.append(order[same + step])
    nothing = np.zeros(0, dtype=np.int64)
    return np.concatenate([nothing, *firsts]), np.concatenate([nothing, *seconds])


def _patterns(ratings: Ratings) -> _Patterns:
    _, units = np.unique(ratings.units, return_inverse=True)
    values, codes = np.unique(ratings.values, return_inverse=True)
    counts = np.zeros((int(units.max(initial=-1)) + 1, len(values)))
    np.add.at(counts, (units, codes), 1)
    counts = counts[counts.sum(1) >= 2]
    distinct, number = np.unique(counts, axis=0, return_counts=True)
    return _Patterns(distinct, number, values)


def _bootstrapped(
    ratings: Ratings,
    statistic: Callable[[Array, _Patterns], Array],
    *,
    confidence: float,
    resamples: int,
    seed: int,
) -> Estimate:
    """`statistic(weights (R, P), patterns) → (R,)` of the units, and its percentile interval over resampled units."""
    patterns = _patterns(ratings)
    n = int(patterns.units.sum())
    if n < 2:
        return ONE_PAIR if n else NO_PAIR
    value = float(statistic(patterns.units[None].astype(np.float64), patterns)[0])
    if np.isnan(value):
        return ALL_EQUAL
    draws = np.random.default_rng(seed).multinomial(n, patterns.units / n, size=resamples).astype(np.float64)
    resampled = statistic(draws, patterns)
    tail = (1 - confidence) / 2
    # A resample whose values are all equal has no statistic.
    low, high = np.quantile(resampled[~np.isnan(resampled)], [tail, 1 - tail])
    return Interval.around(value, low, high, n=n)


def _alpha(weights: Array, patterns: _Patterns, *, level: Level) -> Array:
    """α of each row of weights (R, P) → (R,); NaN where all values are equal."""
    counts, values = patterns.counts, patterns.values
    size = counts.sum(1)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(values))
    coincidences = np.tensordot(weights, pairs / (size - 1)[:, None, None], axes=1)  # (R, V, V)
    marginals = weights @ counts  # (R, V)
    total = marginals.sum(1)
    if level == "nominal":
        distance = np.broadcast_to(1 - np.eye(len(values)), coincidences.shape)
    else:
        # The ordinal metric is the interval metric of the values' mid-ranks.
        scale = marginals.cumsum(1) - marginals / 2 if level == "ordinal" else np.broadcast_to(values, marginals.shape)
        distance = (scale[:, :, None] - scale[:, None, :]) ** 2
    observed = (coincidences * distance).sum((1, 2)) / total
    expected = np.einsum("rc,rk,rck->r", marginals, marginals, distance) / (total * (total - 1))
    return 1 - _divided(observed, expected)


def _beyond_chance(observed: Array, expected: Array) -> Array:
    return _divided(observed - expected, 1 - expected)


def _divided(a: Array, b: Array) -> Array:
    """a / b, NaN where b is 0 but for rounding."""
    defined = b > 1e-12
    return np.where(defined, a / np.where(defined, b, 1), np.nan)
