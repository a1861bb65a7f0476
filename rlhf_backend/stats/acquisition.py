"""What a verdict would tell about the reward model, and how likely two labelers would give the same one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import entr, expit

Array = npt.NDArray[np.float64]

# 31 nodes keep the error below 1e-5 nat for spreads up to 10 reward units.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(31)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_ROWS = 4096  # of a block of pairs: what is computed of them at once stays within some MB


@dataclass(frozen=True)
class Beliefs:
    """What is believed of n reward differences: Q equally informed guesses each (n, Q), which count as `weights` (Q,).

    A difference whose rewards are unknown has NaN in its row.
    """

    differences: Array
    weights: Array

    @classmethod
    def of_heads(cls, differences: Array) -> "Beliefs":
        """Each head of the ensemble is a guess. (n, K)"""
        return cls(differences, np.full(differences.shape[1], 1 / differences.shape[1]))

    @classmethod
    def normal(cls, differences: Array, sds: Array) -> "Beliefs":
        """Differences ~ N(difference, sd²), at the nodes of Gauss-Hermite quadrature. (n,), (n,)"""
        return cls(differences[:, None] + sds[:, None] * _NODES, _WEIGHTS)


def information(beliefs: Beliefs) -> Array:
    """Mutual information of a Bradley-Terry verdict and the reward difference, nats, in [0, ln 2]. (n,)

    Zero where all guesses are equal: a coin flip between equals teaches nothing about the reward.
    Source: Houlsby et al. 2011, arXiv:1112.5745 (BALD), on preferences. Differs: the entropy is not approximated.
    """
    result = np.empty(len(beliefs.differences))
    for start in range(0, len(result), _ROWS):
        p = expit(beliefs.differences[start : start + _ROWS])
        result[start : start + _ROWS] = _entropy(p @ beliefs.weights) - _entropy(p) @ beliefs.weights
    return np.maximum(result, 0.0)  # NaN stays NaN


def expected_agreement(beliefs: Beliefs, *, measured: float | None = None) -> Array:
    """Probability that two labelers give the same verdict on a pair, in [.5, 1]. (n,)

    Averaged over what is believed, not read off the mean probability: a pair that the heads judge differently but
    firmly is easy for people. `measured`, how often two labelers of the project agree, replaces the overall level where
    it lies lower: labelers also differ for reasons that no reward model knows.
    """
    firmness = np.empty(len(beliefs.differences))
    for start in range(0, len(firmness), _ROWS):
        p = expit(beliefs.differences[start : start + _ROWS])
        firmness[start : start + _ROWS] = (2 * p - 1) ** 2 @ beliefs.weights
    scale = 1.0
    known = firmness[np.isfinite(firmness)]
    if measured is not None and known.size and known.mean() > 0:
        scale = min(1.0, max(0.0, 2 * measured - 1) / float(known.mean()))
    result: Array = 0.5 + 0.5 * scale * firmness
    return result


def _entropy(p: Array) -> Array:
    result: Array = entr(p) + entr(1 - p)
    return result
