"""The project's preferences as lines that other tools read, streamed."""

import json
from collections import Counter
from itertools import combinations
from typing import Any, Literal, NamedTuple

from django.db.models import Case, CharField, Count, F, Q, QuerySet, When
from pydantic import Field

from annotate.formats.trl import JsonRow, trl_row
from annotate.models import HIDDEN_KINDS, Preference, PreferenceKind, Project
from annotate.selectors.queue import completion_texts
from annotate.selectors.training_exclusions import training_ruling
from annotate.types import ReadModel

Ties = Literal["drop", "both"]
ExportFormat = Literal["trl", "full"]
TIED = (PreferenceKind.TIE, PreferenceKind.BOTH_GOOD)
CHUNK = 500


class ExportManifest(ReadModel):
    """How many rows the export has, what the format cannot carry, and what is kept out of training."""

    rows: int
    ties_dropped: int = 0
    both_bad_dropped: int = 0
    cannot_judge_dropped: int = 0
    left_out: dict[str, int] = Field(default_factory=dict, description="Reason → preferences that are no examples.")


def export_manifest(*, project: Project, layout: ExportFormat = "trl", ties: Ties = "drop") -> ExportManifest:
    """What the export has. Three SQL statements at most."""
    if layout == "full":
        return ExportManifest(rows=Preference.objects.filter(project=project, superseded_at=None).count())
    live = _live(project)
    counted = live.order_by().values_list("kind", "reason").annotate(n=Count("pk"))
    kinds: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    for kind, reason, n in counted:
        (left_out if reason else kinds)[reason or kind] += n
    decided, tied = kinds[PreferenceKind.PREFER], sum(kinds[kind] for kind in TIED)
    rankings = live.filter(reason=None, kind=PreferenceKind.RANK).values_list("ranking", flat=True)
    for ranking in rankings.iterator(CHUNK) if kinds[PreferenceKind.RANK] else ():
        alike = sum(first == second for first, second in combinations(ranking or [], 2))
        tied += alike
        decided += len(ranking or []) * (len(ranking or []) - 1) // 2 - alike
    return ExportManifest(
        rows=decided + (2 * tied if ties == "both" else 0),
        ties_dropped=tied if ties == "drop" else 0,
        both_bad_dropped=kinds[PreferenceKind.BOTH_BAD],
        cannot_judge_dropped=kinds[PreferenceKind.CANNOT_JUDGE],
        left_out=dict(left_out),
    )


class ExportBlock(NamedTuple):
    """Some lines of an export, each with its line feed, and the preference after which the next block begins."""

    lines: bytes
    after: int | None


def export_block(*, project: Project, ties: Ties, after: int = 0) -> ExportBlock:
    """TRL lines of the live preferences that follow preference `after`; `after` None in the answer marks the end.

    A tie is dropped, or written both ways with margin 0; a ranking is written as its pairs. Blocks are read by key, so
    that neither memory nor a database transaction is held while a slow reader downloads. Three SQL statements at most.
    """
    rows = list(
        _live(project).filter(reason=None, pk__gt=after).values(
            "pk", "kind", "winner", "strength", "ranking", "comparison__prompt__messages", "comparison__more",
            "comparison__completion_a__text", "comparison__completion_b__text",
        )[:CHUNK]
    )  # fmt: skip
    further = completion_texts(ids={pk for row in rows for pk in row["comparison__more"]})
    lines = [json.dumps(line, ensure_ascii=False) + "\n" for row in rows for line in _lines(row, further, ties)]
    return ExportBlock("".join(lines).encode(), rows[-1]["pk"] if len(rows) == CHUNK else None)


def _lines(row: Any, further: dict[int, str], ties: Ties) -> list[JsonRow]:
    a, b = row["comparison__completion_a__text"], row["comparison__completion_b__text"]
    prompt = row["comparison__prompt__messages"]
    if row["kind"] == PreferenceKind.PREFER:
        chosen, rejected = (a, b) if row["winner"] == "a" else (b, a)
        return [trl_row(prompt=prompt, chosen=chosen, rejected=rejected, strength=row["strength"])]
    if row["kind"] == PreferenceKind.RANK:
        texts = [a, b, *(further[pk] for pk in row["comparison__more"])]
        ranked = list(zip(row["ranking"], texts, strict=True))
        return [line for first, second in combinations(ranked, 2) for line in _of_ranks(prompt, first, second, ties)]
    return _tie(prompt, a, b) if row["kind"] in TIED and ties == "both" else []


def _of_ranks(
    prompt: list[dict[str, str]], first: tuple[int, str], second: tuple[int, str], ties: Ties
) -> list[JsonRow]:
    if first[0] == second[0]:
        return _tie(prompt, first[1], second[1]) if ties == "both" else []
    (_, chosen), (_, rejected) = (first, second) if first[0] < second[0] else (second, first)
    return [trl_row(prompt=prompt, chosen=chosen, rejected=rejected, strength=1)]


def _tie(prompt: list[dict[str, str]], a: str, b: str) -> list[JsonRow]:
    return [
        trl_row(prompt=prompt, chosen=chosen, rejected=rejected, strength=None) for chosen, rejected in ((a, b), (b, a))
    ]


def _live(project: Project) -> QuerySet[Any]:
    """Live preferences in order, with the reason why one is no example: a ruling, or that it measured its labeler."""
    rows = Preference.objects.filter(project=project, superseded_at=None)
    reason = Case(
        When(Q(comparison__kind__in=HIDDEN_KINDS), then=F("comparison__kind")),
        default=training_ruling(project=project),
        output_field=CharField(),
    )
    return rows.annotate(reason=reason).order_by("pk")
