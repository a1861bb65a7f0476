"""Who may do what: one table of every address and method, checked before any handler runs.

An address or method without a row is refused, so a new endpoint is closed until it is listed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from annotate.errors import AnnotateError, ErrorCode, archived, not_found
from annotate.models import Project, Role, User
from annotate.selectors.people import Grant, grant_for

if TYPE_CHECKING:  # the views module imports this one, as the default permission
    from rest_framework.views import APIView


class Access(StrEnum):
    """The least one must be; a site admin counts as admin of every project."""

    PUBLIC = "anyone"
    PERSON = "anyone logged in"
    LABELER = "members of the project"
    REVIEWER = "reviewers and admins of the project"
    ADMIN = "admins of the project"
    SITE_ADMIN = "site admins"


ACCESS: dict[str, dict[str, Access]] = {
    "schema": {"GET": Access.PUBLIC},
    "docs": {"GET": Access.PUBLIC},
    "health": {"GET": Access.PUBLIC},
    "session": {"GET": Access.PUBLIC, "POST": Access.PUBLIC, "DELETE": Access.PERSON},
    "session-password": {"POST": Access.PERSON},
    "tokens": {"GET": Access.PERSON, "POST": Access.PERSON},
    "token": {"DELETE": Access.PERSON},
    "invite": {"GET": Access.PUBLIC},
    "invite-accept": {"POST": Access.PUBLIC},
    "projects": {"GET": Access.PERSON, "POST": Access.SITE_ADMIN},
    "policy-presets": {"GET": Access.PERSON},
    "project-defaults": {"GET": Access.PERSON},  # the settings page of a project draws its form from it
    "project": {"GET": Access.LABELER, "PATCH": Access.ADMIN},
    "project-guidelines": {"GET": Access.LABELER, "POST": Access.ADMIN},
    "project-guidelines-seen": {"POST": Access.LABELER},
    "project-forms": {"GET": Access.ADMIN, "POST": Access.ADMIN},
    "project-principles": {"GET": Access.ADMIN, "POST": Access.ADMIN},
    "project-principles-versions": {"GET": Access.ADMIN},
    "project-principles-preview": {"POST": Access.ADMIN},
    "project-prompts": {"GET": Access.ADMIN, "POST": Access.ADMIN},
    "project-prompt": {"PATCH": Access.ADMIN},
    "project-members": {"GET": Access.ADMIN},
    "project-member": {"PATCH": Access.ADMIN, "DELETE": Access.ADMIN},
    "project-member-pause": {"POST": Access.ADMIN},
    "project-member-resume": {"POST": Access.ADMIN},
    "project-quality": {"GET": Access.ADMIN},
    "project-flags": {"GET": Access.ADMIN},
    "project-flag-close": {"POST": Access.ADMIN},
    "project-invites": {"GET": Access.ADMIN, "POST": Access.ADMIN},
    "project-invite": {"DELETE": Access.ADMIN},
    "project-audit": {"GET": Access.ADMIN},
    "project-imports": {"POST": Access.ADMIN},
    "project-export": {"GET": Access.ADMIN},
    "project-export-manifest": {"GET": Access.ADMIN},
    "project-preferences": {"GET": Access.ADMIN},
    "project-queue": {"GET": Access.ADMIN},
    "project-queue-choice": {"GET": Access.ADMIN},
    "project-novelty": {"GET": Access.ADMIN},
    "project-queue-priority": {"POST": Access.ADMIN},
    "project-gold": {"GET": Access.ADMIN, "POST": Access.ADMIN},
    "project-gold-import": {"POST": Access.ADMIN},
    "project-gold-pair": {"DELETE": Access.ADMIN},
    "project-claim": {"POST": Access.LABELER},
    "project-verdicts": {"POST": Access.LABELER},
    "project-skips": {"POST": Access.LABELER},
    "project-undo": {"POST": Access.LABELER},
    "project-heartbeat": {"POST": Access.LABELER},
    "project-release": {"POST": Access.LABELER},
    "project-me": {"GET": Access.LABELER},
    "project-history": {"GET": Access.LABELER},
    "project-review": {"GET": Access.REVIEWER},
    "project-review-comparison": {"POST": Access.REVIEWER, "DELETE": Access.REVIEWER},
    "project-exclusions": {"GET": Access.ADMIN, "POST": Access.ADMIN},
    "project-exclusions-preview": {"POST": Access.ADMIN},
    "project-exclusion-lift": {"POST": Access.ADMIN},
    "project-receipts": {"GET": Access.LABELER},
    "project-chats": {"GET": Access.LABELER, "POST": Access.LABELER},
    "project-chat": {"GET": Access.LABELER},
    "project-chat-turns": {"POST": Access.LABELER},
    "project-chat-turn-retry": {"POST": Access.LABELER},
    "project-chat-end": {"POST": Access.LABELER},
    "project-chat-stream": {"GET": Access.LABELER},
    "project-rounds": {"GET": Access.LABELER, "POST": Access.ADMIN},
    "project-rounds-preview": {"GET": Access.ADMIN},
    "round": {"GET": Access.ADMIN},
    "round-cancel": {"POST": Access.ADMIN},
    "round-override": {"POST": Access.ADMIN},
    "round-retry": {"POST": Access.ADMIN},
    "round-promote": {"POST": Access.ADMIN},
    "round-dismiss": {"POST": Access.ADMIN},
    "round-stream": {"GET": Access.ADMIN},
    "run": {"GET": Access.ADMIN},
    "run-metrics": {"GET": Access.ADMIN},
    "run-log": {"GET": Access.ADMIN},
    "run-cancel": {"POST": Access.ADMIN},
    "run-resume": {"POST": Access.ADMIN},
    "run-finish": {"POST": Access.ADMIN},
    "run-repeat": {"POST": Access.ADMIN},
    "run-checkpoints": {"GET": Access.ADMIN},
    "project-checkpoints-compare": {"GET": Access.ADMIN},
    "checkpoint-check": {"POST": Access.ADMIN},
    "checkpoint-use": {"POST": Access.ADMIN},
    "project-models": {"GET": Access.ADMIN},
    "model": {"GET": Access.ADMIN},
    "model-report": {"GET": Access.ADMIN},
    "model-activate": {"POST": Access.ADMIN},
    "model-effects": {"GET": Access.ADMIN},
    "model-self-labels": {"GET": Access.ADMIN},
    "model-download": {"GET": Access.ADMIN},
    "model-card": {"GET": Access.REVIEWER, "POST": Access.ADMIN},
    "model-card-versions": {"GET": Access.REVIEWER},
    "model-card-comparison": {"GET": Access.REVIEWER},
    "model-card-document": {"GET": Access.REVIEWER},
    "project-card": {"GET": Access.LABELER, "POST": Access.ADMIN},
}
"""Address name → method → who."""

TAKEN_WHEN_ARCHIVED = frozenset({
    "project",  # to take it out of the archive; its service refuses new settings
    # what labelers hold comes home
    "project-claim", "project-verdicts", "project-skips", "project-undo", "project-heartbeat", "project-release",
    "project-guidelines-seen", "project-chat-end",
    # what is at work is ended
    "round-cancel", "round-dismiss", "run-cancel",
    # people and their access
    "project-member", "project-member-pause", "project-member-resume", "project-flag-close", "project-invites",
    "project-invite",
    # what is said of labels and models that exist
    "project-review-comparison", "project-exclusions", "project-exclusion-lift", "project-card", "model-card",
    # previews, which write nothing
    "project-exclusions-preview", "project-principles-preview",
})  # fmt: skip
"""Addresses at which an archived project takes writes. Elsewhere they would start work in it, change its queue, or
change what it asks or trains on.
"""
_READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Granted:
    """What the check established: the person, and for addresses within a project the project and the role there."""

    user: User | None
    project: Project | None = None
    role: Role | None = None


def authorise(*, user: User | AnonymousUser, route: str, method: str, kwargs: Mapping[str, Any]) -> Granted:
    """What `user` may see and do at the address named `route`.

    At most one SQL statement. Plain Django views (the live stream) call it themselves; API views by `RoleRequired`.

    Raises: NotAuthenticated; AnnotateError 404 for a project one is not part of, 403 for a role one lacks,
    project/archived for what an archived project does not take.
    """
    access = ACCESS[route]["GET" if method == "HEAD" else method]
    person = user if isinstance(user, User) else None
    if access is Access.PUBLIC:
        return Granted(person)
    if person is None:
        raise NotAuthenticated("Log in first.")
    if access is Access.SITE_ADMIN and not person.is_staff:
        raise _forbidden(access)
    if access in (Access.PERSON, Access.SITE_ADMIN):
        return Granted(person)
    grant = _grant(person, kwargs)
    if grant is None:
        raise not_found("project" if "project_id" in kwargs else route.split("-")[0])
    if access is Access.ADMIN and grant.role != Role.ADMIN:
        raise _forbidden(access)
    if access is Access.REVIEWER and grant.role not in (Role.REVIEWER, Role.ADMIN):
        raise _forbidden(access)
    if grant.project.archived_at is not None and method not in _READS and route not in TAKEN_WHEN_ARCHIVED:
        raise archived()
    return Granted(person, grant.project, grant.role)


def _grant(person: User, kwargs: Mapping[str, Any]) -> Grant | None:
    for name in ("project_id", "round_id", "run_id", "model_id", "checkpoint_id"):
        if name in kwargs:
            return grant_for(user=person, **{name: kwargs[name]})
    raise LookupError(
        f"An address for members names its project, round, run, model or checkpoint; found {sorted(kwargs)}."
    )


def _forbidden(access: Access) -> AnnotateError:
    return AnnotateError(ErrorCode.FORBIDDEN, f"Only {access} may do this.", status=403)


class RoleRequired(BasePermission):
    """Checks the table above and keeps the outcome for `granted`."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        match = request.resolver_match
        route = match.url_name if match is not None else None
        method = request.method or ""
        if route not in ACCESS or ("GET" if method == "HEAD" else method) not in ACCESS[route]:
            # 405 where no handler exists; a handler without a row stays shut.
            return not hasattr(view, method.lower())
        request._granted = authorise(  # type: ignore[attr-defined]
            user=request.user, route=route, method=method, kwargs=view.kwargs
        )
        return True


def person_of(request: Request) -> User:
    """The logged-in person; only at addresses that are not public."""
    user = request._granted.user  # type: ignore[attr-defined]
    assert isinstance(user, User), "public address"  # noqa: S101  (a programming error, not a request's)
    return user


def project_of(request: Request) -> Project:
    """The project the address belongs to; only at addresses for members or admins."""
    project = request._granted.project  # type: ignore[attr-defined]
    assert isinstance(project, Project), "address outside of projects"  # noqa: S101
    return project


def role_of(request: Request) -> Role:
    """The person's role in that project."""
    role = request._granted.role  # type: ignore[attr-defined]
    assert isinstance(role, Role), "address outside of projects"  # noqa: S101
    return role
