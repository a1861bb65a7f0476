"""How a change of policy changes the standing of pairs that wait in the queue."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from annotate.models import (
    Assignment,
    AssignmentStatus,
    Comparison,
    ComparisonKind,
    Project,
    Round,
    WithdrawnFor,
)

CHECK_PRIORITY = 20
"""A paused run waits for these."""
PANEL_PRIORITY = 10
NORMAL_PRIORITY = 0
DEMOTED_PRIORITY = -10
_WAITING = [AssignmentStatus.OPEN, AssignmentStatus.LEASED]


def pairs_follow_policy(*, project: Project, lineage: set[int]) -> dict[str, int]:
    """Withdraw waiting pairs by policies outside of `lineage`, restore withdrawn ones inside; how many slots of each.

    Completions by people or from imports fit every policy, and so do known pairs. What a labeler or an admin withdrew
    stays withdrawn. Verdicts given are untouched. A withdrawn slot keeps its
    holder, whose verdict may be on its way; a restored one is free.
    """
    stray = _written_outside(lineage)
    mine = Comparison.objects.filter(project=project).exclude(kind=ComparisonKind.GOLD)
    slots = Assignment.objects.filter(project=project)
    withdrawn = slots.filter(status__in=_WAITING, comparison__in=mine.filter(stray)).update(
        status=AssignmentStatus.WITHDRAWN
    )
    restored = pairs_restore(comparisons=mine.exclude(stray), reason=WithdrawnFor.POLICY)
    mine.filter(stray, withdrawn_at=None, assignments__status=AssignmentStatus.WITHDRAWN).update(
        withdrawn_at=timezone.now(), withdrawn_for=WithdrawnFor.POLICY
    )
    return {"withdrawn": withdrawn, "restored": restored}


def pairs_demote_older(*, round_: Round) -> int:
    """Put waiting pairs of earlier rounds behind those of this one; how many slots moved.

    A priority that an admin set stays as it is.
    """
    older = Comparison.objects.filter(project=round_.project, kind=ComparisonKind.NORMAL).exclude(round=round_)
    moved = Assignment.objects.filter(
        project=round_.project, status__in=_WAITING, priority=NORMAL_PRIORITY, comparison__in=older
    ).update(priority=DEMOTED_PRIORITY)
    older.filter(priority=NORMAL_PRIORITY, assignments__status__in=_WAITING).update(priority=DEMOTED_PRIORITY)
    return moved


def pairs_withdraw(*, comparisons: QuerySet[Comparison], reason: WithdrawnFor) -> int:
    """Take the waiting slots of comparisons out of the queue; how many. Verdicts given are untouched."""
    waiting = Assignment.objects.filter(status__in=_WAITING, comparison__in=comparisons)
    ids = set(waiting.values_list("comparison", flat=True))
    withdrawn = Assignment.objects.filter(comparison__in=ids, status__in=_WAITING).update(
        status=AssignmentStatus.WITHDRAWN
    )
    Comparison.objects.filter(pk__in=ids, withdrawn_at=None).update(withdrawn_at=timezone.now(), withdrawn_for=reason)
    return withdrawn


def pairs_restore(*, comparisons: QuerySet[Comparison], reason: WithdrawnFor) -> int:
    """Bring back what `pairs_withdraw` took out for this reason; how many slots."""
    ids = set(comparisons.filter(withdrawn_for=reason).values_list("pk", flat=True))
    back = Assignment.objects.filter(comparison__in=ids, status=AssignmentStatus.WITHDRAWN)
    # Who held a slot keeps the lease as it was: an expired one is free to all, a verdict on its way is still theirs.
    restored = back.filter(annotator=None).update(status=AssignmentStatus.OPEN)
    restored += back.exclude(annotator=None).update(status=AssignmentStatus.LEASED)
    Comparison.objects.filter(pk__in=ids).update(withdrawn_at=None, withdrawn_for="")
    return restored


def _written_outside(lineage: set[int]) -> Q:
    outside_a = Q(completion_a__policy__isnull=False) & ~Q(completion_a__policy__in=lineage)
    outside_b = Q(completion_b__policy__isnull=False) & ~Q(completion_b__policy__in=lineage)
    # A chat keeps the policy that it began with.
    return (outside_a | outside_b) & ~Q(kind=ComparisonKind.CHAT)
