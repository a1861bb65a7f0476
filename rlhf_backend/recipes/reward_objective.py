"""What training a reward model minimises: the negative log-likelihood of all feedback, one term for each kind.

All kinds are likelihoods of one reward in one unit, the logit of a comparison, so they add up without weights to tune;
the weights in the settings say how far a kind is believed. Differs from the papers, which each have one kind.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from rlhf_backend.data.feedback import Aspects, Feedback, Pairs, Said
from rlhf_backend.ops.preference_losses import (
    bradley_terry_loss,
    davidson_loss,
    davidson_luce_loss,
    level_loss,
    passage_loss,
    rao_kupper_loss,
    rating_loss,
)
from rlhf_backend.stats.preference_regression import TieLikelihood

ASPECT_PRECISION = 1.0
"""Precision of the prior that pulls an aspect's head to the main one, in multiples of the main head's own prior."""
_BESIDE_PRECISION = 0.1
"""Of the prior on levels and on the middle of the ratings: a standard deviation of some three logits."""
_SLOPE_PRECISION = 25.0
"""Of the prior on the slope of ratings: without it few ratings would be explained by a steep slope of no reward."""
_FIRST_LEVELS = (-1.0, 1.0)
_FIRST_LINE = (0.0, 0.5)
"""With a slope of a half, a rating tells of a reward what a verdict tells of a difference: a curvature of a quarter."""


@dataclass(frozen=True)
class Heads:
    """K heads and what they need to explain feedback other than comparisons.

    weight: of the features (K, F). levels: from which both are bad, and good (K, 2). ratings: the line that they
    follow, as `rating_loss` has it (K, 2). aspects: what each aspect's head differs by (A, K, F).
    """

    weight: Tensor
    levels: Tensor
    ratings: Tensor
    aspects: Tensor

    def tensors(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        return self.weight, self.levels, self.ratings, self.aspects


@dataclass(frozen=True)
class Objective:
    """likelihood of ties with their threshold, 0 where no ties were given."""

    ties: TieLikelihood
    threshold: float


def fresh_heads(weight: Tensor, feedback: Feedback) -> Heads:
    """These heads (K, F), knowing nothing yet of levels, ratings and aspects."""
    k, aspects = len(weight), len(feedback.aspect_names)
    levels, ratings = (weight.new_tensor(first).repeat(k, 1) for first in (_FIRST_LEVELS, _FIRST_LINE))
    return Heads(weight, levels, ratings, weight.new_zeros(aspects, *weight.shape))


def reward_loss(
    heads: Heads,
    features: Tensor,
    feedback: Feedback,
    objective: Objective,
    *,
    passages: Tensor | None = None,
    draws: Tensor | None = None,
) -> Tensor:
    """Negative log-likelihood of the feedback, summed by weight, nats, for each head. (K,)

    Args:
        features: of the completions. (N, F)
        passages: features of the marked passages; without them these are left out. (M, F)
        draws: bootstrap weight of each preference in each head. (K, units)
    """
    kinds = _mean_losses(heads, features, feedback, objective, partial(_weights, feedback, draws), passages)
    return sum((losses * weights.sum(-1) for losses, weights in kinds), start=heads.weight.new_zeros(()))


def beside_penalty(heads: Heads, *, precision: float) -> Tensor:
    """−log prior of what the heads have beside their weights, nats. (K,)

    Args:
        precision: of the Gaussian prior on the weights themselves.
    """
    levels = heads.levels - heads.levels.new_tensor(_FIRST_LEVELS)
    line = heads.ratings - heads.ratings.new_tensor(_FIRST_LINE)
    loose = _BESIDE_PRECISION / 2 * ((levels**2).sum(-1) + line[:, 0] ** 2)
    return (
        loose
        + _SLOPE_PRECISION / 2 * line[:, 1] ** 2
        + ASPECT_PRECISION * precision / 2 * (heads.aspects**2).sum((0, 2))
    )


def comparison_weight(feedback: Feedback, draws: Tensor | None = None) -> Tensor:
    """Sum of the weights of pairs and rankings: what a mean loss of a batch is divided by. Scalar or (K,)"""
    total = feedback.pairs.weights.new_zeros(())
    for said in (feedback.pairs, feedback.rankings):
        total = total + _weights(feedback, draws, said).sum(-1)
    return total


def _weights(feedback: Feedback, draws: Tensor | None, said: Said) -> Tensor:
    """What each observation counts, in each head where these have draws of their own. (m,) or (K, m)"""
    return said.weights if draws is None else said.weights * draws[:, feedback.units[said.rows]]


def _mean_losses(
    heads: Heads,
    features: Tensor,
    feedback: Feedback,
    objective: Objective,
    weights_of: Callable[[Said], Tensor],
    passages: Tensor | None,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Of each kind of feedback that there is, the mean loss of each head (K,) and its weights. (m,) or (K, m)"""
    rewards = heads.weight @ features.T  # (K, N)
    pairs, rankings, ratings, aspects = feedback.pairs, feedback.rankings, feedback.ratings, feedback.aspects
    weights = weights_of(pairs)
    yield _verdict_loss(rewards[:, pairs.a] - rewards[:, pairs.b], pairs, objective, weights), weights
    if pairs.levels.any():
        weights = weights * pairs.ties  # what is decided says nothing of a level
        means = (rewards[:, pairs.a] + rewards[:, pairs.b]) / 2
        yield level_loss(means, heads.levels, pairs.levels, weights=weights), weights
    if len(rankings.rows):
        weights, ranked = weights_of(rankings), rewards[:, rankings.completions]
        yield davidson_luce_loss(ranked, rankings.ranks, threshold=objective.threshold, weights=weights), weights
    if len(ratings.rows):
        weights, rated = weights_of(ratings), rewards[:, ratings.completions]
        yield rating_loss(rated, ratings.values, heads.ratings, weights=weights), weights
    if passages is not None and len(passages):
        weights = weights_of(feedback.passages)
        yield passage_loss(heads.weight @ passages.T, feedback.passages.good, weights=weights), weights
    if len(aspects.rows):
        weights, apart = weights_of(aspects), features[aspects.a] - features[aspects.b]
        own = torch.einsum("mf,mkf->km", apart, heads.aspects[aspects.aspects])
        yield _verdict_loss(heads.weight @ apart.T + own, aspects, objective, weights), weights


def _verdict_loss(differences: Tensor, said: Pairs | Aspects, objective: Objective, weights: Tensor) -> Tensor:
    """Mean over reward differences a − b (K, m) by weight. (K,)"""
    if objective.threshold == 0:
        return bradley_terry_loss(differences, said.targets, margins=said.margins, weights=weights)
    likelihood = davidson_loss if objective.ties == "davidson" else rao_kupper_loss
    return likelihood(
        differences, said.targets, said.ties, threshold=objective.threshold, margins=said.margins, weights=weights
    )
