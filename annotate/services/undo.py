"""Verdicts and skips taken back by who gave them."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import Assignment, AssignmentStatus, Preference, Project, Skip, User
from annotate.selectors.queue import AssignmentOut, assignments_shown
from annotate.services.assignments import assignment_lease, comparison_lock, is_free


@transaction.atomic
def judgement_undo(
    *, project: Project, annotator: User, assignment_id: int, client_id: UUID | None = None
) -> AssignmentOut:
    """Take back the verdict or skip on this comparison and give it to `annotator` again. Undoing twice changes nothing.

    With a verdict go the preferences of its corrections over what they corrected.

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
    withdrawn = Preference.objects.filter(Q(pk=preference.pk) | Q(derived_from=preference), superseded_at=None)
    withdrawn.update(superseded_at=timezone.now())
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
