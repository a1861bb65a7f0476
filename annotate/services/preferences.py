"""Verdicts: taken once, never edited, undone by superseding."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import Assignment, AssignmentStatus, Preference, PreferenceKind, Project, Skip, User
from annotate.selectors.queue import AssignmentOut, assignments_shown, form_current, guidelines_current
from annotate.services.assignments import assignment_free, assignment_lease, comparison_lock, is_free
from annotate.sides import Side, winner_of
from annotate.types import ReadModel


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a labeler said about what they were shown.

    `side` and `strength` (1 slightly … 3 much better) come with kind `prefer` and only with it. `client_id` names this
    verdict for good: sending it again changes nothing.
    """

    client_id: UUID
    assignment_id: int
    kind: PreferenceKind
    side: Side | None = None
    strength: int | None = None
    active_ms: int = 0
    rationale: str = ""
    flags: dict[str, list[str]] = field(default_factory=dict)

    def winner(self, *, left_is_a: bool) -> str | None:
        return None if self.side is None else winner_of(self.side, left_is_a=left_is_a)


class VerdictOut(ReadModel):
    """A verdict as it was taken."""

    preference_id: int
    comparison_id: int
    mine_total: int
    replayed: bool


# The usual case in one statement: the slot is held by who answers. A second copy of the same verdict waits for the
# slot's row lock, then finds it done and inserts nothing. `withdrawn` slots still take the verdict of who holds them.
SUBMIT_SQL = """
WITH slot AS (
    UPDATE annotate_assignment SET status = 'done', lease_expires_at = NULL
    WHERE id = %(assignment)s AND project_id = %(project)s AND annotator_id = %(annotator)s
      AND status IN ('leased', 'withdrawn')
    RETURNING id, comparison_id, left_is_a
)
INSERT INTO annotate_preference (
    project_id, comparison_id, assignment_id, annotator_id, kind, winner, strength, aspects, flags, reasons, ratings,
    spans, rationale, active_ms, guidelines_id, form_id, client_id, source, created_at)
SELECT %(project)s, comparison_id, id, %(annotator)s, %(kind)s,
    CASE WHEN left_is_a THEN %(winner_if_left_is_a)s ELSE %(winner_if_left_is_b)s END,
    %(strength)s, '{}'::jsonb, %(flags)s::jsonb, '{}'::jsonb, '{}'::jsonb, '{}'::jsonb, %(rationale)s, %(active_ms)s,
    (SELECT id FROM annotate_guidelineversion WHERE project_id = %(project)s ORDER BY number DESC LIMIT 1),
    (SELECT id FROM annotate_formversion WHERE project_id = %(project)s ORDER BY number DESC LIMIT 1),
    %(client_id)s, '{}'::jsonb, now()
FROM slot
RETURNING id, comparison_id,
    (SELECT count(*) + 1 FROM annotate_preference
     WHERE project_id = %(project)s AND annotator_id = %(annotator)s AND superseded_at IS NULL)
"""


def preference_submit(*, project: Project, annotator: User, verdict: Verdict) -> VerdictOut:
    """Take a verdict; the same `client_id` again gives the same answer and changes nothing.

    A verdict whose lease was lost is taken while its slot, or another of the comparison, is unanswered. What the
    project's question form offers is not checked here: a form changed meanwhile must not cost a labeler's work.

    Raises: AnnotateError 404; 409 when others have given all the verdicts wanted, `annotator` never held the slot or
        judged this comparison already, or `client_id` names another verdict.
    """
    row = _submit_held(project=project, annotator=annotator, verdict=verdict)
    if row is not None:
        return VerdictOut(preference_id=row[0], comparison_id=row[1], mine_total=row[2], replayed=False)
    return _submit_otherwise(project=project, annotator=annotator, verdict=verdict)


