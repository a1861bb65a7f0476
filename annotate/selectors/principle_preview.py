"""What a draft of principles would do to pairs that the reward model has scored: rewards are linear in the weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from annotate.models import ModelKind, Preference, Project
from annotate.selectors.principles import principles_directory, principles_in_force, principles_learned
from annotate.selectors.queue import ShownCompletion
from annotate.selectors.rounds import VersionRef, version_ref
from annotate.selectors.versions import version_active
from annotate.types import ReadModel
from rlhf_backend.config import Principle
from rlhf_backend.stats.principle_weights import rewards_in_force, weights_in_force
from rlhf_backend.types import Message, PrincipleScoresRow

Array = npt.NDArray[np.float64]
Winner = Literal["a", "b", "even"]
_SHOWN = 20


class FlippedPair(ReadModel):
    """A pair whose better completion changes, with what each principle says of a against b."""

    preference_id: int
    prompt: list[Message]
    completions: list[ShownCompletion] = Field(description="a, b.")
    now: Winner = Field(description="By the principles in force.")
    draft: Winner
    said: Literal["a", "b"] | None = Field(description="What the labeler said; null for a tie.")


class BestOfScore(ReadModel):
    """Mean score of the chosen completion of each prompt, in standard deviations; `key` null: the general reward."""

    key: str | None
    now: float
    draft: float


class PrinciplesPreviewOut(ReadModel):
    """Computed from the scores that the reward model in use left; nothing is changed."""

    reward_model: VersionRef | None
    reason: str | None = Field(description="Why nothing can be said; null where something can.")
    unlearned: list[str] = Field(description="Keys of the draft that the reward model does not know and ignores.")
    pairs: int
    flips: int
    conflicts: int = Field(description="Pairs on which two principles of the draft prefer different completions.")
    flipped: list[FlippedPair] = Field(description="Those that move most.")
    prompts: int = Field(description="Over which the best of their completions is chosen.")
    best: list[BestOfScore]


@dataclass(frozen=True)
class _Scored:
    """Stored pairs with their scores. scores (n, 2, 1 + P): of a and b, general first."""

    preferences: list[Preference]
    scores: Array

    def weights(self, principles: Sequence[Principle], keys: Sequence[str]) -> Array:
        """m of each pair. (n, P)"""
        rows = [
            weights_in_force(principles, keys, preference.comparison.prompt.tags) for preference in self.preferences
        ]
        return np.array(rows).reshape(len(rows), len(keys))


def principles_preview(*, project: Project, draft: Sequence[Principle]) -> PrinciplesPreviewOut:
    """Pairs whose winner a draft changes against the principles in force, and what best-of-n would choose."""
    model = version_active(project=project, kind=ModelKind.REWARD_MODEL)
    keys = principles_learned(version=model)
    reference = version_ref(model)
    unlearned = [principle.key for principle in draft if principle.key not in keys]
    directory = principles_directory(version=model)
    scored = _scored(directory / "principle_scores.jsonl", project) if directory is not None else None
    if scored is None or not scored.preferences:
        reason = (
            "No reward model is in use yet: label, then start a round."
            if model is None
            else "The reward model in use has learned no principle: ask for aspects in the question form, then start a "
            "round."
        )
        return _nothing(reference, reason, unlearned)
    now = scored.weights(principles_in_force(project=project), keys)
    then = scored.weights(draft, keys)
    before, after = rewards_in_force(scored.scores, now), rewards_in_force(scored.scores, then)
    leads = np.stack([before[:, 0] - before[:, 1], after[:, 0] - after[:, 1]])
    flipped = np.flatnonzero(np.sign(leads[0]) != np.sign(leads[1]))
    order = flipped[np.argsort(-np.abs(leads[1] - leads[0])[flipped], kind="stable")]
    pulls = then * (scored.scores[:, 0, 1:] - scored.scores[:, 1, 1:])
    prompts, best = _best(scored, before, after, keys)
    return PrinciplesPreviewOut(
        reward_model=reference,
        reason=None,
        unlearned=unlearned,
        pairs=len(scored.preferences),
        flips=len(flipped),
        conflicts=int(((pulls > 0).any(1) & (pulls < 0).any(1)).sum()),
        flipped=[_flipped(scored.preferences[i], leads[:, i]) for i in order[:_SHOWN].tolist()],
        prompts=prompts,
        best=best,
    )


def _nothing(reference: VersionRef | None, reason: str, unlearned: list[str]) -> PrinciplesPreviewOut:
    return PrinciplesPreviewOut(
        reward_model=reference,
        reason=reason,
        unlearned=unlearned,
        pairs=0,
        flips=0,
        conflicts=0,
        flipped=[],
        prompts=0,
        best=[],
    )


def _scored(path: Path, project: Project) -> _Scored:
    """The pairs of a file that still exist. One SQL statement."""
    with path.open(encoding="utf-8") as file:
        rows = [PrincipleScoresRow.model_validate_json(line) for line in file]
    related = ("comparison__prompt", "comparison__completion_a", "comparison__completion_b")
    known = Preference.objects.filter(project=project).select_related(*related)
    found = known.in_bulk([row.preference_id for row in rows])
    kept = [row for row in rows if row.preference_id in found]
    scores = np.array([[row.a, row.b] for row in kept], dtype=np.float64)
    return _Scored([found[row.preference_id] for row in kept], scores)


def _flipped(preference: Preference, leads: Array) -> FlippedPair:
    comparison = preference.comparison
    return FlippedPair(
        preference_id=preference.pk,
        prompt=[Message.model_validate(message) for message in comparison.prompt.messages],
        completions=[
            ShownCompletion(text=comparison.completion_a.text),
            ShownCompletion(text=comparison.completion_b.text),
        ],
        now=_winner(leads[0]),
        draft=_winner(leads[1]),
        said=preference.winner,
    )


def _winner(lead: float) -> Winner:
    return "a" if lead > 0 else "b" if lead < 0 else "even"


def _best(scored: _Scored, before: Array, after: Array, keys: Sequence[str]) -> tuple[int, list[BestOfScore]]:
    """Of every prompt the best of its completions in the sample, by each reward. (n, 2)"""
    candidates: dict[int, dict[int, tuple[int, int]]] = {}
    for row, preference in enumerate(scored.preferences):
        comparison = preference.comparison
        of_prompt = candidates.setdefault(comparison.prompt_id, {})
        of_prompt[comparison.completion_a_id] = (row, 0)
        of_prompt[comparison.completion_b_id] = (row, 1)
    chosen = [
        [max(places.values(), key=lambda place: rewards[place]) for places in candidates.values()]
        for rewards in (before, after)
    ]
    means = [np.mean([scored.scores[place] for place in places], axis=0) for places in chosen]
    names = [None, *keys]
    return len(candidates), [
        BestOfScore(key=name, now=float(means[0][i]), draft=float(means[1][i])) for i, name in enumerate(names)
    ]
