"""How a reward obeys its principles, on preferences whose prompts it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rlhf_backend.config import Principle
from rlhf_backend.models.principles import PrincipleHeads
from rlhf_backend.recipes.judged import Judged
from rlhf_backend.recipes.principle_labels import PrincipleLabels
from rlhf_backend.reward_sections import PrincipleFigures, Principles
from rlhf_backend.stats.intervals import weighted_wilson_interval, wilson_interval
from rlhf_backend.stats.principle_regression import Array, PrincipleExamples
from rlhf_backend.stats.principle_weights import spread_in_force, weights_in_force
from rlhf_backend.types import Interval


@dataclass(frozen=True)
class UnseenPrinciples:
    """Differences a − b by fits without the pair's prompt.

    by_key: under each principle, in its own standard deviations (N, P). blind: by one reward for all examples, whatever
    they showed (N,).
    """

    by_key: Array
    blind: Array


def principles_section(
    principles: Sequence[Principle],
    labels: PrincipleLabels,
    examples: PrincipleExamples,
    judged: Judged,
    unseen: UnseenPrinciples,
    heads: PrincipleHeads,
) -> Principles:
    """Every learned principle, then those that have too few verdicts."""
    figures = [_figures(principles, labels, judged, unseen.by_key, heads, place) for place in range(len(labels.keys))]
    rest = [principle for principle in principles if principle.key not in labels.keys]
    return Principles(
        figures=figures + unlearned_figures(rest, labels),
        blind_accuracy=_blind_accuracy(unseen.blind, examples),
        conflicts=_conflicts(principles, labels.keys, judged, unseen.by_key),
    )


def unlearned_figures(principles: Sequence[Principle], labels: PrincipleLabels) -> list[PrincipleFigures]:
    """Principles that the reward does not know."""
    return [PrincipleFigures(key=p.key, labels=labels.counts.get(p.key, 0), effect=0.0) for p in principles]


def _figures(
    principles: Sequence[Principle],
    labels: PrincipleLabels,
    judged: Judged,
    unseen: Array,
    heads: PrincipleHeads,
    place: int,
) -> PrincipleFigures:
    """Of the reward with this principle alone in force, at its weight (1 if it has none) and at the opposite."""
    key = labels.keys[place]
    principle = next((principle for principle in principles if principle.key == key), None)
    weight = abs(principle.weight) if principle is not None and principle.weight else 1.0
    general = judged.differences / judged.model.scale
    said, own = labels.scores[judged.held_out, place], weight * unseen[judged.held_out, place]
    return PrincipleFigures(
        key=key,
        labels=labels.counts[key],
        accuracy=_agreement(general + own, said),
        negated_accuracy=_agreement(general - own, -said),
        effect=_effect(principles, principle, heads) if principle is not None else 0.0,
    )


def _agreement(differences: Array, said: Array) -> Interval | None:
    decided = np.isfinite(said) & (said != 0)
    n = int(decided.sum())
    return wilson_interval(float(((differences > 0) == (said > 0))[decided].sum()), n) if n else None


def _effect(principles: Sequence[Principle], principle: Principle, heads: PrincipleHeads) -> float:
    """Standard deviations of the reward in use, where the principle applies, for one of its own."""
    weights = weights_in_force(principles, heads.keys, principle.tags)
    return float(principle.weight / spread_in_force(weights[None], heads.covariance)[0])


def _blind_accuracy(differences: Array, examples: PrincipleExamples) -> Interval | None:
    hits = (differences[examples.pairs] > 0) == (examples.targets == 1)
    accuracy = weighted_wilson_interval(hits, examples.weights)
    return accuracy if accuracy.n else None


def _conflicts(principles: Sequence[Principle], keys: tuple[str, ...], judged: Judged, unseen: Array) -> int:
    """Held-out pairs of which two principles in force prefer different completions."""
    conflicts = 0
    for row in judged.held_out:
        details = judged.everything.details[row]
        pulls = weights_in_force(principles, keys, details.tags if details is not None else []) * unseen[row]
        conflicts += bool((pulls > 0).any() and (pulls < 0).any())
    return conflicts
