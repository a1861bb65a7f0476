"""Who somebody is, what they may do, who takes part in a project and who did what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q
from pydantic import Field

from annotate.models import AuditEvent, Invite, Membership, Preference, Project, Role, User
from annotate.prepared import columns, instance, rows
from annotate.selectors.warm_up import WarmUp, warm_ups_read
from annotate.types import ReadModel


@dataclass(frozen=True, slots=True)
class Grant:
    """A project that a person takes part in, and as what."""

    project: Project
    role: Role


class MemberOut(ReadModel):
    user_id: int
    username: str
    role: Role
    joined_at: datetime
    preferences: int
    last_at: datetime | None
    position_left_share: float | None
    groups: list[str]
    paused_at: datetime | None
    paused_reason: str
    paused_by: str | None = Field(description="Null when a rule did it.")
    warmed_up_at: datetime | None = Field(description="When the warm-up was passed or waived.")
    warm_up: WarmUp | None = Field(description="Null before its first verdict.")


class InviteOut(ReadModel):
    id: int
    role: Role
    created_at: datetime
    expires_at: datetime
    max_uses: int
    uses: int
    revoked_at: datetime | None


class AuditOut(ReadModel):
    id: int
    at: datetime
    actor: str | None
    action: str
    target: str
    data: dict[str, Any]


_PROJECT_ID = {
    "project_id": "%(id)s",
    "round_id": "(SELECT project_id FROM annotate_round WHERE id = %(id)s)",
    "run_id": "(SELECT project_id FROM annotate_run WHERE id = %(id)s)",
    "model_id": "(SELECT project_id FROM annotate_modelversion WHERE id = %(id)s)",
    "checkpoint_id": "(SELECT run.project_id FROM annotate_run run JOIN annotate_policycheckpoint checkpoint"
    " ON checkpoint.run_id = run.id WHERE checkpoint.id = %(id)s)",
}
# Fixed text: every request asks this, and the framework takes longer to build the query than the database to answer it.
_GRANT_SQL = {
    name: f"SELECT m.role, {columns(Project, 'p')} FROM annotate_project p"  # noqa: S608  (constant text)
    f" LEFT JOIN annotate_membership m ON m.project_id = p.id AND m.user_id = %(user)s WHERE p.id = {project_id}"
    for name, project_id in _PROJECT_ID.items()
}


def grant_for(
    *,
    user: User,
    project_id: int | None = None,
    round_id: int | None = None,
    run_id: int | None = None,
    model_id: int | None = None,
    checkpoint_id: int | None = None,
) -> Grant | None:
    """The project named by one of the ids with the person's role in it; None when there is no such project for them.

    A site admin is an admin everywhere. One SQL statement.
    """
    named = {
        "project_id": project_id,
        "round_id": round_id,
        "run_id": run_id,
        "model_id": model_id,
        "checkpoint_id": checkpoint_id,
    }
    name, wanted = next((name, value) for name, value in named.items() if value is not None)
    # A number of any length may stand in an address; none of the database's is longer than this.
    found = rows(_GRANT_SQL[name], {"user": user.pk, "id": wanted}) if wanted < 2**63 else []
    if not found:
        return None
    role, *values = found[0]
    project = instance(Project, values)
    if user.is_staff:
        return Grant(project, Role.ADMIN)
    return Grant(project, Role(role)) if role else None


def members_read(members: Iterable[Membership]) -> list[MemberOut]:
    """Members with what they labeled; load them with `user` and `paused_by`.

    `position_left_share` far from one half hints at a habit of clicking one side.
    """
    rows = list(members)
    project = rows[0].project_id if rows else None
    ids = [row.user_id for row in rows]
    live = Preference.objects.filter(project=project, annotator__in=ids, superseded_at=None, derived_from__isnull=True)
    left = Q(winner="a", assignment__left_is_a=True) | Q(winner="b", assignment__left_is_a=False)
    given = {
        row["annotator_id"]: row
        for row in live.values("annotator_id").annotate(
            n=Count("pk"),
            last=Max("created_at"),
            decided=Count("pk", filter=Q(winner__isnull=False)),
            left=Count("pk", filter=left),
        )
    }
    nothing: dict[str, Any] = {"n": 0, "last": None, "decided": 0, "left": 0}
    warm_ups = warm_ups_read(project=rows[0].project, annotators=ids) if rows else {}
    found = []
    for row in rows:
        mine = given.get(row.user_id, nothing)
        found.append(
            MemberOut(
                user_id=row.user_id,
                username=row.user.username,
                role=Role(row.role),
                joined_at=row.joined_at,
                preferences=mine["n"],
                last_at=mine["last"],
                position_left_share=mine["left"] / mine["decided"] if mine["decided"] else None,
                groups=row.groups,
                paused_at=row.paused_at,
                paused_reason=row.paused_reason,
                paused_by=row.paused_by.username if row.paused_by else None,
                warmed_up_at=row.warmed_up_at,
                warm_up=warm_ups.get(row.user_id),
            )
        )
    return found


def invites_read(invites: Iterable[Invite]) -> list[InviteOut]:
    """Invites without their secrets, which nobody knows any more."""
    return [InviteOut.model_validate(invite, from_attributes=True) for invite in invites]


def audit_read(events: Iterable[AuditEvent]) -> list[AuditOut]:
    """Audit entries with the names of who acted."""
    return [
        AuditOut(
            id=event.pk,
            at=event.at,
            actor=event.actor.username if event.actor else None,
            action=event.action,
            target=event.target,
            data=event.data,
        )
        for event in events
    ]