def _submit_held(*, project: Project, annotator: User, verdict: Verdict) -> tuple[int, int, int] | None:
    values: dict[str, Any] = {
        "project": project.pk,
        "annotator": annotator.pk,
        "assignment": verdict.assignment_id,
        "kind": verdict.kind.value,
        "winner_if_left_is_a": verdict.winner(left_is_a=True),
        "winner_if_left_is_b": verdict.winner(left_is_a=False),
        "strength": verdict.strength,
        "flags": json.dumps(verdict.flags),
        "rationale": verdict.rationale,
        "active_ms": verdict.active_ms,
        "client_id": verdict.client_id,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SUBMIT_SQL, values)
            row: tuple[int, int, int] | None = cursor.fetchone()
            return row
    except IntegrityError:
        return None  # the client id or the comparison has a preference already: told apart below


@transaction.atomic
def _submit_otherwise(*, project: Project, annotator: User, verdict: Verdict) -> VerdictOut:
    """A verdict that was taken before, or whose lease was lost."""
    named, slots = comparison_lock(project=project, assignment_id=verdict.assignment_id)
    known = Preference.objects.filter(client_id=verdict.client_id).first()
    if known is not None:
        if known.annotator_id != annotator.pk or known.comparison_id != named.comparison_id:
            raise AnnotateError(ErrorCode.PREFERENCE_CLIENT_ID_REUSED, "This client_id names another verdict.")
        return _outcome(known, replayed=True)
    _require_unjudged(annotator=annotator, comparison_id=named.comparison_id)
    left_is_a = _seen_left_is_a(named, annotator=annotator)
    slot = _slot_for_late_verdict(named, slots, annotator=annotator)
    assignment_lease(slot, project=project, annotator=annotator)
    slot.left_is_a, slot.status, slot.lease_expires_at = left_is_a, AssignmentStatus.DONE, None
    slot.save()
    preference = Preference.objects.create(
        project=project,
        comparison_id=named.comparison_id,
        assignment=slot,
        annotator=annotator,
        kind=verdict.kind,
        winner=verdict.winner(left_is_a=left_is_a),
        strength=verdict.strength,
        flags=verdict.flags,
        rationale=verdict.rationale,
        active_ms=verdict.active_ms,
        guidelines=guidelines_current(project=project),
        form=form_current(project=project),
        client_id=verdict.client_id,
    )
    return _outcome(preference, replayed=False)


def _require_unjudged(*, annotator: User, comparison_id: int) -> None:
    mine = Preference.objects.filter(comparison_id=comparison_id, annotator=annotator, superseded_at=None).first()
    if mine is not None:
        raise AnnotateError(
            ErrorCode.ALREADY_JUDGED,
            "You have judged this comparison already, perhaps in another tab. Undo that verdict to change it.",
            preference_id=mine.pk,
        )


def _seen_left_is_a(named: Assignment, *, annotator: User) -> bool:
    """What `annotator` saw on the left, whoever holds the slot now."""
    if named.annotator_id == annotator.pk:
        return named.left_is_a
    for holder in reversed(named.former_holders):
        if holder["annotator"] == annotator.pk:
            return bool(holder["left_is_a"])
    raise AnnotateError(ErrorCode.ASSIGNMENT_NOT_YOURS, "This comparison was not given to you. Claim one first.")


def _slot_for_late_verdict(named: Assignment, slots: list[Assignment], *, annotator: User) -> Assignment:
    """An unanswered slot for who lost theirs: another they hold, the named one, a free one, one that another holds."""
    own = [slot for slot in slots if slot.annotator_id == annotator.pk and slot.status != AssignmentStatus.DONE]
    free = [slot for slot in [named, *slots] if is_free(slot)]
    held = [slot for slot in [named, *slots] if slot.status in (AssignmentStatus.LEASED, AssignmentStatus.WITHDRAWN)]
    for slot in [*own, *free, *held]:
        return slot
    raise AnnotateError(
        ErrorCode.ASSIGNMENT_EXPIRED,
        "You held this comparison longer than the lease, and others have given all the verdicts it needed.",
    )


