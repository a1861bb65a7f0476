"""Known pairs: which a labeler has not met yet, and whether a verdict on one is right."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from django.db import connection
from django.db.models import QuerySet
from pydantic import Field

from annotate.models import Comparison, ComparisonKind, Preference, PreferenceKind, Project, User
from annotate.types import ReadModel
from rlhf_backend.types import Message


class Expected(ReadModel):
    """The verdict that a known pair is known to deserve, in stored order."""

    kind: Literal["prefer", "tie", "both_bad", "both_good"]
    winner: Literal["a", "b"] | None = None
    strength: int | None = Field(None, description="Told in the warm-up; a verdict of another strength is right too.")


class GoldOut(ReadModel):
    """A known pair, for admins; `id` is its comparison."""

    id: int
    prompt: list[Message]
    completion_a: str
    completion_b: str
    expected: Expected
    explanation: str
    verdicts: int
    correct: int
    withdrawn_at: datetime | None


# `original` is the comparison that a known pair was made from: who judged that one would be asked it again. Slots of
# known pairs keep their annotator whatever becomes of them, so that none is given twice.
UNMET_SQL = """
SELECT c.id FROM annotate_comparison c
WHERE c.project_id = %(project)s AND c.kind = 'gold' AND c.withdrawn_at IS NULL
  AND c.required_groups <@ %(groups)s::varchar[]
  AND NOT EXISTS (SELECT 1 FROM annotate_assignment own
                  WHERE own.annotator_id = %(annotator)s AND own.comparison_id IN (c.id, c.original_id))
ORDER BY random() LIMIT %(count)s
"""


def gold_unmet(*, project: Project, annotator: User, groups: Sequence[str], count: int) -> list[int]:
    """Up to `count` known pairs that `annotator` was never given, at random. One SQL statement."""
    values: dict[str, Any] = {"project": project.pk, "annotator": annotator.pk, "groups": list(groups), "count": count}
    with connection.cursor() as cursor:
        cursor.execute(UNMET_SQL, values)
        return [row[0] for row in cursor.fetchall()]


def is_correct(*, expected: Mapping[str, Any], kind: str, winner: str | None, ranking: Sequence[int] | None) -> bool:
    """Whether a verdict says what the known pair deserves: the same direction, whatever the strength.

    Args:
        ranking: of a verdict of kind rank: the ranks of a and b, 1 best.
    """
    if kind == PreferenceKind.RANK and ranking is not None and len(ranking) == 2:
        a, b = ranking
        kind, winner = ("tie", None) if a == b else ("prefer", "a" if a < b else "b")
    return kind == expected["kind"] and winner == expected.get("winner")


def gold_listed(*, project: Project) -> QuerySet[Comparison]:
    """The project's known pairs with everything that `gold_read` shows."""
    related = ("prompt", "completion_a", "completion_b")
    return Comparison.objects.filter(project=project, kind=ComparisonKind.GOLD).select_related(*related)


def gold_read(comparisons: Iterable[Comparison]) -> list[GoldOut]:
    """Known pairs with how labelers did on them. One SQL statement."""
    rows = list(comparisons)
    expected = {row.pk: row.expected or {} for row in rows}
    given: Counter[int] = Counter()
    right: Counter[int] = Counter()
    live = Preference.objects.filter(comparison__in=rows, superseded_at=None, derived_from__isnull=True)
    for pk, kind, winner, ranking in live.values_list("comparison_id", "kind", "winner", "ranking"):
        given[pk] += 1
        right[pk] += is_correct(expected=expected[pk], kind=kind, winner=winner, ranking=ranking)
    return [
        GoldOut(
            id=row.pk,
            prompt=[Message.model_validate(message) for message in row.prompt.messages],
            completion_a=row.completion_a.text,
            completion_b=row.completion_b.text,
            expected=Expected.model_validate(row.expected),
            explanation=row.explanation,
            verdicts=given[row.pk],
            correct=right[row.pk],
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    ]
