"""Who somebody is and what they may do."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from annotate.models import Membership, Project, Role, User


@dataclass(frozen=True, slots=True)
class Grant:
    """A project that a person takes part in, and as what."""

    project: Project
    role: Role


def grant_for(
    *,
    user: User,
    project_id: int | None = None,
    round_id: int | None = None,
    run_id: int | None = None,
    model_id: int | None = None,
) -> Grant | None:
    """The project named by one of the ids with the person's role in it; None when there is no such project for them.

    A site admin is an admin everywhere. One SQL statement.
    """
    named = {"pk": project_id, "rounds": round_id, "runs": run_id, "model_versions": model_id}
    wanted = Q(**{key: value for key, value in named.items() if value is not None})
    role = Membership.objects.filter(project=OuterRef("pk"), user=user).values("role")[:1]
    project = Project.objects.filter(wanted).annotate(my_role=Subquery(role)).first()
    if project is None:
        return None
    if user.is_staff:
        return Grant(project, Role.ADMIN)
    return Grant(project, Role(project.my_role)) if project.my_role else None
