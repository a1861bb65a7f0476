"""The record of who did what to what."""

from typing import Any

from annotate.models import AuditEvent, Project, User


def audit_record(
    *, actor: User | None, action: str, project: Project | None = None, target: str = "", **data: Any
) -> AuditEvent:
    """Note an admin's act; `action` reads `area.verb`, `actor` is None for the site itself.

    Call it in the transaction of the act, so that neither stands without the other.
    """
    return AuditEvent.objects.create(actor=actor, action=action, project=project, target=target[:120], data=data)
