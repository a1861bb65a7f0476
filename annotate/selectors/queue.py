"""What is in the queue: for a labeler what to judge, for an admin what waits and why."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pydantic import Field

from annotate.models import (
    ROUND_FINAL,
    Assignment,
    AssignmentStatus,
    Completion,
    FormVersion,
    GuidelineVersion,
    Project,
    Round,
    RoundStatus,
    User,
)
from annotate.models.question_form import QuestionForm
from annotate.prepared import rows
from annotate.selectors.warm_up import WarmUp
from annotate.sides import Layout
from annotate.types import ReadModel
from rlhf_backend.types import Message

REMAINING_COUNTED = 1000
REMAINING_COUNTED_BY_CLAIM = 100
"""More remaining comparisons than these are not counted: the claim must stay fast on any queue."""

CLAIMABLE_SQL = """
    annotate_assignment a
    WHERE a.project_id = %(project)s
      AND a.required_groups = audience.required_groups
      AND a.status IN ('open', 'leased') AND NOT a.reserved
      AND (a.status = 'open' OR a.lease_expires_at <= now())
      AND EXISTS (SELECT 1 FROM annotate_comparison c
                  WHERE c.id = a.comparison_id AND c.withdrawn_at IS NULL AND c.reserved_for_id IS NULL OFFSET 0)
      AND NOT EXISTS (SELECT 1 FROM annotate_assignment own
                      WHERE own.comparison_id = a.comparison_id AND own.annotator_id = %(annotator)s OFFSET 0)
      AND NOT EXISTS (SELECT 1 FROM annotate_skip s
                      WHERE s.comparison_id = a.comparison_id AND s.annotator_id = %(annotator)s
                        AND s.undone_at IS NULL AND (s.final OR NOT %(again)s) OFFSET 0)
"""
"""Slots of one audience that a labeler may be given; `again` admits what they passed on to the end of the queue.

Its lines on required groups and status repeat the columns and the condition of the partial index. OFFSET 0 keeps the
planner from turning what is asked about one slot into joins: whatever its statistics say, it can only walk the index in
order and look up each candidate, so that neither the queue's length nor the labeler's past matters.
"""

AUDIENCES_SQL = """
    every_audience AS (
        (SELECT required_groups FROM annotate_assignment
         WHERE project_id = %(project)s AND status IN ('open', 'leased') AND NOT reserved
         ORDER BY required_groups LIMIT 1)
        UNION ALL
        SELECT (SELECT a.required_groups FROM annotate_assignment a
                WHERE a.project_id = %(project)s AND a.status IN ('open', 'leased') AND NOT a.reserved
                  AND a.required_groups > every_audience.required_groups
                ORDER BY a.required_groups LIMIT 1)
        FROM every_audience WHERE every_audience.required_groups IS NOT NULL
    ), audience AS (
        SELECT required_groups FROM every_audience WHERE required_groups <@ %(groups)s::varchar[]
    )
"""
"""The sets of groups that waiting slots ask for and this labeler is in, by one probe of the index for each set.

The claim walks the index once for each of them: to walk all slots and pass over those for other groups would cost more
the longer the queue is. Slots of one labeler alone (`reserved`) are not in this index at all, so that nobody walks over
them either, whatever their priority; their labeler finds them by `annotator`, which they keep until they are judged.
"""

NoClaim = Literal[
    "empty", "all-done-by-you", "sampling", "archived", "paused", "daily-cap", "project-cap", "warm-up-failed"
]


class ShownCompletion(ReadModel):
    """A completion as a labeler sees it: nothing about who wrote it."""

    text: str


class AssignmentOut(ReadModel):
    """One comparison to judge, as it is shown; neither the stored order nor the kind is told."""

    id: int
    comparison_id: int
    prompt: list[Message]
    left: ShownCompletion
    right: ShownCompletion
    completions: list[ShownCompletion] = Field(
        description="All of them in the order shown: two of a pair, more of a ranking. left and right are the first."
    )
    lease_expires_at: datetime


class ClaimOut(ReadModel):
    """What a labeler holds now, and what is left."""

    assignments: list[AssignmentOut]
    remaining: int = Field(
        description=f"Comparisons that can still be claimed; {REMAINING_COUNTED_BY_CLAIM} stands for more."
    )
    reason: NoClaim | None = Field(description="Why there is nothing to judge; null when there is.")
    message: str | None = Field(description="What an admin said about it, when the labeler is paused.")
    warm_up: WarmUp | None = Field(description="How the warm-up goes; null when there is none, or no more.")
    form: QuestionForm
    form_number: int
    guidelines_number: int


@dataclass(frozen=True, slots=True)
class Leased:
    """A slot that its labeler holds."""

    id: int
    left_is_a: bool
    lease_expires_at: datetime


SHOWN_SQL = """
SELECT s.id, s.comparison_id, s.shown_order, c.more,
    (SELECT messages FROM annotate_prompt WHERE id = c.prompt_id),
    (SELECT text FROM annotate_completion WHERE id = c.completion_a_id),
    (SELECT text FROM annotate_completion WHERE id = c.completion_b_id)
