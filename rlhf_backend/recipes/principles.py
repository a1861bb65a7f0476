"""Principles learned from verdicts on aspects: rewards that obey a list of weights without another label.

Source: Sun et al. 2023, arXiv:2310.05910 (SALMON), §3.3. Differs from the paper: verdicts under a single principle are
people's, on the aspect of the same key; the general head is fitted by itself to the plain verdicts, so that it is the
same with and without principles; each principle is one linear reward on the same features, of its own unit spread.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from rlhf_backend.config import RewardModelJob
from rlhf_backend.data.jsonl import to_lines
from rlhf_backend.models.principles import PrincipleHeads
from rlhf_backend.models.reward import normalised_heads
from rlhf_backend.recipes.judged import Judged
from rlhf_backend.recipes.principle_labels import principle_labels
from rlhf_backend.recipes.principle_report import UnseenPrinciples, principles_section, unlearned_figures
from rlhf_backend.recipes.reward_head import prompt_folds, unit_length
from rlhf_backend.reward_sections import Principles
from rlhf_backend.run import Run
from rlhf_backend.stats.principle_regression import (
    Array,
    PrincipleExamples,
    Rows,
    choose_principle_precision,
    draw_examples,
    fit_principles,
    fit_principles_ensemble,
)
from rlhf_backend.types import PrincipleScoresRow

PRINCIPLE_SCORES = "principle_scores.jsonl"
_PAIRS_KEPT = 200


@dataclass(frozen=True)
class LearnedPrinciples:
    """What goes beside the heads in the reward model's directory."""

    heads: PrincipleHeads
    scores: list[PrincipleScoresRow]

    def save(self, directory: Path) -> None:
        self.heads.save(directory)
        (directory / PRINCIPLE_SCORES).write_text(to_lines(self.scores), encoding="utf-8")


def learn_principles(
    run: Run, job: RewardModelJob, judged: Judged, features: Tensor
) -> tuple[LearnedPrinciples | None, Principles | None]:
    """Heads of every aspect with enough verdicts, named by a principle or not, and how the reward obeys them.

    Args:
        features: of a and b of `judged.everything` in turn. (2N, F)
    Raises: RunCancelled, RunInterrupted: nothing is kept.
    """
    labels = principle_labels(judged.everything, job.principles)
    if not labels.keys:
        unlearned = unlearned_figures(job.principles, labels)
        return None, Principles(figures=unlearned, conflicts=0) if unlearned else None
    x = unit_length(features)
    differences = x[0::2] - x[1::2]
    examples = draw_examples(labels.scores, seed=run.seed)
    folds = prompt_folds(judged.everything, job.config.folds, run.seed)
    precision = job.config.prior_precision or choose_principle_precision(differences, examples, folds)
    run.stop.raise_if_made(done="before the principles were learned")
    count, seed = job.config.heads, run.seed
    ensemble = fit_principles_ensemble(differences, examples, precision=precision, heads=count, seed=seed)
    run.events.log(f"learned the principles {', '.join(labels.keys)} from {len(np.unique(examples.pairs))} pairs")
    heads = _heads(labels.keys, ensemble * features.shape[1] ** -0.5, features, judged)
    blind = replace(examples, shown=np.ones((len(examples.pairs), 1)))
    unseen = UnseenPrinciples(
        by_key=_unseen(differences, examples, folds, precision) / _spreads(ensemble.mean(1), x),
        blind=_unseen(differences, blind, folds, precision)[:, 0],
    )
    section = principles_section(job.principles, labels, examples, judged, unseen, heads)
    return LearnedPrinciples(heads, _score_rows(judged, heads, features)), section


def _heads(keys: tuple[str, ...], ensemble: Array, features: Tensor, judged: Judged) -> PrincipleHeads:
    """The ensemble (P, K, F) on unscaled features, normalised on them (2N, F) as the general heads are."""
    weight, offset = [], []
    for fitted in torch.from_numpy(ensemble):
        middle, scale = normalised_heads(fitted, features)
        weight.append(fitted / scale)
        offset.append(middle / scale)
    heads = PrincipleHeads(keys, torch.stack(weight), torch.stack(offset), np.eye(len(keys) + 1))
    return replace(heads, covariance=np.cov(_rewards(heads, features, judged).T))


def _rewards(heads: PrincipleHeads, features: Tensor, judged: Judged) -> Array:
    """The normalised general reward and each principle's, of features (N, F). (N, 1 + P)"""
    general = judged.model.scores_of(features).mean.double()
    rewards: Array = torch.cat([general[:, None], heads.rewards(features).mean(-1)], 1).numpy()
    return rewards


def _spreads(weights: Array, x: Array) -> Array:
    """Standard deviation of each principle's reward over the completions. (P,)"""
    spreads: Array = (x @ weights.T).std(0)
    return np.where(spreads > 1e-9, spreads, 1.0)


def _unseen(differences: Array, examples: PrincipleExamples, folds: Rows, precision: float) -> Array:
    """Differences a − b under each principle, by fits without the pair's prompt; 0 for pairs in no fold. (N, P)"""
    unseen = np.zeros((len(differences), examples.shown.shape[1]))
    for fold in range(folds.max() + 1):
        weights = fit_principles(differences, examples.of_pairs(folds != fold), precision=precision)
        unseen[folds == fold] = differences[folds == fold] @ weights.T
    return unseen


def _score_rows(judged: Judged, heads: PrincipleHeads, features: Tensor) -> list[PrincipleScoresRow]:
    """The newest pairs, for a preview without the reward model; rankings, of several pairs, are left out."""
    rows = judged.everything.rows
    places: dict[int, list[int]] = {}
    for place in np.flatnonzero(judged.everything.given).tolist():
        places.setdefault(rows[place].id, []).append(place)
    pairs = {
        pk: at[0] for pk, at in places.items() if len({(rows[i].completion_a, rows[i].completion_b) for i in at}) == 1
    }
    kept = [pairs[pk] for pk in sorted(pairs)[-_PAIRS_KEPT:]]
    index = torch.tensor([2 * place + side for place in kept for side in (0, 1)], dtype=torch.long)
    rewards = _rewards(heads, features[index], judged).tolist()
    return [
        PrincipleScoresRow(preference_id=rows[place].id, a=rewards[2 * i], b=rewards[2 * i + 1])
        for i, place in enumerate(kept)
    ]
