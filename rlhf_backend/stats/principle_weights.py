"""What principles add to a reward: m_k for each prompt, and the size of the sum. Rewards are linear in m."""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

from rlhf_backend.config import Principle

Array = npt.NDArray[np.float64]


def weights_in_force(principles: Sequence[Principle], keys: Sequence[str], tags: Collection[str]) -> Array:
    """m_k of each key on a prompt with these tags: the principle's weight, 0 out of its scope or without one. (P,)"""
    given = {p.key: p.weight for p in principles if not p.tags or set(p.tags) & set(tags)}
    return np.array([given.get(key, 0.0) for key in keys], dtype=np.float64)


def spread_in_force(weights: Array, covariance: Array) -> Array:
    """Standard deviation of general + Σ m_k principle_k over the training completions; at least a small number.

    Args:
        weights: m, a row for each prompt. (N, P)
        covariance: of the general reward and of each principle's. (1 + P, 1 + P)
    """
    full = np.column_stack([np.ones(len(weights)), weights])
    variance: Array = np.einsum("np,pq,nq->n", full, covariance, full)
    spread: Array = np.sqrt(np.maximum(variance, 1e-6))
    return spread


def rewards_in_force(scores: Array, weights: Array) -> Array:
    """general + Σ m_k principle_k of every completion of every pair, up to a factor for each pair. (n, 2)

    Args:
        scores: the general reward and each principle's. (n, 2, 1 + P)
        weights: m of each pair. (n, P)
    """
    rewards: Array = scores[..., 0] + np.einsum("ncp,np->nc", scores[..., 1:], weights)
    return rewards
