"""How much better a sample is than could be expected.

Tokens of ragged batches stand completion by completion: token i of N belongs to completion rows[i] of B.
"""

import torch
from torch import Tensor

from rlhf_backend.ops.logprobs import sum_by_row

_EPSILON = 1e-4
"""Added to a standard deviation that divides, in reward units: equal rewards give advantages of 0."""


def leave_one_out_advantages(rewards: Tensor) -> Tensor:
    """Each reward minus the mean of the other K − 1 samples of the same prompt. (P, K) → (P, K)

    The baseline of a sample does not depend on it, so the policy gradient stays unbiased.
    Raises: ValueError: K < 2.
    Source: Kool et al. 2019, "Buy 4 REINFORCE samples, get a baseline for free!"; Ahmadian et al., arXiv:2402.14740.
    """
    samples = _compared(rewards)
    # r_i − (Σ − r_i)/(K − 1) = (K·r_i − Σ)/(K − 1)
    return (samples * rewards - rewards.sum(-1, keepdim=True)) / (samples - 1)


def group_normalised_advantages(rewards: Tensor) -> Tensor:
    """Rewards of a prompt's K samples less their mean, in their (unbiased) standard deviations. (P, K) → (P, K)

    Raises: ValueError: K < 2.
    Source: Shao et al. 2024, arXiv:2402.03300, §4.1.2 (outcome supervision).
    """
    _compared(rewards)
    return (rewards - rewards.mean(-1, keepdim=True)) / (rewards.std(-1, keepdim=True) + _EPSILON)


def batch_mean_advantages(returns: Tensor, rows: Tensor, count: int) -> Tensor:
    """Rewards to go less the batch's mean return of a whole completion, reward units. (N,), (N,) → (N,)

    The return of a whole completion is the reward to go of its first token.
    Source: the reinforcement baseline of Williams 1992, Machine Learning 8:229, with one batch in place of a running
    mean.
    """
    first = torch.ones_like(rows, dtype=torch.bool)
    first[1:] = rows[1:] != rows[:-1]
    return returns - returns[first].sum() / count


def rewards_to_go(rewards: Tensor, rows: Tensor) -> Tensor:
    """Σ of a completion's rewards from each of its tokens on, undiscounted (γ = 1). (N,), (N,) → (N,)

    Source: RLHF Deciphered, arXiv:2404.08555, §6.1; Sutton & Barto 2018, §13.3.
    """
    return _suffix_sums(rewards, rows, decay=1.0)


def gae_advantages(rewards: Tensor, values: Tensor, rows: Tensor, *, gae_lambda: float) -> Tensor:
    """Σ_l λ^l δ_{t+l} with δ_t = r_t + V_{t+1} − V_t; γ = 1, and V = 0 behind the last token. (N,) × 3 → (N,)

    Args:
        rewards: of each token, the completion's score at its last one.
        values: V before each token is written, constants, reward units.
        gae_lambda: 1 gives rewards to go less V, 0 the one-step error.
    Source: Schulman et al. 2016, arXiv:1506.02438, eq. 16.
    """
    following = torch.zeros_like(values)
    following[:-1] = torch.where(rows[1:] == rows[:-1], values[1:], torch.zeros_like(values[1:]))
    return _suffix_sums(rewards + following - values, rows, decay=gae_lambda)


def whitened(values: Tensor) -> Tensor:
    """Mean 0 and (biased) standard deviation 1 over all of a batch; equal values give 0. Any shape

    Source: Ziegler et al. 2019 as retold by Huang et al. 2024, arXiv:2403.17031, detail 18.
    """
    centred = values - values.mean()
    return centred / (centred.square().mean().sqrt() + 1e-8)


def kl_penalised_rewards(scores: Tensor, kl: Tensor, *, kl_coef: float) -> Tensor:
    """Score of each completion less `kl_coef` × its KL to the reference policy, nats. Any shape

    With the whole completion as one action, as RLOO has it, the penalty belongs to the completion, not to its tokens.
    Source: Stiennon et al. 2020, arXiv:2009.01325, §3.4.
    """
    return scores - kl_coef * kl


def kl_penalised_token_rewards(scores: Tensor, kl: Tensor, rows: Tensor, *, kl_coef: float) -> Tensor:
    """−`kl_coef` × KL at each token, and the completion's score at its last one. (B,), (N,), (N,) → (N,)

    Every completion has at least one token.
    Source: Ziegler et al. 2019, arXiv:1909.08593, §2.2, token by token as in Ouyang et al. 2022, arXiv:2203.02155.
    """
    last = sum_by_row(torch.ones_like(rows), rows, len(scores)).cumsum(0) - 1
    return (-kl_coef * kl).index_add(0, last, scores.to(kl.dtype))


def _compared(rewards: Tensor) -> int:
    samples = rewards.shape[-1]
    if samples < 2:
        raise ValueError(f"{samples} sample per prompt leaves none for the baseline: expected at least 2")
    return samples


def _suffix_sums(values: Tensor, rows: Tensor, *, decay: float) -> Tensor:
    """Σ_l decay^l · values[t + l] within each row, on a (B, T) grid: one step for each position, not for each token."""
    if not len(values):
        return values
    count = int(rows[-1]) + 1
    lengths = sum_by_row(torch.ones_like(rows), rows, count)
    places = torch.arange(len(rows), device=rows.device) - (lengths.cumsum(0) - lengths)[rows]
    grid = torch.zeros(count, int(lengths.max()), dtype=values.dtype, device=values.device)
    grid[rows, places] = values
    for t in range(grid.shape[1] - 2, -1, -1):
        grid[:, t] += decay * grid[:, t + 1]
    return grid[rows, places]
