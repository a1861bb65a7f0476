"""What is in the queue: for a labeler what to judge, for an admin what waits and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection
from django.db.models import OuterRef, Subquery
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
from annotate.sides import Layout
from annotate.types import ReadModel
from rlhf_backend.types import Message

REMAINING_COUNTED = 1000
"""More remaining comparisons than this are not counted: the claim must stay fast on any queue."""

CLAIMABLE_SQL = """
    annotate_assignment a JOIN annotate_comparison c ON c.id = a.comparison_id
    WHERE a.project_id = %(project)s
      AND a.status IN ('open', 'leased')
      AND (a.status = 'open' OR a.lease_expires_at <= now())
      AND c.withdrawn_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM annotate_assignment own
                      WHERE own.comparison_id = a.comparison_id AND own.annotator_id = %(annotator)s)
      AND NOT EXISTS (SELECT 1 FROM annotate_skip s
                      WHERE s.comparison_id = a.comparison_id AND s.annotator_id = %(annotator)s
                        AND s.undone_at IS NULL)
"""
"""Slots that a labeler may be given. Its second line repeats the condition of the partial index."""

NoClaim = Literal["empty", "all-done-by-you", "sampling", "archived"]


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
    remaining: int = Field(description=f"Comparisons that can still be claimed; {REMAINING_COUNTED} stands for more.")
    reason: NoClaim | None = Field(description="Why there is nothing to judge; null when there is.")
    form: QuestionForm
    form_number: int
    guidelines_number: int


@dataclass(frozen=True, slots=True)
class Leased:
    """A slot that its labeler holds."""

    id: int
    left_is_a: bool
    lease_expires_at: datetime


def assignments_shown(*, leased: Sequence[Leased]) -> list[AssignmentOut]:
    """The leased slots with their texts, in the given order. One SQL statement, two when there are rankings."""
    rows = Assignment.objects.filter(pk__in=[slot.id for slot in leased]).values(
        "pk", "comparison_id", "shown_order", "comparison__prompt__messages", "comparison__more",
        "comparison__completion_a__text", "comparison__completion_b__text",
    )  # fmt: skip
    found = {row["pk"]: row for row in rows}
    further = completion_texts(ids={pk for row in found.values() for pk in row["comparison__more"]})
    return [_assignment_out(slot, found[slot.id], further) for slot in leased]


def completion_texts(*, ids: Collection[int]) -> dict[int, str]:
    """The texts of these completions. One SQL statement, none for no ids."""
    return dict(Completion.objects.filter(pk__in=ids).values_list("pk", "text")) if ids else {}


def _assignment_out(slot: Leased, row: Mapping[str, Any], further: dict[int, str]) -> AssignmentOut:
    layout = Layout.of(left_is_a=slot.left_is_a, shown_order=row["shown_order"])
    stored = [row["comparison__completion_a__text"], row["comparison__completion_b__text"]]
    stored += [further[pk] for pk in row["comparison__more"]]
    completions = [ShownCompletion(text=text) for text in layout.in_shown_order(stored)]
    return AssignmentOut(
        id=slot.id,
        comparison_id=row["comparison_id"],
        prompt=[Message.model_validate(message) for message in row["comparison__prompt__messages"]],
        left=completions[0],
        right=completions[1],
        completions=completions,
        lease_expires_at=slot.lease_expires_at,
    )


def claimable_count(*, project: Project, annotator: User) -> int:
    """Comparisons that `annotator` could claim, counted up to `REMAINING_COUNTED`. One SQL statement."""
    # So many slots are enough to find as many comparisons, each of which has `overlap` slots at most.
    slots = REMAINING_COUNTED * project.typed_settings().queue.overlap
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(DISTINCT comparison_id) FROM"  # noqa: S608  (constant text)
            f" (SELECT a.comparison_id FROM {CLAIMABLE_SQL} LIMIT %(slots)s) claimable",
            {"project": project.pk, "annotator": annotator.pk, "slots": slots},
        )
        return min(int(cursor.fetchone()[0]), REMAINING_COUNTED)


def guidelines_current(*, project: Project) -> GuidelineVersion:
    """The text in force."""
    return GuidelineVersion.objects.filter(project=project).order_by("-number")[0]


def form_current(*, project: Project) -> FormVersion:
    """The question form in force."""
    return FormVersion.objects.filter(project=project).order_by("-number")[0]


@dataclass(frozen=True, slots=True)
class Asked:
    """What labelers are asked, and under which guidelines."""

    form: QuestionForm
    form_number: int
    guidelines_number: int


def asked_current(*, project: Project) -> Asked:
    """The form and the guidelines in force. One SQL statement."""
    newest = GuidelineVersion.objects.filter(project=OuterRef("project")).order_by("-number").values("number")[:1]
    form, number, guidelines = (
        FormVersion.objects.filter(project=project)
        .order_by("-number")
        .values_list("form", "number", Subquery(newest))[0]
    )
    return Asked(QuestionForm.model_validate(form), number, guidelines)


def no_claim_reason(*, project: Project) -> NoClaim:
    """Why a labeler who can claim nothing can claim nothing."""
    working = Round.objects.filter(project=project).exclude(
        status__in=[*ROUND_FINAL, RoundStatus.BLOCKED, RoundStatus.WAITING]
    )
    if working.exists():
        return "sampling"
    waiting = Assignment.objects.filter(
        project=project,
        status__in=[AssignmentStatus.OPEN, AssignmentStatus.LEASED],
        comparison__withdrawn_at=None,
    )
    return "all-done-by-you" if waiting.exists() else "empty"
