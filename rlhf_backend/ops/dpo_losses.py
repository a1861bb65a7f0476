"""Losses that learn from preferences without a reward model: what a policy says of pairs of completions.

A log-ratio is log π − log π_ref of a whole completion, nats. Targets are P(a better): 1, 0, or .5 for a tie.
"""

import torch
from torch import Tensor

from rlhf_backend.ops.preference_losses import bradley_terry_loss


def implicit_rewards(logprobs: Tensor, ref_logprobs: Tensor, *, beta: float) -> Tensor:
    """β·(log π − log π_ref) of whole completions: the reward that the policy behaves as if it maximised. (B,) → (B,)"""
    return beta * (logprobs - ref_logprobs)


def dpo_loss(rewards_a: Tensor, rewards_b: Tensor, targets: Tensor, *, weights: Tensor | None = None) -> Tensor:
    """Weighted mean Bradley-Terry loss of the implicit rewards, nats.

    A tie is the soft label .5: it draws the two implicit rewards together, which is what the annotator said, and keeps
    the evidence that leaving ties out would lose.

    Args:
        rewards_a, rewards_b: implicit rewards of both completions. (B,)
        targets: 1 where a was preferred, 0 where b was, .5 for a tie. (B,)
    Source: Rafailov et al. 2023, arXiv:2305.18290, eq. 7; soft labels: Mitchell 2023, "A note on
    DPO with noisy preferences".
    """
    return bradley_terry_loss(rewards_a - rewards_b, targets, weights=weights)


def ipo_targets(targets: Tensor, *, tau: float) -> Tensor:
    """The lead in log-ratio that IPO asks a to have over b: ±1/(2τ), 0 for a tie, between for soft labels. (B,) → (B,)

    The mean squared error to the targets of both answers has its minimum at the mean of these targets.
    Source: Azar et al. 2023, arXiv:2310.12036, eq. 17.
    """
    return (2 * targets - 1) / (2 * tau)


def bfpo_targets(targets: Tensor, safe_a: Tensor, safe_b: Tensor, *, tau: float, alpha: float) -> Tensor:
    """The lead in log-ratio that BFPO asks a to have over b. (B,) → (B,)

    With w the more helpful of the two and l the other, w is asked to lead by (3/2·S_w − 1/2·S_l − α)/τ. Of soft labels
    it is the mean over who is w; of a tie (S_a − S_b)/τ, whatever α.

    Args:
        targets: P(a is the more helpful one). (B,)
        safe_a, safe_b: S, 1 for a safe completion, 0 for an unsafe one. (B,)
        tau: what the paper's authors call β in their code.
        alpha: 0 … 1. At .5 the order is safe and helpful, safe, unsafe, unsafe and helpful.
    Source: Zhang et al. 2024, arXiv:2408.15313, the labelling function with B1 = 3 and B3 = 1/2.
    """
    a_leads = 1.5 * safe_a - 0.5 * safe_b - alpha
    b_leads = 1.5 * safe_b - 0.5 * safe_a - alpha
    return (targets * a_leads - (1 - targets) * b_leads) / tau


def squared_lead_loss(
    log_ratios_a: Tensor, log_ratios_b: Tensor, leads: Tensor, *, weights: Tensor | None = None
) -> Tensor:
    """Weighted mean squared difference between a's lead over b in log-ratio and the lead it should have, nats².

    Args:
        log_ratios_a, log_ratios_b: of both completions. (B,)
        leads: from `ipo_targets` or `bfpo_targets`. (B,)
    """
    return _weighted_mean((log_ratios_a - log_ratios_b - leads).square(), weights)


def exploration_bonus(logprobs: Tensor, ref_logprobs: Tensor, *, beta: float, limit: float) -> Tensor:
    """log π of completions that the reference wrote, which XPO minimises: the policy is paid for leaving them. (B,)

    Nothing bounds log π from below. Where β·(log π − log π_ref) is outside of ± `limit`, the V_max of the policy class
    that the paper assumes, the bonus is constant and has no gradient.
    Source: Xie et al. 2024, arXiv:2405.21046, alg. 1. Differs: there the class of policies is bounded, not the bonus.
    """
    log_ratios = implicit_rewards(logprobs, ref_logprobs, beta=beta).clamp(-limit, limit) / beta
    return ref_logprobs + log_ratios


def xpo_loss(preference_loss: Tensor, bonuses: Tensor, *, alpha: float, weights: Tensor | None = None) -> Tensor:
    """The preference loss of pairs plus α times the weighted mean bonus of their reference completions.

    What is minimised holds +α·log π(ỹ): completions of the reference become less likely. With α = 0 it is the
    preference loss, to the bit.

    Args:
        preference_loss: `dpo_loss` of the pairs with the same weights. Scalar
        bonuses: `exploration_bonus` of the reference's completion of each pair. (B,)
        weights: 0 leaves a pair out, as one of identical completions must be. (B,)
    Source: Xie et al. 2024, arXiv:2405.21046, alg. 1; identical pairs left out: Liu et al. 2024, arXiv:2411.01493.
    """
    return preference_loss + alpha * _weighted_mean(bonuses, weights)


def _weighted_mean(values: Tensor, weights: Tensor | None) -> Tensor:
    if weights is None:
        return values.mean(-1)
    return (values * weights).sum(-1) / weights.sum(-1).clamp_min(torch.finfo(values.dtype).tiny)
