"""How two reward models differ on the same pairs."""

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from rlhf_backend.row import Interval
from rlhf_backend.stats.clustered import clustered_mean_interval

Array = npt.NDArray[np.float64]
Groups = npt.NDArray[np.int64]


def flip_share(one: Array, other: Array, groups: Groups, weights: Array) -> Interval:
    """Share of pairs whose reward differences a − b have opposite signs; a difference of 0 against another is half.

    Raises: ValueError: no pairs.
    """
    values = np.abs(np.sign(one) - np.sign(other)) / 2
    return clustered_mean_interval(values, groups, weights)


def rank_correlation(one: Array, other: Array) -> float:
    """Spearman's ρ of two sets of reward differences; 0 where either does not vary.

    The sign of a difference depends on which completion is called a, so each pair counts both ways round.
    """
    x, y = np.concatenate([one, -one]), np.concatenate([other, -other])
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(spearmanr(x, y).statistic)


def accuracy_change(one: Array, other: Array, a_won: Array, groups: Groups, weights: Array) -> Interval:
    """Accuracy of `one` minus that of `other` on the same decided verdicts, paired; whole groups are resampled.

    Args:
        a_won: share of the verdict that is for a, 0 … 1. (n,)
    Raises: ValueError: no pairs.
    """
    return clustered_mean_interval(hits(one, a_won) - hits(other, a_won), groups, weights)


def hits(differences: Array, a_won: Array) -> Array:
    """How far the sign of each difference meets the verdict, 0 … 1; no difference is half a hit. (n,)"""
    met: Array = np.where(differences == 0, 0.5, np.where(differences > 0, a_won, 1 - a_won))
    return met
