"""What is done about a labeler: a flag settled, labeling paused and resumed."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from annotate.errors import not_found
from annotate.models import LabelerFlag, Membership, Project, User
from annotate.services.assignments import assignments_release_all
from annotate.services.audit import audit_record
from annotate.services.warm_up import claim_lock

REASON_LENGTH = 400


@transaction.atomic
def flag_close(*, project: Project, flag_id: int, note: str, actor: User) -> LabelerFlag:
    """Settle a flag; one that is closed already stays as it is.

    Raises: AnnotateError 404 for a flag of another project.
    """
    flag = (
        LabelerFlag.objects.select_for_update(of=("self",))
        .select_related("annotator", "closed_by")
        .filter(project=project, pk=flag_id)
        .first()
    )
    if flag is None:
        raise not_found("flag")
    if flag.closed_at is None:
        flag.closed_at, flag.closed_by, flag.note = timezone.now(), actor, note
        flag.save(update_fields=["closed_at", "closed_by", "note"])
        audit_record(
            actor=actor,
            project=project,
            action="flag.closed",
            target=flag.annotator.username,
            signal=flag.signal,
            note=note,
        )
    return flag


def member_pause(*, project: Project, user_id: int, reason: str, actor: User) -> Membership:
    """Give a member nothing more to label until they are resumed; what they hold goes back to the queue.

    A paused member stays paused for the first reason. Raises: AnnotateError 404.
    """
    membership = _pause(project=project, user_id=user_id, reason=reason, actor=actor, data={})
    if membership is None:
        raise not_found("member")
    return membership


def labeler_pause(*, project: Project, annotator: User, reason: str, signal: str, evidence: dict[str, Any]) -> None:
    """Pause by the project's rule, with the evidence on record; who has left the project is left alone."""
    _pause(
        project=project,
        user_id=annotator.pk,
        reason=reason,
        actor=None,
        data={"signal": signal, "evidence": evidence},
    )


@transaction.atomic
def member_resume(*, project: Project, user_id: int, actor: User) -> Membership:
    """Let a paused member label again; for one who is not paused nothing changes.

    Raises: AnnotateError 404.
    """
    membership = _membership(project=project, user_id=user_id)
    if membership is None:
        raise not_found("member")
    if membership.paused_at is not None:
        paused_for = membership.paused_reason
        membership.paused_at, membership.paused_by, membership.paused_reason = None, None, ""
        membership.save(update_fields=["paused_at", "paused_by", "paused_reason"])
        audit_record(
            actor=actor,
            project=project,
            action="member.resumed",
            target=membership.user.username,
            paused_for=paused_for,
        )
    return membership


@transaction.atomic
def _pause(
    *, project: Project, user_id: int, reason: str, actor: User | None, data: dict[str, Any]
) -> Membership | None:
    """The membership, paused; None for who is no member. `actor` is None when the project's rule did it."""
    claim_lock(annotator_id=user_id)  # a claim under way ends first, so that what it leased is taken back too
    membership = _membership(project=project, user_id=user_id)
    if membership is None or membership.paused_at is not None:
        return membership
    membership.paused_at, membership.paused_by, membership.paused_reason = timezone.now(), actor, reason[:REASON_LENGTH]
    membership.save(update_fields=["paused_at", "paused_by", "paused_reason"])
    assignments_release_all(project=project, annotator=membership.user)
    audit_record(
        actor=actor, project=project, action="member.paused", target=membership.user.username, reason=reason, **data
    )
    return membership


def _membership(*, project: Project, user_id: int) -> Membership | None:
    return (
        Membership.objects.select_for_update(of=("self",))
        .select_related("user", "paused_by")
        .filter(project=project, user_id=user_id)
        .first()
    )
