"""Policy-gradient losses of tokens, and the critic's loss.

Losses of tokens come unreduced: what they are averaged over is the method's choice, and a batch may be split.
"""

import torch
from torch import Tensor


def policy_gradient_terms(token_logprobs: Tensor, advantages: Tensor) -> Tensor:
    """−A · log π of each token of on-policy samples: the gradient of its mean is the policy gradient. (N,), (N,) → (N,)

    Advantages are constants; any gradient they carry is cut. Where a completion is one action, its tokens share one.
    Source: Williams 1992, Machine Learning 8:229; RLHF Deciphered, arXiv:2404.08555, §6.1.
    """
    return -advantages.detach() * token_logprobs


def clipped_surrogate_terms(
    token_logprobs: Tensor, old_logprobs: Tensor, advantages: Tensor, *, clip_range: float
) -> Tensor:
    """−min(ρ·A, clip(ρ, 1 ± ε)·A) of each token, ρ = π/π_old. (N,) × 3 → (N,)

    Where ρ = 1 its gradient is that of `policy_gradient_terms`; beyond the clip it is 0 if A asks for more of it.
    Source: Schulman et al. 2017, arXiv:1707.06347, eq. 7.
    """
    ratios = (token_logprobs - old_logprobs.detach()).exp()
    advantages = advantages.detach()
    return -torch.minimum(ratios * advantages, ratios.clamp(1 - clip_range, 1 + clip_range) * advantages)


def clipped_share(token_logprobs: Tensor, old_logprobs: Tensor, *, clip_range: float) -> Tensor:
    """Share of tokens whose probability ratio lies outside of 1 ± ε. (N,), (N,) → scalar"""
    ratios = (token_logprobs.detach() - old_logprobs).exp()
    return ((ratios - 1).abs() > clip_range).float().mean()


def value_loss_terms(
    values: Tensor, returns: Tensor, old_values: Tensor | None = None, *, clip_range: float | None = None
) -> Tensor:
    """½ (V − G)² of each token; with a clip ½ max((V − G)², (clip(V, V_old ± ε) − G)²), reward units². (N,) → (N,)

    Args:
        values: the critic's, with gradient.
        returns: what they should have been, constants.
        old_values: the critic's when the samples were drawn; needed for a clip.
    Raises: ValueError: a clip without old values.
    Source: Schulman et al.'s PPO as in Huang et al. 2024, arXiv:2403.17031, detail 22; PPO-max, arXiv:2307.04964, §3.2.
    """
    errors = (values - returns.detach()).square()
    if clip_range is None:
        return errors / 2
    if old_values is None:
        raise ValueError("a clip of values is around the values of the rollout: none were given")
    near = old_values.detach() + (values - old_values.detach()).clamp(-clip_range, clip_range)
    return torch.maximum(errors, (near - returns.detach()).square()) / 2


def explained_variance(values: Tensor, returns: Tensor) -> Tensor:
    """1 − Var(G − V)/Var(G): 1 foresees all, 0 nothing, below 0 it misleads; 0 where returns are equal. → scalar"""
    spread = returns.var(unbiased=False)
    return torch.where(spread > 1e-12, 1 - (returns - values).var(unbiased=False) / spread.clamp_min(1e-12), 0.0)
