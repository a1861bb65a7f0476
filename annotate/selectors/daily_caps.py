"""How many verdicts a day may still bring; a day begins at midnight UTC."""

from datetime import datetime
from typing import Literal

from django.db.models import Q, QuerySet
from django.utils import timezone

from annotate.models import Assignment, AssignmentStatus, ComparisonKind, Preference, Project, User

CapReason = Literal["daily-cap", "project-cap"]


def midnight() -> datetime:
    """When today began."""
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)


def labeler_done_today(*, project: Project, annotator: User) -> int:
    """The labeler's live verdicts of today, known and repeated pairs with the others. One SQL statement."""
    mine = _given(project).filter(annotator=annotator, created_at__gte=midnight())
    return mine.count()


def labeler_room(*, project: Project, annotator: User) -> int | None:
    """Verdicts the labeler may still give today; None without a cap."""
    cap = project.typed_settings().queue.labeler_daily_cap
    return None if cap is None else max(cap - labeler_done_today(project=project, annotator=annotator), 0)


def project_room(*, project: Project, annotator: User) -> int | None:
    """Comparisons that `annotator` may hold while all labelers together stay within the project's cap; None without.

    What others hold counts as given. Two SQL statements.
    """
    cap = project.typed_settings().queue.project_daily_cap
    if cap is None:
        return None
    # The newest verdicts by the index of live ones, at most as many as the cap: the project's past costs nothing.
    newest = _given(project).order_by("-pk").values_list("created_at", flat=True)[:cap]
    since = midnight()
    done = sum(created_at >= since for created_at in newest)
    # By the index of annotators: the queue's length does not matter either.
    people = User.objects.filter(Q(memberships__project=project) | Q(is_staff=True)).exclude(pk=annotator.pk)
    held = Assignment.objects.filter(
        annotator__in=people.values("pk"),
        status=AssignmentStatus.LEASED,
        project=project,
        lease_expires_at__gt=timezone.now(),
    ).exclude(comparison__kind=ComparisonKind.CHAT)
    return max(cap - done - held.count(), 0)


def cap_reached(*, project: Project, annotator: User) -> CapReason | None:
    """Which cap leaves the labeler nothing to do today."""
    if labeler_room(project=project, annotator=annotator) == 0:
        return "daily-cap"
    return "project-cap" if project_room(project=project, annotator=annotator) == 0 else None


def _given(project: Project) -> QuerySet[Preference]:
    """Live verdicts of people, without what follows from a verdict by itself."""
    return Preference.objects.filter(
        project=project, superseded_at=None, assignment__isnull=False, derived_from__isnull=True
    )
