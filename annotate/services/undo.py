"""Verdicts and skips taken back by who gave them."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import Assignment, AssignmentStatus, Comparison, Preference, Project, Skip, User, WithdrawnFor
from annotate.selectors.queue import AssignmentOut, assignments_shown
from annotate.services.assignments import assignment_lease, comparison_lock, is_free


@transaction.atomic
def judgement_undo(
    *, project: Project, annotator: User, assignment_id: int, client_id: UUID | None = None
) -> AssignmentOut:
    """Take back the verdict or skip on this comparison and give it to `annotator` again. Undoing twice changes nothing.

    With a verdict go the preferences of its corrections over what they corrected.

    Raises: AnnotateError 404, 409 when there is nothing to undo, the answer was told in the warm-up, or a skipped
        comparison has gone to others meanwhile.
    """
    named, slots = comparison_lock(project=project, assignment_id=assignment_id)
    if named.warm_up and named.annotator_id == annotator.pk and named.status == AssignmentStatus.DONE:
        raise AnnotateError(
            ErrorCode.WARM_UP_STAYS, "You were told the answer to this pair of the warm-up; your verdict on it stays."
        )
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
    withdrawn = Preference.objects.filter(Q(pk=preference.pk) | Q(derived_from=preference), superseded_at=None)
    withdrawn.update(superseded_at=timezone.now())
    return next(slot for slot in slots if slot.pk == preference.assignment_id)


def _undo_skip(named: Assignment, slots: list[Assignment], *, annotator: User) -> Assignment | None:
    skips = Skip.objects.filter(comparison=named.comparison_id, annotator=annotator, undone_at=None)
    if not skips:
        return None
    own = [slot for slot in slots if slot.annotator_id == annotator.pk and slot.status == AssignmentStatus.WITHDRAWN]
    others = Skip.objects.filter(comparison=named.comparison_id, undone_at=None).exclude(annotator=annotator)
    if not others.exists() and _take_back_withdrawal(named.comparison_id):
        for slot in slots:
            if slot.status == AssignmentStatus.WITHDRAWN:
                slot.status = AssignmentStatus.OPEN if slot.annotator_id is None else AssignmentStatus.LEASED
                slot.save()
    free = own + [slot for slot in [named, *slots] if is_free(slot) and not slot.reserved]
    if not free:
        raise AnnotateError(ErrorCode.ASSIGNMENT_EXPIRED, "Another labeler has this comparison now.")
    skips.update(undone_at=timezone.now())
    return free[0]


def _take_back_withdrawal(comparison_id: int) -> bool:
    """Put a comparison that a skip withdrew into the queue again; whether there was one."""
    skipped = Comparison.objects.filter(pk=comparison_id, withdrawn_for=WithdrawnFor.SKIP)
    return skipped.update(withdrawn_at=None, withdrawn_for="") > 0
