"""A batch of two strata: places drawn uniformly and places given by an order of preference, with exact propensities."""

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt
from scipy.stats import hypergeom

Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A unit of the population that was taken.

    `propensity` is the probability with which its own stratum took it. `inclusion` is the probability with which the
    batch took it at all, by either stratum, given the order of preference.
    """

    index: int
    is_uniform: bool
    propensity: float
    inclusion: float


def uniform_places(share: float, wanted: int) -> int:
    """The least number of `wanted` places that is at least `share` of them."""
    return min(ceil(share * wanted - 1e-9), wanted)


def draw(order: Ints, *, population: int, wanted: int, uniform: int, rng: np.random.Generator) -> list[Drawn]:
    """`wanted` distinct units of `population`, in random order.

    `uniform` of them are a simple random sample of all units, whatever the order says; the others are the first of
    `order` (distinct units, best first, made without knowledge of the sample) that are not in that sample.
    Raises: ValueError: the order is too short to fill its places.
    """
    if len(order) < min(wanted, population) and uniform < wanted:
        raise ValueError(f"an order of {len(order)} units cannot fill a batch of {wanted} of {population}")
    sample = rng.permutation(population)[:uniform]
    preferred = order[~np.isin(order, sample)][: wanted - uniform]
    inclusion = dict(zip(order[:wanted].tolist(), inclusions(population, wanted, uniform).tolist(), strict=False))
    share = uniform / population if population else 0.0
    drawn = [Drawn(int(i), True, share, inclusion.get(int(i), share)) for i in sample]
    drawn += [Drawn(int(i), False, 1.0, inclusion[int(i)]) for i in preferred]
    return [drawn[k] for k in rng.permutation(len(drawn))]


def inclusions(population: int, wanted: int, uniform: int) -> npt.NDArray[np.float64]:
    """Probability that the unit at each of the first `wanted` places of the order is taken. (wanted,)

    Such a unit is taken uniformly, or because enough of those before it were: how many were is hypergeometric. A unit
    further down the order can only be taken uniformly.
    """
    if wanted >= population:
        return np.ones(wanted)
    if wanted == uniform:
        return np.full(wanted, uniform / population)
    places = np.arange(wanted)
    moved_up = hypergeom.sf(places - (wanted - uniform), population - 1, places, uniform)
    share = uniform / population
    result: npt.NDArray[np.float64] = share + (1 - share) * moved_up
    return result