def _outcome(preference: Preference, *, replayed: bool) -> VerdictOut:
    mine = Preference.objects.filter(
        project=preference.project_id, annotator=preference.annotator_id, superseded_at=None
    )
    return VerdictOut(
        preference_id=preference.pk,
        comparison_id=preference.comparison_id,
        mine_total=mine.count(),
        replayed=replayed,
    )


@transaction.atomic
def comparison_skip(*, project: Project, annotator: User, assignment_id: int, client_id: UUID, reason: str) -> None:
    """Pass a comparison on to others; it is not offered to `annotator` again. Skipping twice changes nothing.

    Raises: AnnotateError 404, 409 when `annotator` judged it or never held it, or `client_id` names another skip.
    """
    named, slots = comparison_lock(project=project, assignment_id=assignment_id)
    known = Skip.objects.filter(client_id=client_id).first()
    if known is not None:
        if known.annotator_id != annotator.pk or known.comparison_id != named.comparison_id:
            raise AnnotateError(ErrorCode.PREFERENCE_CLIENT_ID_REUSED, "This client_id names another skip.")
        return
    if Skip.objects.filter(comparison=named.comparison_id, annotator=annotator, undone_at=None).exists():
        return
    _require_unjudged(annotator=annotator, comparison_id=named.comparison_id)
    _seen_left_is_a(named, annotator=annotator)
    Skip.objects.create(comparison_id=named.comparison_id, annotator=annotator, client_id=client_id, reason=reason)
    for slot in slots:
        if slot.annotator_id == annotator.pk and slot.status == AssignmentStatus.LEASED:
            assignment_free(slot)
            slot.save()


@transaction.atomic
def judgement_undo(
    *, project: Project, annotator: User, assignment_id: int, client_id: UUID | None = None
) -> AssignmentOut:
    """Take back the verdict or skip on this comparison and give it to `annotator` again. Undoing twice changes nothing.

    Raises: AnnotateError 404, 409 when there is nothing to undo, or a skipped comparison has gone to others meanwhile.
    """
    named, slots = comparison_lock(project=project, assignment_id=assignment_id)
    slot = (
        _undo_verdict(named, slots, annotator=annotator, client_id=client_id)
        or _undo_skip(named, slots, annotator=annotator)
        or next((s for s in slots if s.annotator_id == annotator.pk and s.status == AssignmentStatus.LEASED), None)
    )
    if slot is None:
        raise AnnotateError(ErrorCode.NOTHING_TO_UNDO, "You have neither judged nor skipped this comparison.")
    leased = assignment_lease(slot, project=project, annotator=annotator)
    slot.save()
    return assignments_shown(leased=[leased])[0]


def _undo_verdict(
    named: Assignment, slots: list[Assignment], *, annotator: User, client_id: UUID | None
) -> Assignment | None:
    mine = Preference.objects.filter(comparison=named.comparison_id, annotator=annotator, superseded_at=None)
    if client_id is not None:
        mine = mine.filter(client_id=client_id)
    preference = mine.first()
    if preference is None:
        return None
    preference.superseded_at = timezone.now()
    preference.save(update_fields=["superseded_at"])
    return next(slot for slot in slots if slot.pk == preference.assignment_id)


def _undo_skip(named: Assignment, slots: list[Assignment], *, annotator: User) -> Assignment | None:
    skip = Skip.objects.filter(comparison=named.comparison_id, annotator=annotator, undone_at=None).first()
    if skip is None:
        return None
    free = [slot for slot in [named, *slots] if is_free(slot)]
    if not free:
        raise AnnotateError(ErrorCode.ASSIGNMENT_EXPIRED, "Another labeler has this comparison now.")
    skip.undone_at = timezone.now()
    skip.save(update_fields=["undone_at"])
    return free[0]
