"""Comparisons that a labeler passes on."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import Assignment, AssignmentStatus, Comparison, Project, Skip, User, WithdrawnFor
from annotate.services.assignments import assignment_free, comparison_lock
from annotate.services.verdict_rights import layout_seen, unjudged_require

_UNANSWERED = (AssignmentStatus.OPEN, AssignmentStatus.LEASED)


@transaction.atomic
def comparison_skip(*, project: Project, annotator: User, assignment_id: int, client_id: UUID, reason: str) -> None:
    """Pass a comparison on as the project's settings say; skipping twice changes nothing.

    To others: it is not offered to `annotator` again. To the end: it comes after all others of its priority, and back
    to `annotator` only when nothing else is left. To nobody: it is withdrawn, with the verdicts it has. A pair that is
    theirs alone, as a hidden repeat, goes whatever the settings say, and looks no different.

    Raises: AnnotateError 404, 409 when `annotator` judged it or never held it, it belongs to the warm-up, or
        `client_id` names another skip.
    """
    named, slots = comparison_lock(project=project, assignment_id=assignment_id)
    known = Skip.objects.filter(client_id=client_id).first()
    if known is not None:
        if known.annotator_id != annotator.pk or known.comparison_id != named.comparison_id:
            raise AnnotateError(ErrorCode.PREFERENCE_CLIENT_ID_REUSED, "This client_id names another skip.")
        return
    if Skip.objects.filter(comparison=named.comparison_id, annotator=annotator, undone_at=None, final=True).exists():
        return
    unjudged_require(annotator=annotator, comparison_id=named.comparison_id)
    layout_seen(named, annotator=annotator)
    held = [slot for slot in slots if slot.annotator_id == annotator.pk and slot.status == AssignmentStatus.LEASED]
    if any(slot.warm_up for slot in held):
        raise AnnotateError(
            ErrorCode.WARM_UP_STAYS, "A pair of the warm-up cannot be skipped: answer it as well as you can."
        )
    alone = any(slot.reserved for slot in held)
    policy = "others" if alone else project.typed_settings().queue.skipped_go_to
    Skip.objects.create(
        comparison_id=named.comparison_id,
        annotator=annotator,
        client_id=client_id,
        reason=reason,
        final=policy != "the_end",
    )
    comparison = Comparison.objects.filter(pk=named.comparison_id, withdrawn_at=None)
    if alone:
        # A known pair goes on for other labelers; what repeats their own was for them alone.
        _withdraw(comparison.filter(reserved_for=annotator), held)
    elif policy == "nobody":
        _withdraw(comparison, [slot for slot in slots if slot.status in _UNANSWERED])
    else:
        for slot in held:
            assignment_free(slot)
            if policy == "the_end":
                # All drawn numbers are below 1; the time puts later skips behind earlier ones, with nothing to look up.
                slot.rnd = timezone.now().timestamp()
            slot.save()


def _withdraw(comparison: QuerySet[Comparison], slots: list[Assignment]) -> None:
    """Nobody is asked this any more. Who holds a slot now may still answer it: their verdict may be on its way."""
    comparison.update(withdrawn_at=timezone.now(), withdrawn_for=WithdrawnFor.SKIP)
    for slot in slots:
        slot.status = AssignmentStatus.WITHDRAWN
        slot.save()
