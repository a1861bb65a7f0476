"""Invites: links that make their holders members of a project."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annotate.errors import AnnotateError, ErrorCode, not_found
from annotate.models import Invite, Membership, Project, Role, User
from annotate.services.audit import audit_record
from annotate.services.people import account_create, secret_sha256


@dataclass(frozen=True, slots=True)
class NewInvite:
    """An invite and its secret, which is shown once and not kept."""

    invite: Invite
    secret: str


@transaction.atomic
def invite_create(*, project: Project, actor: User, role: Role, max_uses: int, days: int) -> NewInvite:
    """A link for `max_uses` people, good for `days` days."""
    secret = secrets.token_urlsafe(24)
    invite = Invite.objects.create(
        project=project,
        role=role,
        secret_sha256=secret_sha256(secret),
        created_by=actor,
        expires_at=timezone.now() + timedelta(days=days),
        max_uses=max_uses,
    )
    audit_record(
        actor=actor, project=project, action="invite.created", target=str(invite.pk), role=role, max_uses=max_uses
    )
    return NewInvite(invite, secret)


@transaction.atomic
def invite_revoke(*, project: Project, invite_id: int, actor: User) -> None:
    """Make a link useless.

    Raises: AnnotateError 404.
    """
    found = Invite.objects.filter(project=project, pk=invite_id, revoked_at=None).update(revoked_at=timezone.now())
    if not found:
        raise not_found("invite")
    audit_record(actor=actor, project=project, action="invite.revoked", target=str(invite_id))


def invite_find(*, secret: str) -> Invite:
    """The invite whose link holds `secret`.

    Raises: AnnotateError 404.
    """
    invite = Invite.objects.select_related("project").filter(secret_sha256=secret_sha256(secret)).first()
    if invite is None:
        raise not_found("invitation")
    return invite


def invite_fault(invite: Invite) -> str | None:
    """Why the link cannot be used, as a sentence; None when it can."""
    if invite.revoked_at is not None:
        return "This invitation was withdrawn. Ask for a new link."
    if invite.expires_at <= timezone.now():
        return "This invitation has expired. Ask for a new link."
    if invite.uses >= invite.max_uses:
        return "This invitation has been used up. Ask for a new link."
    return None


@transaction.atomic
def invite_accept(*, secret: str, user: User | None, username: str = "", password: str = "") -> Membership:
    """Make the holder of `secret` a member; without `user` an account is created first.

    Who is a member already stays what they are, and no use is counted.

    Raises: AnnotateError 404 for an unknown secret, 409 for a link that cannot be used, 400 for a name or password
        that cannot be used.
    """
    invite = Invite.objects.select_for_update().select_related(None).filter(secret_sha256=secret_sha256(secret)).first()
    if invite is None:
        raise not_found("invitation")
    if user is not None and (membership := _membership(invite=invite, user=user)) is not None:
        return membership
    if (fault := invite_fault(invite)) is not None:
        raise AnnotateError(ErrorCode.INVITE_INVALID, fault)
    person = user or account_create(username=username, password=password)
    membership, joined = Membership.objects.get_or_create(
        project_id=invite.project_id, user=person, defaults={"role": invite.role}
    )
    if not joined:
        return membership
    Invite.objects.filter(pk=invite.pk).update(uses=F("uses") + 1)
    audit_record(actor=person, project=invite.project, action="member.joined", target=person.username, invite=invite.pk)
    return membership


def _membership(*, invite: Invite, user: User) -> Membership | None:
    return Membership.objects.filter(project_id=invite.project_id, user=user).first()
