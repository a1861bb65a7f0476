"""Rewards in units of all rewards so far. Running moments are one tensor (count, mean, Σ of squared deviations).

Source: PPO-max, arXiv:2307.04964, §5.3.1, after Engstrom et al. 2020, arXiv:2005.12729; moments merged as in Chan et
al. 1979, "Updating formulae and a pairwise algorithm for computing sample variances".
"""

from typing import Literal

import torch
from torch import Tensor

Scaling = Literal["none", "scale", "normalise"]


def no_moments() -> Tensor:
    """Those of no rewards at all. (3,), float64"""
    return torch.zeros(3, dtype=torch.float64)


def merged_moments(moments: Tensor, rewards: Tensor) -> Tensor:
    """The moments with a batch's rewards added, in any order and split with the same result. (3,), (B,) → (3,)"""
    count, mean, squares = moments
    values = rewards.to(moments)
    added = values.numel()
    total, shift = count + added, values.mean() - mean
    return torch.stack(
        [
            total,
            mean + shift * added / total,
            squares + (values - values.mean()).square().sum() + shift.square() * count * added / total,
        ]
    )


def scaled_rewards(rewards: Tensor, moments: Tensor, *, scaling: Scaling, clip: float | None) -> Tensor:
    """clip((r − μ)/σ, ± `clip`), or clip(r/σ, …), with the running mean and standard deviation. (B,), (3,) → (B,)

    Rewards that were all equal so far are not divided. `clip` None clips none; its unit is that of what it clips.
    """
    count, mean, squares = moments.to(rewards)
    spread = (squares / count.clamp_min(1)).sqrt()
    spread = torch.where(spread > 1e-8, spread, torch.ones_like(spread))
    if scaling == "normalise":
        rewards = rewards - mean
    if scaling != "none":
        rewards = rewards / spread
    return rewards if clip is None else rewards.clamp(-clip, clip)
