"""Likelihoods of what people say of completions, given the rewards of these.

Each function gives a weighted mean over its observations, for each leading index of the rewards (the heads of an
ensemble). Weights are frequencies: an observation of weight 2 counts as two of weight 1.
"""

import math
from functools import cache

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


def davidson_loss(
    differences: Tensor,
    targets: Tensor,
    ties: Tensor,
    *,
    threshold: float,
    margins: Tensor | None = None,
    weights: Tensor | None = None,
) -> Tensor:
    """Weighted mean negative log-likelihood of the verdicts a, b and tie, nats.

    P(a) : P(tie) : P(b) = e^(d/2) : ν : e^(−d/2) with ν = e^τ − 1, so that equal rewards tie as often as under
    Rao-Kupper with threshold τ: with probability tanh(τ/2).

    Args: as `rao_kupper_loss`.
    Returns: scalar, or one loss for each leading index of `differences`
    Source: Davidson 1970, JASA 65:317. Differs: margins, and soft targets of decided verdicts.
    """
    half = _less_margins(differences, targets, margins) / 2
    half = torch.where(ties, differences / 2, half)
    tied = torch.full_like(half, math.log(math.expm1(threshold)))
    told = torch.where(ties, tied, (2 * targets - 1) * half)
    return _weighted_mean(torch.stack([half, -half, tied]).logsumexp(0) - told, weights)


def level_loss(means: Tensor, levels: Tensor, outcomes: Tensor, *, weights: Tensor | None = None) -> Tensor:
    """Weighted mean negative log-likelihood of tie, both_good and both_bad, given that neither is better, nats.

    P(both_bad) : P(tie) : P(both_good) = e^(l₋ − m) : 1 : e^(m − l₊) with m the mean of both rewards. Times the
    likelihood of a tie by Rao-Kupper or Davidson this makes five outcomes that sum to one.

    Args:
        means: m. (..., B)
        levels: l₋ and l₊, where both_bad and both_good are as likely as a tie. (..., 2)
        outcomes: −1 for both_bad, 0 for a tie, 1 for both_good. (B,)
        weights: weight of each verdict. (..., B)
    Returns: scalar, or one loss for each leading index of `means`
    Source: multinomial logit, McFadden 1974, in Frontiers in Econometrics. Differs: its utilities are rewards.
    """
    scores = torch.stack([levels[..., :1] - means, torch.zeros_like(means), means - levels[..., 1:]])
    told = scores.movedim(0, -1).gather(-1, (outcomes + 1).expand(means.shape)[..., None])[..., 0]
    return _weighted_mean(scores.logsumexp(0) - told, weights)


def davidson_luce_loss(rewards: Tensor, ranks: Tensor, *, threshold: float, weights: Tensor | None = None) -> Tensor:
    """Weighted mean negative log-likelihood of rankings with ties, nats.

    Ranks are given out from the best. Of the completions that are left, the set C is taken next with a probability
    in proportion to ν^(|C| − 1) · exp(mean reward of C), ν = e^τ − 1. Without ties this is Plackett-Luce; for two
    completions it is Davidson.

    Args:
        rewards: of each ranking's completions. (..., B, k)
        ranks: 1 is best, equal ranks tie, 0 where a ranking has fewer than k completions. (B, k)
        threshold: τ ≥ 0; 0 makes ties impossible.
        weights: weight of each ranking. (..., B)
    Returns: scalar, or one loss for each leading index of `rewards`. Cost: B · k · 2^k.
    Source: Turner, van Etten, Firth & Kosmidis 2020, Computational Statistics 35:1027, §2.1 (after Plackett 1975 and
    Luce 1959). Differs: one ν for ties of any size, of the power |C| − 1, instead of a δ for each size.
    """
    subsets = _subsets(ranks.shape[-1]).to(rewards.device)
    sizes = subsets.sum(-1)
    log_tie = math.log(math.expm1(threshold)) if threshold > 0 else -math.inf
    # −∞ · 0 is not a number, so single completions are left out of the product.
    bonus = torch.where(sizes > 1, (sizes - 1) * log_tie, 0.0).to(rewards)
    share = subsets.to(rewards) / sizes[:, None].to(rewards)
    scores = rewards @ share.T + bonus  # (..., B, 2^k − 1)
    losses = rewards.new_zeros(rewards.shape[:-1])
    for rank in range(1, ranks.shape[-1] + 1):
        taken, left = ranks == rank, ranks >= rank
        allowed = ~(subsets & ~left[:, None, :]).any(-1)
        is_taken = (subsets == taken[:, None, :]).all(-1)
        there = taken.any(-1)
        # Rankings that have no such rank take all there is from all there is: a loss of 0, and no −∞.
        allowed, is_taken = allowed | ~there[:, None], is_taken | ~there[:, None]
        whole = scores.masked_fill(~allowed, -math.inf).logsumexp(-1)
        losses = losses + whole - scores.masked_fill(~is_taken, -math.inf).logsumexp(-1)
    return _weighted_mean(losses, weights)


def rating_loss(rewards: Tensor, ratings: Tensor, line: Tensor, *, weights: Tensor | None = None) -> Tensor:
    """Weighted mean of half the squared errors of ratings, which is −log likelihood, nats, up to a constant.

    rating ~ N(c + α · reward, 1): a straight line whose slope tells how much ratings have to do with verdicts. Ratings
    that have nothing to do with them get a slope of 0 and leave the reward alone.

    Args:
        rewards: of the rated completions. (..., B)
        ratings: standardised for each rater. (B,)
        line: c and α. (..., 2)
        weights: weight of each rating. (..., B)
    Returns: scalar, or one loss for each leading index of `rewards`
    Source: regression on ratings, RLHF Deciphered, arXiv:2404.08555, §4.2. Differs: the line is estimated as well,
    because the unit of the reward is the logit of a verdict.
    """
    centre, slope = (part[..., None] for part in line.unbind(-1))
    return _weighted_mean((ratings - centre - slope * rewards) ** 2 / 2, weights)


def passage_loss(shares: Tensor, good: Tensor, *, weights: Tensor | None = None) -> Tensor:
    """Weighted mean negative log-likelihood of marked passages, nats: P(good) = σ(reward of the passage).

    Args:
        shares: what each passage adds to its completion's reward: the sum of the rewards of its tokens. (..., B)
        good: True for a passage marked good, False for a bad one. (B,)
        weights: weight of each passage. (..., B)
    Returns: scalar, or one loss for each leading index of `shares`
    Source: token-level rewards whose sum is the completion's reward, after Wu et al. 2023, arXiv:2306.01693.
    """
    return _weighted_mean(-logsigmoid(torch.where(good, shares, -shares)), weights)


@cache
def _subsets(k: int) -> Tensor:
    """Every set of at least one of k things. (2^k − 1, k)"""
    return (torch.arange(1, 2**k)[:, None] >> torch.arange(k)) % 2 == 1


def _less_margins(differences: Tensor, targets: Tensor, margins: Tensor | None) -> Tensor:
    return differences if margins is None else differences - margins * (2 * targets - 1)


def _weighted_mean(losses: Tensor, weights: Tensor | None) -> Tensor:
    if weights is None:
        return losses.mean(-1)
    return (losses * weights).sum(-1) / weights.sum(-1).clamp_min(torch.finfo(losses.dtype).tiny)
