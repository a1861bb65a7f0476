"""What an admin changes about a member: role, groups, and how the warm-up goes on."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from annotate.errors import not_found
from annotate.models import Membership, Project, Role, User
from annotate.services.audit import audit_record
from annotate.services.people import member_change_role
from annotate.services.qualifications import member_set_groups
from annotate.services.warm_up import claim_lock, warm_up_again, warm_up_waive


@dataclass(frozen=True, slots=True)
class MemberChange:
    """None leaves it as it is. `warmed_up` True lets a labeler on, False lets them try the warm-up again."""

    role: Role | None = None
    groups: Sequence[str] | None = None
    warmed_up: bool | None = None


@transaction.atomic
def member_change(*, project: Project, user_id: int, change: MemberChange, actor: User) -> Membership:
    """Change a member. Raises: AnnotateError 404, 409 when the project would be left without an admin."""
    if change.warmed_up is not None:
        # Before the membership's row, as the labeler's own claims do.
        claim_lock(annotator_id=user_id)
    if change.role is not None:
        member_change_role(project=project, user_id=user_id, role=change.role, actor=actor)
    locked = Membership.objects.select_for_update(of=("self",)).select_related("user", "project", "paused_by")
    membership = locked.filter(project=project, user=user_id).first()
    if membership is None:
        raise not_found("member")
    if change.groups is not None:
        member_set_groups(membership=membership, groups=change.groups, actor=actor)
    if change.warmed_up is not None:
        act = warm_up_waive if change.warmed_up else warm_up_again
        act(membership=membership)
        action = "member.warm_up_waived" if change.warmed_up else "member.warm_up_again"
        audit_record(actor=actor, project=project, action=action, target=membership.user.username)
    membership.save(update_fields=["groups", "warmed_up_at"])
    return membership
