"""Known, repeated and mirrored pairs, mixed unseen into what a labeler is given."""

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from annotate.models import Assignment, AssignmentStatus, Comparison, ComparisonKind, Project, User
from annotate.models.project_settings import QueuePolicy
from annotate.selectors.gold import gold_unmet
from annotate.selectors.queue import claimable_count

AGAIN_AFTER = 20
"""Verdicts between a pair and its return: who remembers the pair would repeat the answer, not the judgement."""
AGAIN_WITHIN = 1000
"""Pairs judged longer ago do not return: a labeler's past must not make their claims slower."""

draw = random.Random()  # noqa: S311  (no secret depends on it)


class LeasedSlot(NamedTuple):
    """A slot as a claim leaves it; the last three say in which order it is shown."""

    id: int
    left_is_a: bool
    lease_expires_at: datetime
    leased_at: datetime
    priority: int
    rnd: float


@dataclass(frozen=True, slots=True)
class Hidden:
    """A comparison that is going to be slipped in; an unsaved one repeats or mirrors another."""

    comparison: Comparison
    left_is_a: bool


def mixing_plan(*, project: Project, annotator: User, groups: Sequence[str], count: int) -> list[Hidden]:
    """What takes the place of ordinary comparisons in a claim of `count`; nothing is written yet.

    Each place that would be filled anew is drawn for itself. Only a place for which there is ordinary work is drawn:
    nobody is kept busy with known pairs alone. No statement while all shares are 0, one where none is drawn, at most
    four else. Hold the labeler's claim lock, so that two tabs plan one after the other.
    """
    shares = _shares(project.typed_settings().queue)
    if not any(shares.values()):
        return []
    kinds = _drawn(shares, count - held_count(project=project, annotator=annotator))
    if not any(kinds):
        return []
    there = claimable_count(project=project, annotator=annotator, groups=groups, most=len(kinds), again=False)
    wanted = Counter(kind for kind in kinds[:there] if kind is not None)
    gold = wanted.pop(ComparisonKind.GOLD, 0)
    planned = _gold(project, annotator, groups, gold) if gold else []
    return planned + (_again(project, annotator, groups, wanted) if wanted else [])


def held_count(*, project: Project, annotator: User) -> int:
    """How many comparisons of the queue `annotator` holds; the warm-up's and those of chats are none of it."""
    held = Assignment.objects.filter(
        project=project,
        annotator=annotator,
        status=AssignmentStatus.LEASED,
        warm_up=False,
        comparison__withdrawn_at=None,
    )
    return held.exclude(comparison__kind=ComparisonKind.CHAT).count()


def mixing_place(
    *, project: Project, annotator: User, planned: Sequence[Hidden], beside: Sequence[LeasedSlot]
) -> list[LeasedSlot]:
    """Lease the planned comparisons to `annotator`, each beside a slot claimed just now, so that no place tells them.

    Three SQL statements; none for nothing.
    """
    if not planned:
        return []
    unsaved = [hidden.comparison for hidden in planned if hidden.comparison.pk is None]
    Comparison.objects.bulk_create(unsaved)
    leased_at = max((slot.leased_at for slot in beside), default=timezone.now())
    fresh = [slot for slot in beside if slot.leased_at == leased_at]
    lease = timedelta(seconds=project.typed_settings().queue.lease_seconds)
    slots = []
    for hidden in planned:
        priority, rnd = _place(fresh)
        slots.append(
            Assignment(
                project=project,
                comparison=hidden.comparison,
                status=AssignmentStatus.LEASED,
                priority=priority,
                rnd=rnd,
                annotator=annotator,
                reserved=True,
                left_is_a=hidden.left_is_a,
                leased_at=leased_at,
                lease_expires_at=timezone.now() + lease,
            )
        )
    Assignment.objects.bulk_create(slots)
    return [
        LeasedSlot(slot.pk, slot.left_is_a, slot.lease_expires_at or leased_at, leased_at, slot.priority, slot.rnd)
        for slot in slots
    ]


def _shares(queue: QueuePolicy) -> dict[ComparisonKind, float]:
    return {
        ComparisonKind.GOLD: queue.gold_share,
        ComparisonKind.REPEAT: queue.repeat_share,
        ComparisonKind.MIRRORED: queue.mirrored_share,
    }


def _drawn(shares: dict[ComparisonKind, float], places: int) -> list[ComparisonKind | None]:
    """The kind of each place; None leaves it to the queue. The shares leave room for that."""
    kinds = [*shares, None]
    weights = [*shares.values(), 1 - sum(shares.values())]
    return draw.choices(kinds, weights, k=max(places, 0))


def _gold(project: Project, annotator: User, groups: Sequence[str], count: int) -> list[Hidden]:
    ids = gold_unmet(project=project, annotator=annotator, groups=groups, count=count)
    return [Hidden(Comparison(pk=pk), draw.random() < 0.5) for pk in ids]


# The labeler's own verdicts on ordinary pairs, the newest AGAIN_AFTER left out, none of which came again before.
ORIGINALS_SQL = """
WITH mine AS MATERIALIZED (
    SELECT p.id, p.comparison_id, p.assignment_id, p.kind FROM annotate_preference p
    WHERE p.project_id = %(project)s AND p.annotator_id = %(annotator)s
      AND p.superseded_at IS NULL AND p.derived_from_id IS NULL
    ORDER BY p.id DESC OFFSET %(after)s LIMIT %(within)s
)
SELECT c.id, c.prompt_id, c.completion_a_id, c.completion_b_id, c.required_groups, a.left_is_a
FROM mine JOIN annotate_comparison c ON c.id = mine.comparison_id
    JOIN annotate_assignment a ON a.id = mine.assignment_id
WHERE c.kind = 'normal' AND c.more = '{}' AND c.required_groups <@ %(groups)s::varchar[]
  AND mine.kind NOT IN ('rank', 'cannot_judge')
  AND NOT EXISTS (SELECT 1 FROM annotate_comparison again
                  WHERE again.original_id = c.id AND again.reserved_for_id = %(annotator)s
                    AND again.kind IN ('repeat', 'mirrored'))
ORDER BY random() LIMIT %(count)s
"""


def _again(project: Project, annotator: User, groups: Sequence[str], wanted: Counter[ComparisonKind]) -> list[Hidden]:
    """Comparisons that repeat or mirror the labeler's own; fewer where they judged too little."""
    values: dict[str, Any] = {
        "project": project.pk,
        "annotator": annotator.pk,
        "groups": list(groups),
        "after": AGAIN_AFTER,
        "within": AGAIN_WITHIN,
        "count": wanted.total(),
    }
    with connection.cursor() as cursor:
        cursor.execute(ORIGINALS_SQL, values)
        rows = cursor.fetchall()
    kinds = list(wanted.elements())
    draw.shuffle(kinds)
    return [
        Hidden(
            Comparison(
                project=project,
                prompt_id=prompt,
                completion_a_id=a,
                completion_b_id=b,
                kind=kind,
                original_id=original,
                reserved_for=annotator,
                required_groups=required,
                strategy=kind.value,
            ),
            left_was_a == (kind == ComparisonKind.REPEAT),
        )
        for kind, (original, prompt, a, b, required, left_was_a) in zip(kinds, rows, strict=False)
    ]


def _place(fresh: Sequence[LeasedSlot]) -> tuple[int, float]:
    """Priority and order just before or just after one of the slots claimed with it."""
    if not fresh:
        return 0, draw.random()
    neighbour = draw.choice(fresh)
    return neighbour.priority, math.nextafter(neighbour.rnd, draw.choice((-math.inf, math.inf)))
