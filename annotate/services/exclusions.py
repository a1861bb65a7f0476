"""Keeping preferences out of training, and letting them in again. Nothing is ever deleted."""

from django.db import transaction
from django.utils import timezone

from annotate.errors import AnnotateError, ErrorCode, not_found
from annotate.models import Exclusion, Project, User
from annotate.selectors.exclusions import scope_require
from annotate.selectors.training_exclusions import Scope
from annotate.services.audit import audit_record


@transaction.atomic
def exclusion_create(*, project: Project, scope: Scope, reason: str, actor: User) -> Exclusion:
    """Keep the preferences of `scope` out of every snapshot taken from now on, those given later as well.

    Raises: AnnotateError 400: the scope names nothing, or what the project does not have.
    """
    scope_require(project=project, scope=scope)
    exclusion = Exclusion.objects.create(
        project=project,
        annotator_id=scope.annotator_id,
        given_from=scope.given_from,
        given_until=scope.given_until,
        guidelines_number=scope.guidelines_number,
        reason=reason,
        created_by=actor,
    )
    audit_record(
        actor=actor,
        project=project,
        action="exclusion.created",
        target=f"exclusion {exclusion.pk}",
        annotator_id=scope.annotator_id,
        given_from=scope.given_from.isoformat() if scope.given_from else None,
        given_until=scope.given_until.isoformat() if scope.given_until else None,
        guidelines_number=scope.guidelines_number,
        reason=reason,
    )
    return exclusion


@transaction.atomic
def exclusion_lift(*, project: Project, exclusion_id: int, actor: User) -> Exclusion:
    """Let the preferences into snapshots again; the exclusion is kept as lifted.

    Raises: AnnotateError 404, 409 when it was lifted before.
    """
    held = Exclusion.objects.select_for_update(no_key=True).filter(project=project, pk=exclusion_id).first()
    if held is None:
        raise not_found("exclusion")
    if held.lifted_at is not None:
        raise AnnotateError(ErrorCode.EXCLUSION_ALREADY_LIFTED, "This exclusion was lifted before.")
    held.lifted_at, held.lifted_by = timezone.now(), actor
    held.save(update_fields=["lifted_at", "lifted_by"])
    audit_record(actor=actor, project=project, action="exclusion.lifted", target=f"exclusion {held.pk}")
    return held
