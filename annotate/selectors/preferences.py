"""Preferences as admins see them: in stored order, with everything that was said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from pydantic import Field

from annotate.models import (
    Completion,
    Preference,
    PreferenceKind,
    Project,
)
from annotate.selectors.completions import CheckpointRef, checkpoint_ref, completions_of, stored_ids
from annotate.selectors.corrections import corrections_of
from annotate.selectors.training_exclusions import training_ruling
from annotate.sides import Winner
from annotate.types import ReadModel
from annotate.verdict_details import AspectStored, Span
from rlhf_backend.types import Message


class CompletionOut(ReadModel):
    """A completion with who wrote it; neither a policy nor a checkpoint wrote imported and human ones."""

    id: int
    text: str
    policy_number: int | None
    checkpoint: CheckpointRef | None = Field(description="Of a policy in training; `policy_number` is then null.")


class PreferenceOut(ReadModel):
    """A preference in stored order, for admins."""

    id: int
    comparison_id: int
    comparison_kind: str
    prompt: list[Message]
    completion_a: CompletionOut
    completion_b: CompletionOut
    more: list[CompletionOut] = Field(description="The further completions of a ranking: c, d, …")
    kind: PreferenceKind
    winner: Winner | None
    strength: int | None
    ranking: list[int] | None = Field(description="Rank of each completion in stored order; 1 is best.")
    aspects: dict[str, AspectStored]
    flags: dict[str, list[str]]
    reasons: dict[str, list[str]]
    ratings: dict[str, int]
    spans: dict[str, list[Span]]
    edits: dict[str, str] = Field(description="a, b, … → the corrected text, a preference of its own.")
    derived_from: int | None = Field(description="Of a correction: the verdict it came with.")
    annotator: str | None
    rationale: str
    form_number: int | None
    guidelines_number: int | None
    active_ms: int
    created_at: datetime
    superseded_at: datetime | None
    excluded: str | None = Field(description="Why it is not trained on: an exclusion's reason, mistake or unclear.")


def preferences_read(preferences: Sequence[Any]) -> list[PreferenceOut]:
    """Preferences in stored order; read them with `preferences_listed`. Two SQL statements at most."""
    corrections = corrections_of(preferences=preferences)
    written = completions_of(row.comparison for row in preferences)
    return [_read(row, corrections.get(row.pk, {}), written) for row in preferences]


def _read(row: Any, corrections: dict[str, str], written: dict[int, Completion]) -> PreferenceOut:
    comparison = row.comparison
    first, second, *more = [_completion(written[pk]) for pk in stored_ids(comparison)]
    return PreferenceOut(
        id=row.pk,
        comparison_id=row.comparison_id,
        comparison_kind=comparison.kind,
        prompt=[Message.model_validate(message) for message in comparison.prompt.messages],
        completion_a=first,
        completion_b=second,
        more=more,
        kind=PreferenceKind(row.kind),
        winner=row.winner,
        strength=row.strength,
        ranking=row.ranking,
        aspects=row.aspects,
        flags=row.flags,
        reasons=row.reasons,
        ratings=row.ratings,
        spans=row.spans,
        edits=corrections,
        derived_from=row.derived_from_id,
        annotator=row.annotator.username if row.annotator else None,
        rationale=row.rationale,
        form_number=row.form.number if row.form else None,
        guidelines_number=row.guidelines.number if row.guidelines else None,
        active_ms=row.active_ms,
        created_at=row.created_at,
        superseded_at=row.superseded_at,
        excluded=row.ruling,
    )


def preferences_listed(
    *, project: Project, annotator: str | None = None, kind: PreferenceKind | None = None, superseded: bool = False
) -> QuerySet[Any]:
    """The project's preferences with everything that `preferences_read` shows."""
    rows = Preference.objects.filter(project=project)
    rows = rows.select_related("comparison__prompt", "annotator", "guidelines", "form")
    wanted = Q() if superseded else Q(superseded_at=None)
    if annotator is not None:
        wanted &= Q(annotator__username=annotator)
    if kind is not None:
        wanted &= Q(kind=kind)
    return rows.filter(wanted).annotate(ruling=training_ruling(project=project, in_words=True))


def _completion(completion: Completion) -> CompletionOut:
    policy = completion.policy
    return CompletionOut(
        id=completion.pk,
        text=completion.text,
        policy_number=policy.number if policy else None,
        checkpoint=checkpoint_ref(completion.checkpoint),
    )