FROM annotate_assignment s JOIN annotate_comparison c ON c.id = s.comparison_id
WHERE s.id = ANY(%(ids)s)
"""


class _Stored(NamedTuple):
    """What a slot shows, as it is stored."""

    id: int
    comparison_id: int
    shown_order: list[int]
    more: list[int]
    messages: str
    a: str
    b: str


def assignments_shown(*, leased: Sequence[Leased]) -> list[AssignmentOut]:
    """The leased slots with their texts, in the given order. One SQL statement, two when there are rankings."""
    if not leased:
        return []
    found = {row[0]: _Stored(*row) for row in rows(SHOWN_SQL, {"ids": [slot.id for slot in leased]})}
    further = completion_texts(ids={pk for row in found.values() for pk in row.more})
    return [_assignment_out(slot, found[slot.id], further) for slot in leased]


def completion_texts(*, ids: Collection[int]) -> dict[int, str]:
    """The texts of these completions. One SQL statement, none for no ids."""
    return dict(Completion.objects.filter(pk__in=ids).values_list("pk", "text")) if ids else {}


def _assignment_out(slot: Leased, row: _Stored, further: dict[int, str]) -> AssignmentOut:
    layout = Layout.of(left_is_a=slot.left_is_a, shown_order=row.shown_order)
    stored = [row.a, row.b, *(further[pk] for pk in row.more)]
    completions = [ShownCompletion(text=text) for text in layout.in_shown_order(stored)]
    return AssignmentOut(
        id=slot.id,
        comparison_id=row.comparison_id,
        prompt=[Message.model_validate(message) for message in json.loads(row.messages)],
        left=completions[0],
        right=completions[1],
        completions=completions,
        lease_expires_at=slot.lease_expires_at,
    )


REMAINING_SQL = f"""
WITH RECURSIVE {AUDIENCES_SQL}
SELECT count(DISTINCT comparison_id) FROM (
    SELECT of_audience.comparison_id FROM audience CROSS JOIN LATERAL (
        SELECT a.comparison_id FROM {CLAIMABLE_SQL} LIMIT %(slots)s
    ) of_audience LIMIT %(slots)s
) claimable
"""  # noqa: S608  (constant text)


def claimable_count(
    *, project: Project, annotator: User, groups: Sequence[str], most: int | None = None, again: bool = True
) -> int:
    """Comparisons that `annotator`, a member of `groups`, could claim, counted up to `most`. One SQL statement.

    Args:
        most: empty counts up to `REMAINING_COUNTED`.
        again: also count what they passed on to the end of the queue.
    """
    counted = REMAINING_COUNTED if most is None else most
    # So many slots are enough to find as many comparisons, each of which has `overlap` slots at most.
    slots = counted * project.typed_settings().queue.overlap
    values: dict[str, Any] = {
        "project": project.pk,
        "annotator": annotator.pk,
        "groups": list(groups),
        "slots": slots,
        "again": again,
    }
    [(found,)] = rows(REMAINING_SQL, values)
    return min(int(found), counted)


def guidelines_current(*, project: Project) -> GuidelineVersion:
    """The text in force."""
    return GuidelineVersion.objects.filter(project=project).order_by("-number")[0]


def form_current(*, project: Project) -> FormVersion:
    """The question form in force."""
    return FormVersion.objects.filter(project=project).order_by("-number")[0]


def no_claim_reason(*, project: Project, groups: Sequence[str]) -> NoClaim:
    """Why a labeler who can claim nothing can claim nothing."""
    working = Round.objects.filter(project=project).exclude(
        status__in=[*ROUND_FINAL, RoundStatus.BLOCKED, RoundStatus.WAITING]
    )
    if working.exists():
        return "sampling"
    waiting = Assignment.objects.filter(
        project=project,
        status__in=[AssignmentStatus.OPEN, AssignmentStatus.LEASED],
        reserved=False,
        required_groups__contained_by=list(groups),
        comparison__withdrawn_at=None,
    )
    return "all-done-by-you" if waiting.exists() else "empty"
