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
        differences: reward of a minus reward of b. (..., B)
        targets: probability that a is the better one, in [0, 1]; .5 for a tie. (B,)
        margins: how far the better reward must lead; at target t it is 2t − 1 of that. (B,)
        weights: weight of each preference; zero leaves it out. (..., B)
    Returns: scalar, or one loss for each leading index of `differences`
    Source: Bradley & Terry 1952, Biometrika 39:324; margins: Touvron et al. 2023, arXiv:2307.09288, §3.2.2.
    """
    differences = _less_margins(differences, targets, margins)
    losses = -targets * logsigmoid(differences) - (1 - targets) * logsigmoid(-differences)
    return _weighted_mean(losses, weights)


def rao_kupper_loss(
    differences: Tensor,
    targets: Tensor,
    ties: Tensor,
    *,
    threshold: float,
    margins: Tensor | None = None,
    weights: Tensor | None = None,
) -> Tensor:
    """Weighted mean negative log-likelihood of the verdicts a, b and tie, nats.

    P(a) = σ(d − τ), P(b) = σ(−d − τ), P(tie) = (e^2τ − 1)·σ(d − τ)·σ(−d − τ): the three sum to one.

    Args:
        differences: d, reward of a minus reward of b. (..., B)
        targets: probability that a is the better one, given that one is; of ties anything. (B,)
        ties: verdicts that neither is better. (B,)
        threshold: τ > 0; τ → 0 makes ties impossible and the rest Bradley-Terry.
        margins: as in `bradley_terry_loss`, without effect on ties. (B,)
        weights: weight of each preference. (..., B)
    Returns: scalar, or one loss for each leading index of `differences`
    Source: Rao & Kupper 1967, JASA 62:194.
    """
    log_theta = math.log(math.expm1(2 * threshold))
    tied = log_theta + logsigmoid(differences - threshold) + logsigmoid(-differences - threshold)
    ahead = _less_margins(differences, targets, margins)
    decided = targets * logsigmoid(ahead - threshold) + (1 - targets) * logsigmoid(-ahead - threshold)
    return _weighted_mean(-torch.where(ties, tied, decided), weights)


def _less_margins(differences: Tensor, targets: Tensor, margins: Tensor | None) -> Tensor:
    return differences if margins is None else differences - margins * (2 * targets - 1)


def _weighted_mean(losses: Tensor, weights: Tensor | None) -> Tensor:
    if weights is None:
        return losses.mean(-1)
    return (losses * weights).sum(-1) / weights.sum(-1).clamp_min(torch.finfo(losses.dtype).tiny)
