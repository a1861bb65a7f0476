"""How a change of policy changes the standing of pairs that wait in the queue."""

from django.db.models import Q
from django.utils import timezone

from annotate.models import Assignment, AssignmentStatus, Comparison, ComparisonKind, Project, Round

PANEL_PRIORITY = 10
NORMAL_PRIORITY = 0
DEMOTED_PRIORITY = -10
_WAITING = [AssignmentStatus.OPEN, AssignmentStatus.LEASED]


def pairs_follow_policy(*, project: Project, lineage: set[int]) -> dict[str, int]:
    """Withdraw waiting pairs by policies outside of `lineage`, restore withdrawn ones inside; how many slots of each.

    Completions by people or from imports fit every policy. Verdicts given are untouched. A withdrawn slot keeps its
    holder, whose verdict may be on its way; a restored one is free.
    """
    stray = _written_outside(lineage)
    slots = Assignment.objects.filter(project=project)
    withdrawn = slots.filter(status__in=_WAITING, comparison__in=Comparison.objects.filter(stray)).update(
        status=AssignmentStatus.WITHDRAWN
    )
    back = slots.filter(status=AssignmentStatus.WITHDRAWN, comparison__in=Comparison.objects.exclude(stray))
    # Who held a slot keeps the lease as it was: an expired one is free to all, a verdict on its way is still theirs.
    restored = back.filter(annotator=None).update(status=AssignmentStatus.OPEN)
    restored += back.exclude(annotator=None).update(status=AssignmentStatus.LEASED)
    mine = Comparison.objects.filter(project=project)
    mine.filter(stray, withdrawn_at=None, assignments__status=AssignmentStatus.WITHDRAWN).update(
        withdrawn_at=timezone.now()
    )
    mine.exclude(stray).exclude(withdrawn_at=None).update(withdrawn_at=None)
    return {"withdrawn": withdrawn, "restored": restored}


def pairs_demote_older(*, round_: Round) -> int:
    """Put waiting pairs of earlier rounds behind those of this one; how many slots moved."""
    older = Comparison.objects.filter(project=round_.project, kind=ComparisonKind.NORMAL).exclude(round=round_)
    moved = Assignment.objects.filter(
        project=round_.project, status__in=_WAITING, priority__gt=DEMOTED_PRIORITY, comparison__in=older
    ).update(priority=DEMOTED_PRIORITY)
    older.filter(priority__gt=DEMOTED_PRIORITY, assignments__status__in=_WAITING).update(priority=DEMOTED_PRIORITY)
    return moved


def _written_outside(lineage: set[int]) -> Q:
    outside_a = Q(completion_a__policy__isnull=False) & ~Q(completion_a__policy__in=lineage)
    outside_b = Q(completion_b__policy__isnull=False) & ~Q(completion_b__policy__in=lineage)
    return outside_a | outside_b
