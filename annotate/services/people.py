"""Accounts: logging in, passwords, tokens, and who is a member of a project."""

import hashlib
import secrets
from dataclasses import dataclass

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from annotate.errors import AnnotateError, ErrorCode, invalid, not_found
from annotate.models import ApiToken, Membership, Project, Role, User
from annotate.services.assignments import assignments_release_all
from annotate.services.audit import audit_record
from annotate.services.throttle import throttle_check

LOGIN_TRIES_PER_MINUTE = 10


def secret_sha256(secret: str) -> str:
    """What is stored of a secret that only its holder knows."""
    return hashlib.sha256(secret.encode()).hexdigest()


def login_check(*, request: HttpRequest, username: str, password: str) -> User:
    """The person with these credentials.

    Raises: AnnotateError 429 after 10 tries a minute for one name from one address, 400 when they do not fit.
    """
    address = request.META.get("REMOTE_ADDR", "")
    throttle_check(action="login", subject=f"{username}\n{address}", limit=LOGIN_TRIES_PER_MINUTE, seconds=60)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        raise AnnotateError(ErrorCode.WRONG_PASSWORD, "This name and password do not belong together.", status=400)
    return user


def account_create(*, username: str, password: str) -> User:
    """A new person.

    Raises: AnnotateError 400 with `fields` when the name is taken or malformed, or the password is weak.
    """
    user = User(username=username)
    _check_password(user=user, password=password, field="password")
    user.set_password(password)
    try:
        user.full_clean()
        with transaction.atomic():
            user.save()
    except ValidationError as error:
        raise AnnotateError(
            ErrorCode.INVALID, "This name cannot be used.", status=400, fields=error.message_dict
        ) from error
    except IntegrityError as error:
        raise invalid("username", "This name is taken.") from error
    return user


def password_change(*, user: User, old: str, new: str) -> None:
    """Give `user` a new password.

    Raises: AnnotateError 400 when `old` is wrong or `new` is weak; 429 after 10 tries a minute.
    """
    throttle_check(action="password", subject=str(user.pk), limit=LOGIN_TRIES_PER_MINUTE, seconds=60)
    if not user.check_password(old):
        raise AnnotateError(
            ErrorCode.WRONG_PASSWORD,
            "The old password is not right.",
            status=400,
            fields={"old": ["The old password is not right."]},
        )
    _check_password(user=user, password=new, field="new")
    user.set_password(new)
    user.save(update_fields=["password"])


def _check_password(*, user: User, password: str, field: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AnnotateError(
            ErrorCode.INVALID, " ".join(error.messages), status=400, fields={field: error.messages}
        ) from error


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token and its secret, which is shown once and not kept."""

    token: ApiToken
    secret: str


def token_create(*, user: User, name: str) -> NewToken:
    """A token with which a program acts as `user`."""
    secret = f"pfl_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(user=user, name=name, secret_sha256=secret_sha256(secret))
    return NewToken(token, secret)


def token_revoke(*, user: User, token_id: int) -> None:
    """Make one of the user's own tokens useless.

    Raises: AnnotateError 404 for a token of somebody else.
    """
    changed = ApiToken.objects.filter(pk=token_id, user=user, revoked_at=None).update(revoked_at=timezone.now())
    if not changed:
        raise not_found("token")


@transaction.atomic
def member_change_role(*, project: Project, user_id: int, role: Role, actor: User) -> Membership:
    """Make a member admin, reviewer or labeler.

    Raises: AnnotateError 404, 409 when the project would be left without an admin.
    """
    membership = _lock_members(project=project, user_id=user_id)
    if role != Role.ADMIN:
        _require_other_admin(project=project, membership=membership)
    membership.role = role
    membership.save(update_fields=["role"])
    audit_record(actor=actor, project=project, action="member.role", target=membership.user.username, role=str(role))
    return membership


@transaction.atomic
def member_remove(*, project: Project, user_id: int, actor: User) -> None:
    """End a membership; the person's preferences stay, what they held goes back to the queue.

    Raises: AnnotateError 404, 409 when the project would be left without an admin.
    """
    membership = _lock_members(project=project, user_id=user_id)
    _require_other_admin(project=project, membership=membership)
    membership.delete()
    assignments_release_all(project=project, annotator=membership.user)
    audit_record(actor=actor, project=project, action="member.removed", target=membership.user.username)


def _lock_members(*, project: Project, user_id: int) -> Membership:
    """The membership, with all of the project's locked, so that two admins cannot remove each other at once."""
    members = Membership.objects.select_for_update(of=("self",)).select_related("user").filter(project=project)
    for membership in members.order_by("pk"):
        if membership.user_id == user_id:
            return membership
    raise not_found("member")


def _require_other_admin(*, project: Project, membership: Membership) -> None:
    if membership.role != Role.ADMIN:
        return
    if not Membership.objects.filter(project=project, role=Role.ADMIN).exclude(pk=membership.pk).exists():
        raise AnnotateError(
            ErrorCode.MEMBER_LAST_ADMIN,
            f"{membership.user.username} is the only admin of this project. Make somebody else admin first.",
        )
