"""Verdicts: taken once, never edited, undone by superseding."""

import json
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import IntegrityError, connection, transaction
from pydantic import Field

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import Assignment, AssignmentStatus, Comparison, Completion, Preference, Project, User
from annotate.prepared import rows
from annotate.selectors.queue import form_current, guidelines_current
from annotate.selectors.warm_up import Feedback
from annotate.services.assignments import assignment_lease, comparison_lock
from annotate.services.corrections import corrections_keep
from annotate.services.verdict_checks import verdict_check
from annotate.services.verdict_rights import late_slot, layout_seen, unjudged_require
from annotate.services.verdicts import Verdict
from annotate.services.warm_up import warm_up_feedback
from annotate.sides import Layout
from annotate.types import ReadModel
from annotate.verdict_details import details_stored


class VerdictOut(ReadModel):
    """A verdict as it was taken."""

    preference_id: int
    comparison_id: int
    replayed: bool
    feedback: Feedback | None = Field(None, description="What was right, in the warm-up only.")


# The usual case in one statement: the slot is held by who answers, and shows a pair. A second copy of the same verdict
# waits for the slot's row lock, then finds it done and inserts nothing. `withdrawn` slots still take the verdict of who
# holds them. What was said is converted for both sides in advance, and the slot's row decides between them.
# IS NOT DISTINCT FROM leaves the slot's id as the only way to find it: on old statistics all of the labeler's slots
# would look as few.
_SUBMIT = """
WITH slot AS (
    UPDATE annotate_assignment SET status = 'done', lease_expires_at = NULL
    WHERE id = %(assignment)s AND project_id = %(project)s AND annotator_id IS NOT DISTINCT FROM %(annotator)s
      AND status IN ('leased', 'withdrawn') AND shown_order = '{}'
    {checks}
    RETURNING id, comparison_id, left_is_a, warm_up
), said AS (
    SELECT id, comparison_id,
        CASE WHEN left_is_a THEN %(said_if_left_is_a)s::jsonb ELSE %(said_if_left_is_b)s::jsonb END AS said
    FROM slot
)
INSERT INTO annotate_preference (
    project_id, comparison_id, assignment_id, annotator_id, kind, winner, strength, aspects, flags, reasons, ratings,
    spans, rationale, active_ms, guidelines_id, form_id, client_id, source, created_at)
SELECT %(project)s, comparison_id, id, %(annotator)s, %(kind)s, said ->> 'winner', %(strength)s::smallint,
    said -> 'aspects', said -> 'flags', said -> 'reasons', said -> 'ratings', said -> 'spans',
    %(rationale)s, %(active_ms)s,
    (SELECT id FROM annotate_guidelineversion WHERE project_id = %(project)s ORDER BY number DESC LIMIT 1),
    (SELECT id FROM annotate_formversion WHERE project_id = %(project)s ORDER BY number DESC LIMIT 1),
    %(client_id)s, '{}'::jsonb, now()
FROM said
RETURNING id, comparison_id, (SELECT warm_up FROM slot)
"""
# Keys that some version of the form has, and passages inside of their completions. What fails is diagnosed afterwards.
_CHECKS = """
      AND (cardinality(%(form_keys)s::text[]) = 0 OR %(form_keys)s::text[] <@ (
          SELECT array_agg(part.name || ':' || (item ->> 'key'))
          FROM annotate_formversion f,
              LATERAL (VALUES ('aspects', f.form -> 'aspects'), ('flags', f.form -> 'flags'),
                              ('reasons', f.form -> 'reasons')) part (name, items),
              LATERAL jsonb_array_elements(part.items) item
          WHERE f.project_id = %(project)s))
      AND (%(left_end)s + %(right_end)s = 0 OR EXISTS (
          SELECT 1 FROM annotate_comparison c
              JOIN annotate_completion a ON a.id = c.completion_a_id
              JOIN annotate_completion b ON b.id = c.completion_b_id
          WHERE c.id = annotate_assignment.comparison_id
            AND char_length(CASE WHEN left_is_a THEN a.text ELSE b.text END) >= %(left_end)s
            AND char_length(CASE WHEN left_is_a THEN b.text ELSE a.text END) >= %(right_end)s))
"""
SUBMIT_SQL = _SUBMIT.replace("{checks}", "")
SUBMIT_CHECKED_SQL = _SUBMIT.replace("{checks}", _CHECKS)


def preference_submit(*, project: Project, annotator: User, verdict: Verdict) -> VerdictOut:
    """Take a verdict; the same `client_id` again gives the same answer and changes nothing.

    A verdict whose lease was lost is taken while its slot, or another of the comparison, is unanswered. What the
    project's question form offers is not checked here: a form changed meanwhile must not cost a labeler's work.

    Raises: AnnotateError 400 with `fields` for what does not fit the comparison or is in no version of the form; 404;
        409 when others have given all the verdicts wanted, `annotator` never held the slot or judged this comparison
        already, or `client_id` names another verdict.
    """
    row = _submit_held(project=project, annotator=annotator, verdict=verdict) if verdict.is_plain() else None
    if row is not None:
        preference_id, comparison_id, warm_up = row
        feedback = _feedback(preference_id) if warm_up else None
        return VerdictOut(preference_id=preference_id, comparison_id=comparison_id, replayed=False, feedback=feedback)
    return _submit_otherwise(project=project, annotator=annotator, verdict=verdict)


