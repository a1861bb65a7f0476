"""Preferences as their givers and as admins see them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from django.db.models import Q, QuerySet
from django.utils import timezone
from pydantic import Field

from annotate.models import (
    Completion,
    Preference,
    PreferenceKind,
    Project,
    User,
)
from annotate.selectors.queue import ShownCompletion
from annotate.selectors.training_exclusions import training_ruling
from annotate.sides import Side, shown, side_of
from annotate.types import ReadModel
from rlhf_backend.types import Message


class CompletionOut(ReadModel):
    """A completion with who wrote it; `policy_number` is null for imported and human ones."""

    id: int
    text: str
    policy_number: int | None


class PreferenceOut(ReadModel):
    """A preference in stored order, for admins."""

    id: int
    comparison_id: int
    comparison_kind: str
    prompt: list[Message]
    completion_a: CompletionOut
    completion_b: CompletionOut
    kind: PreferenceKind
    winner: Literal["a", "b"] | None
    strength: int | None
    annotator: str | None
    rationale: str
    flags: dict[str, list[str]]
    guidelines_number: int | None
    active_ms: int
    created_at: datetime
    superseded_at: datetime | None
    excluded: str | None = Field(description="Why it is not trained on: an exclusion's reason, mistake or unclear.")


class HistoryOut(ReadModel):
    """One of one's own verdicts, as it was shown."""

    preference_id: int
    assignment_id: int
    prompt: list[Message]
    left: ShownCompletion
    right: ShownCompletion
    kind: PreferenceKind
    side: Side | None
    strength: int | None
    created_at: datetime


def preferences_read(preferences: Iterable[Any]) -> list[PreferenceOut]:
    """Preferences in stored order; read them with `preferences_listed` so that no row costs a statement."""
    return [
        PreferenceOut(
            id=row.pk,
            comparison_id=row.comparison_id,
            comparison_kind=row.comparison.kind,
            prompt=[Message.model_validate(message) for message in row.comparison.prompt.messages],
            completion_a=_completion(row.comparison.completion_a),
            completion_b=_completion(row.comparison.completion_b),
            kind=PreferenceKind(row.kind),
            winner=row.winner,
            strength=row.strength,
            annotator=row.annotator.username if row.annotator else None,
            rationale=row.rationale,
            flags=row.flags,
            guidelines_number=row.guidelines.number if row.guidelines else None,
            active_ms=row.active_ms,
            created_at=row.created_at,
            superseded_at=row.superseded_at,
            excluded=row.ruling,
        )
        for row in preferences
    ]


def preferences_listed(
    *, project: Project, annotator: str | None = None, kind: PreferenceKind | None = None, superseded: bool = False
) -> QuerySet[Any]:
    """The project's preferences with everything that `preferences_read` shows."""
    rows = Preference.objects.filter(project=project).select_related(
        "comparison__prompt", "comparison__completion_a__policy", "comparison__completion_b__policy",
        "annotator", "guidelines",
    )  # fmt: skip
    wanted = Q() if superseded else Q(superseded_at=None)
    if annotator is not None:
        wanted &= Q(annotator__username=annotator)
    if kind is not None:
        wanted &= Q(kind=kind)
    return rows.filter(wanted).annotate(ruling=training_ruling(project=project, in_words=True))


def history_listed(*, project: Project, annotator: User) -> QuerySet[Preference]:
    """One's own live verdicts with everything that `history_read` shows."""
    return Preference.objects.filter(
        project=project, annotator=annotator, superseded_at=None, assignment__isnull=False
    ).select_related("comparison__prompt", "comparison__completion_a", "comparison__completion_b", "assignment")


def history_read(preferences: Iterable[Preference]) -> list[HistoryOut]:
    """Verdicts as their giver saw the pair."""
    found = []
    for row in preferences:
        slot = row.assignment
        if slot is None:
            continue
        comparison = row.comparison
        left, right = shown(comparison.completion_a, comparison.completion_b, left_is_a=slot.left_is_a)
        found.append(
            HistoryOut(
                preference_id=row.pk,
                assignment_id=slot.pk,
                prompt=[Message.model_validate(message) for message in row.comparison.prompt.messages],
                left=ShownCompletion(text=left.text),
                right=ShownCompletion(text=right.text),
                kind=PreferenceKind(row.kind),
                side=None if row.winner is None else side_of(row.winner, left_is_a=slot.left_is_a),
                strength=row.strength,
                created_at=row.created_at,
            )
        )
    return found


def _completion(completion: Completion) -> CompletionOut:
    policy = completion.policy
    return CompletionOut(id=completion.pk, text=completion.text, policy_number=policy.number if policy else None)
