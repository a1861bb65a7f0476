"""Likelihoods of a verdict given the rewards of both completions.

both_good and both_bad count as ties here: they say that neither reward is higher, and a reward that is only compared
has no zero to say more about.
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid


def bradley_terry_loss(
    differences: Tensor, targets: Tensor, *, margins: Tensor | None = None, weights: Tensor | None = None
) -> Tensor:
    """Weighted mean negative log-likelihood of soft verdicts, nats.

    Args:
        differences: reward of a minus reward of b. (B,)
        targets: probability that a is the better one: 1, 0, .5 for a tie, or between. (B,)
        margins: how far the better reward must lead; without effect at target .5. (B,)
        weights: weight of each preference; zero leaves it out. (B,)
    Returns: scalar
    Source: Bradley & Terry 1952, Biometrika 39:324; margins: Touvron et al. 2023, arXiv:2307.09288, §3.2.2.
    """
    if margins is not None:
        differences = differences - margins * (2 * targets - 1)
    losses = -targets * logsigmoid(differences) - (1 - targets) * logsigmoid(-differences)
    return _weighted_mean(losses, weights)


def rao_kupper_loss(
    differences: Tensor,
    targets: Tensor,
    *,
    threshold: float,
    margins: Tensor | None = None,
    weights: Tensor | None = None,
) -> Tensor:
    """Weighted mean negative log-likelihood of the verdicts a, b and tie, nats.

    P(a) = σ(d − τ), P(b) = σ(−d − τ), P(tie) = (e^2τ − 1)·σ(d − τ)·σ(−d − τ): the three sum to one.

    Args:
        differences: d, reward of a minus reward of b. (..., B)
        targets: 1 for a, 0 for b, .5 for a tie. (B,)
        threshold: τ > 0; τ → 0 makes ties impossible and the rest Bradley-Terry.
        margins: as in `bradley_terry_loss`, of decided verdicts only. (B,)
        weights: weight of each preference. (..., B)
    Returns: scalar, or one loss for each leading index of `differences`
    Source: Rao & Kupper 1967, JASA 62:194.
    """
    lead = torch.full_like(targets, threshold) if margins is None else threshold + margins
    tie = targets == 0.5
    a_wins, b_wins = logsigmoid(differences - lead), logsigmoid(-differences - lead)
    ties = (
        math.log(math.expm1(2 * threshold)) + logsigmoid(differences - threshold) + logsigmoid(-differences - threshold)
    )
    return _weighted_mean(-torch.where(tie, ties, torch.where(targets > 0.5, a_wins, b_wins)), weights)


def _weighted_mean(losses: Tensor, weights: Tensor | None) -> Tensor:
    if weights is None:
        return losses.mean(-1)
    return (losses * weights).sum(-1) / weights.sum(-1).clamp_min(torch.finfo(losses.dtype).tiny)
