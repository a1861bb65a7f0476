"""Comparisons that a labeler passes on."""

from uuid import UUID

from django.db import transaction

from annotate.errors import AnnotateError, ErrorCode
from annotate.models import AssignmentStatus, Project, Skip, User
from annotate.services.assignments import assignment_free, comparison_lock
from annotate.services.verdict_rights import layout_seen, unjudged_require


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
    unjudged_require(annotator=annotator, comparison_id=named.comparison_id)
    layout_seen(named, annotator=annotator)
    Skip.objects.create(comparison_id=named.comparison_id, annotator=annotator, client_id=client_id, reason=reason)
    for slot in slots:
        if slot.annotator_id == annotator.pk and slot.status == AssignmentStatus.LEASED:
            assignment_free(slot)
            slot.save()
