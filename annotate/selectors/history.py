"""One's own verdicts, as they were given."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from annotate.models import Preference, PreferenceKind, Project, User
from annotate.selectors.corrections import corrections_of
from annotate.selectors.queue import ShownCompletion, completion_texts
from annotate.sides import Layout, Side, Slot, side_of
from annotate.types import ReadModel
from annotate.verdict_details import AspectShown, Span, details_shown
from rlhf_backend.types import Message


class HistoryOut(ReadModel):
    """One of one's own verdicts, as it was shown; what was said of completions is keyed by their place."""

    preference_id: int
    assignment_id: int
    prompt: list[Message]
    left: ShownCompletion
    right: ShownCompletion
    completions: list[ShownCompletion]
    kind: PreferenceKind
    side: Side | None
    strength: int | None
    ranking: list[int] | None
    aspects: dict[str, AspectShown]
    flags: dict[Slot, list[str]]
    reasons: dict[Slot, list[str]]
    ratings: dict[Slot, int]
    spans: dict[Slot, list[Span]]
    edits: dict[str, str]
    rationale: str
    created_at: datetime


def history_listed(*, project: Project, annotator: User) -> QuerySet[Preference]:
    """One's own live verdicts with everything that `history_read` shows."""
    return Preference.objects.filter(
        project=project, annotator=annotator, superseded_at=None, assignment__isnull=False
    ).select_related("comparison__prompt", "comparison__completion_a", "comparison__completion_b", "assignment")


def history_read(preferences: Sequence[Preference]) -> list[HistoryOut]:
    """Verdicts as their giver saw them. One SQL statement for corrections, one more when there are rankings."""
    corrections = corrections_of(preferences=preferences)
    further = completion_texts(ids={pk for row in preferences for pk in row.comparison.more})
    return [_read(row, corrections.get(row.pk, {}), further) for row in preferences]


def _read(row: Preference, corrections: dict[str, str], further: dict[int, str]) -> HistoryOut:
    slot, comparison = row.assignment, row.comparison
    if slot is None:
        raise ValueError(f"preference {row.pk} was not given in a slot, so nothing was shown")
    layout = Layout.of(left_is_a=slot.left_is_a, shown_order=slot.shown_order)
    texts = [comparison.completion_a.text, comparison.completion_b.text, *(further[pk] for pk in comparison.more)]
    completions = [ShownCompletion(text=text) for text in layout.in_shown_order(texts)]
    return HistoryOut(
        preference_id=row.pk,
        assignment_id=slot.pk,
        prompt=[Message.model_validate(message) for message in comparison.prompt.messages],
        left=completions[0],
        right=completions[1],
        completions=completions,
        kind=PreferenceKind(row.kind),
        side=None if row.winner is None else side_of(row.winner, left_is_a=slot.left_is_a),
        strength=row.strength,
        **dict(details_shown(row, layout=layout)),
        edits=layout.by_slot(corrections),
        rationale=row.rationale,
        created_at=row.created_at,
    )
