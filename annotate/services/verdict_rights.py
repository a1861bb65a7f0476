"""Who may still judge a comparison, in which slot, and how they saw it."""

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import Assignment, AssignmentStatus, Preference, User
from annotate.services.assignments import is_free
from annotate.sides import Layout


def unjudged_require(*, annotator: User, comparison_id: int) -> None:
    """Raises: AnnotateError 409 when `annotator` has a live verdict on the comparison."""
    mine = Preference.objects.filter(comparison_id=comparison_id, annotator=annotator, superseded_at=None).first()
    if mine is not None:
        raise AnnotateError(
            ErrorCode.ALREADY_JUDGED,
            "You have judged this comparison already, perhaps in another tab. Undo that verdict to change it.",
            preference_id=mine.pk,
        )


def layout_seen(named: Assignment, *, annotator: User) -> Layout:
    """How `annotator` saw the comparison, whoever holds the slot now.

    Raises: AnnotateError 409 when they never held it.
    """
    if named.annotator_id == annotator.pk:
        return Layout.of(left_is_a=named.left_is_a, shown_order=named.shown_order)
    for holder in reversed(named.former_holders):
        if holder["annotator"] == annotator.pk:
            return Layout.of(left_is_a=holder["left_is_a"], shown_order=holder.get("shown_order", []))
    raise AnnotateError(ErrorCode.ASSIGNMENT_NOT_YOURS, "This comparison was not given to you. Claim one first.")


def late_slot(named: Assignment, slots: list[Assignment], *, annotator: User) -> Assignment:
    """An unanswered slot for who lost theirs: another they hold, the named one, a free one, one that another holds.

    Raises: AnnotateError 409 when all are answered.
    """
    own = [slot for slot in slots if slot.annotator_id == annotator.pk and slot.status != AssignmentStatus.DONE]
    free = [slot for slot in [named, *slots] if is_free(slot)]
    held = [slot for slot in [named, *slots] if slot.status in (AssignmentStatus.LEASED, AssignmentStatus.WITHDRAWN)]
    for slot in [*own, *free, *held]:
        return slot
    raise AnnotateError(
        ErrorCode.ASSIGNMENT_EXPIRED,
        "You held this comparison longer than the lease, and others have given all the verdicts it needed.",
    )
