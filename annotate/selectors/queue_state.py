"""The queue as an admin sees it: what waits, by whom it was written, why it was chosen, how fast it moves."""

from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncHour
from django.utils import timezone

from annotate.models import HIDDEN_KINDS, Assignment, AssignmentStatus, Preference, Project
from annotate.types import ReadModel
from rlhf_backend.types import Message

NEXT_SHOWN = 20
HOURS_SHOWN = 24


class OpenByPolicy(ReadModel):
    """Waiting slots by the newer policy of the pair; null where a checkpoint of a tuning run wrote it, or no policy."""

    policy_number: int | None
    of_checkpoint: bool
    open: int


class OpenByStrategy(ReadModel):
    strategy: str
    open: int


class NextComparison(ReadModel):
    comparison_id: int
    prompt: list[Message]
    strategy: str
    priority: int
    propensity: float
    required_groups: list[str]


class VerdictsInHour(ReadModel):
    hour: datetime
    n: int


class QueueOut(ReadModel):
    """Slots of the shared queue by what becomes of them; those of one labeler alone are no part of it.

    Whatever is unanswered of a withdrawn comparison counts as withdrawn.
    """

    open: int
    leased: int
    done: int
    withdrawn: int
    by_policy: list[OpenByPolicy]
    by_strategy: list[OpenByStrategy]
    next: list[NextComparison]
    verdicts_per_hour_24h: list[VerdictsInHour]


def queue_read(*, project: Project) -> QueueOut:
    """The state of the queue. Five SQL statements."""
    slots = Assignment.objects.filter(project=project, reserved=False)
    there, gone = Q(comparison__withdrawn_at=None), Q(comparison__withdrawn_at__isnull=False)
    unanswered = Q(status__in=[AssignmentStatus.OPEN, AssignmentStatus.LEASED])
    by_status = slots.aggregate(
        open=Count("pk", filter=Q(status=AssignmentStatus.OPEN) & there),
        leased=Count("pk", filter=Q(status=AssignmentStatus.LEASED) & there),
        done=Count("pk", filter=Q(status=AssignmentStatus.DONE)),
        withdrawn=Count("pk", filter=Q(status=AssignmentStatus.WITHDRAWN) | (unanswered & gone)),
    )
    waiting = slots.filter(status=AssignmentStatus.OPEN, comparison__withdrawn_at=None)
    policies = waiting.values(
        policy_number=F("comparison__completion_b__policy__number"),
        of_checkpoint=Q(comparison__completion_b__checkpoint__isnull=False),
    )
    strategies = waiting.values("comparison__strategy").annotate(open=Count("pk"))
    return QueueOut(
        **by_status,
        by_policy=[
            OpenByPolicy.model_validate(row)
            for row in policies.annotate(open=Count("pk")).order_by("policy_number", "of_checkpoint")
        ],
        by_strategy=[
            OpenByStrategy(strategy=row["comparison__strategy"], open=row["open"])
            for row in strategies.order_by("comparison__strategy")
        ],
        next=_next(waiting),
        verdicts_per_hour_24h=_per_hour(project),
    )


def _next(waiting: QuerySet[Assignment]) -> list[NextComparison]:
    rows = waiting.order_by("-priority", "rnd").values_list(
        "comparison_id", "comparison__prompt__messages", "comparison__strategy", "priority",
        "comparison__propensity", "required_groups",
    )  # fmt: skip
    return [
        NextComparison(
            comparison_id=comparison_id,
            prompt=[Message.model_validate(message) for message in messages],
            strategy=strategy,
            priority=priority,
            propensity=propensity,
            required_groups=groups,
        )
        for comparison_id, messages, strategy, priority, propensity, groups in rows[:NEXT_SHOWN]
    ]


def _per_hour(project: Project) -> list[VerdictsInHour]:
    """Live verdicts by people in each of the last 24 hours, oldest first, zeros included; hidden pairs left out."""
    last = timezone.now().replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=HOURS_SHOWN - 1)
    rows = (
        Preference.objects.filter(project=project, superseded_at=None, annotator__isnull=False, created_at__gte=first)
        .filter(derived_from__isnull=True)
        .exclude(comparison__kind__in=HIDDEN_KINDS)
        .values(hour=TruncHour("created_at"))
        .annotate(n=Count("pk"))
    )
    given = {row["hour"]: row["n"] for row in rows}
    hours = [first + timedelta(hours=index) for index in range(HOURS_SHOWN)]
    return [VerdictsInHour(hour=hour, n=given.get(hour, 0)) for hour in hours]