def _submit_held(*, project: Project, annotator: User, verdict: Verdict) -> tuple[int, int, bool] | None:
    form_keys, ends = sorted(verdict.details.form_keys()), verdict.span_ends()
    values: dict[str, Any] = {
        "project": project.pk,
        "annotator": annotator.pk,
        "assignment": verdict.assignment_id,
        "kind": verdict.kind.value,
        "said_if_left_is_a": _said(verdict, left_is_a=True),
        "said_if_left_is_b": _said(verdict, left_is_a=False),
        "strength": verdict.strength,
        "rationale": verdict.rationale,
        "active_ms": verdict.active_ms,
        "client_id": verdict.client_id,
        "form_keys": form_keys,
        "left_end": ends.get("left", 0),
        "right_end": ends.get("right", 0),
    }
    try:
        with _whole_or_not_at_all():
            found = rows(SUBMIT_CHECKED_SQL if form_keys or ends else SUBMIT_SQL, values)
    except IntegrityError:
        return None  # the client id or the comparison has a preference already: told apart below
    return found[0] if found else None


def _whole_or_not_at_all() -> AbstractContextManager[object]:
    """For one statement: it is so by itself, without the two round trips of a transaction, unless within another."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _said(verdict: Verdict, *, left_is_a: bool) -> str:
    columns = details_stored(verdict.details, layout=Layout(left_is_a))
    return json.dumps({**columns, "winner": verdict.winner(left_is_a=left_is_a)})


@transaction.atomic
def _submit_otherwise(*, project: Project, annotator: User, verdict: Verdict) -> VerdictOut:
    """A ranking, a verdict with corrections, one that was taken before, or whose lease was lost."""
    named, slots = comparison_lock(project=project, assignment_id=verdict.assignment_id)
    known = Preference.objects.filter(client_id=verdict.client_id).first()
    if known is not None:
        if known.annotator_id != annotator.pk or known.comparison_id != named.comparison_id:
            raise AnnotateError(ErrorCode.PREFERENCE_CLIENT_ID_REUSED, "This client_id names another verdict.")
        return _outcome(known, replayed=True)
    unjudged_require(annotator=annotator, comparison_id=named.comparison_id)
    layout = layout_seen(named, annotator=annotator)
    slot = late_slot(named, slots, annotator=annotator)
    completions = _completions(named.comparison_id)
    verdict_check(verdict, project=project, layout=layout, texts=[completion.text for completion in completions])
    assignment_lease(slot, project=project, annotator=annotator)
    slot.left_is_a, slot.shown_order = layout.left_is_a, list(layout.shown_order)
    slot.status, slot.lease_expires_at = AssignmentStatus.DONE, None
    slot.save()
    preference = _insert(verdict, slot=slot, layout=layout)
    corrections_keep(verdict, preference=preference, layout=layout, completions=completions)
    return _outcome(preference, replayed=False)


def _completions(comparison_id: int) -> list[Completion]:
    """In stored order. Two SQL statements."""
    comparison = Comparison.objects.get(pk=comparison_id)
    ids = [comparison.completion_a_id, comparison.completion_b_id, *comparison.more]
    found = Completion.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def _insert(verdict: Verdict, *, slot: Assignment, layout: Layout) -> Preference:
    return Preference.objects.create(
        project_id=slot.project_id,
        comparison_id=slot.comparison_id,
        assignment=slot,
        annotator_id=slot.annotator_id,
        kind=verdict.kind,
        winner=verdict.winner(left_is_a=layout.left_is_a),
        strength=verdict.strength,
        **details_stored(verdict.details, layout=layout),
        rationale=verdict.rationale,
        active_ms=verdict.active_ms,
        guidelines=guidelines_current(project=slot.project),
        form=form_current(project=slot.project),
        client_id=verdict.client_id,
    )


def _outcome(preference: Preference, *, replayed: bool) -> VerdictOut:
    return VerdictOut(
        preference_id=preference.pk,
        comparison_id=preference.comparison_id,
        replayed=replayed,
        feedback=_feedback(preference.pk) if preference.assignment and preference.assignment.warm_up else None,
    )


def _feedback(preference_id: int) -> Feedback:
    """Of a verdict in the warm-up; the statements that it costs are paid there only."""
    related = ("project", "annotator", "comparison", "assignment")
    return warm_up_feedback(preference=Preference.objects.select_related(*related).get(pk=preference_id))
