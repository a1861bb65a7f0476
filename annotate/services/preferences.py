"""Verdicts: taken once, never edited, undone by superseding."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import AssignmentStatus, Preference, PreferenceKind, Project, User
from annotate.selectors.queue import form_current, guidelines_current
from annotate.services.assignments import assignment_lease, comparison_lock
from annotate.services.verdict_rights import late_slot, layout_seen, unjudged_require
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
    unjudged_require(annotator=annotator, comparison_id=named.comparison_id)
    layout = layout_seen(named, annotator=annotator)
    slot = late_slot(named, slots, annotator=annotator)
    assignment_lease(slot, project=project, annotator=annotator)
    slot.left_is_a, slot.shown_order = layout.left_is_a, list(layout.shown_order)
    slot.status, slot.lease_expires_at = AssignmentStatus.DONE, None
    slot.save()
    preference = Preference.objects.create(
        project=project,
        comparison_id=named.comparison_id,
        assignment=slot,
        annotator=annotator,
        kind=verdict.kind,
        winner=verdict.winner(left_is_a=layout.left_is_a),
        strength=verdict.strength,
        flags=verdict.flags,
        rationale=verdict.rationale,
        active_ms=verdict.active_ms,
        guidelines=guidelines_current(project=project),
        form=form_current(project=project),
        client_id=verdict.client_id,
    )
    return _outcome(preference, replayed=False)


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
