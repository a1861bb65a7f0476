"""What an admin wants asked first, or last."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from annotate.errors import invalid
from annotate.models import Assignment, AssignmentStatus, Comparison, Project, User
from annotate.services.audit import audit_record


@transaction.atomic
def comparisons_prioritise(*, project: Project, comparison_ids: Sequence[int], priority: int, actor: User) -> int:
    """Give comparisons and their waiting slots this priority; how many comparisons changed.

    Raises: AnnotateError 400 for ids that are none of the project's comparisons.
    """
    mine = Comparison.objects.filter(project=project, pk__in=comparison_ids)
    unknown = sorted(set(comparison_ids) - set(mine.values_list("pk", flat=True)))
    if unknown:
        raise invalid("comparison_ids", f"no comparisons of this project: {', '.join(map(str, unknown[:10]))}.")
    changed = priority_set(comparisons=mine, priority=priority)
    audit_record(
        actor=actor,
        project=project,
        action="queue.priority",
        target=f"{len(set(comparison_ids))} comparisons",
        priority=priority,
        changed=changed,
    )
    return changed


def priority_set(*, comparisons: QuerySet[Comparison], priority: int) -> int:
    """Give comparisons and their waiting slots this priority; how many comparisons changed.

    Call it in a transaction.
    """
    ids = list(comparisons.values_list("pk", flat=True))
    # One statement takes the slots in no order; claims skip what it holds for this moment.
    Assignment.objects.filter(comparison__in=ids).exclude(status=AssignmentStatus.DONE).update(priority=priority)
    return Comparison.objects.filter(pk__in=ids).exclude(priority=priority).update(priority=priority)
