"""The project's preferences as lines that other tools read, streamed."""

import json
from collections import Counter
from typing import Literal, NamedTuple

from django.db.models import Count, QuerySet

from annotate.formats.trl import JsonRow, trl_row
from annotate.models import Preference, PreferenceKind, Project
from annotate.types import ReadModel

Ties = Literal["drop", "both"]
TIED = (PreferenceKind.TIE, PreferenceKind.BOTH_GOOD)
_CHUNK = 500


class ExportManifest(ReadModel):
    """How many rows the export has and what the format cannot carry."""

    rows: int
    ties_dropped: int
    both_bad_dropped: int
    cannot_judge_dropped: int


def export_manifest(*, project: Project, ties: Ties) -> ExportManifest:
    """What the export has. One SQL statement."""
    kinds = Counter(dict(_live(project).order_by().values("kind").annotate(n=Count("pk")).values_list("kind", "n")))
    tied = sum(kinds[kind] for kind in TIED)
    return ExportManifest(
        rows=kinds[PreferenceKind.PREFER] + (2 * tied if ties == "both" else 0),
        ties_dropped=tied if ties == "drop" else 0,
        both_bad_dropped=kinds[PreferenceKind.BOTH_BAD],
        cannot_judge_dropped=kinds[PreferenceKind.CANNOT_JUDGE],
    )


class ExportBlock(NamedTuple):
    """Some lines of an export, each with its line feed, and the preference after which the next block begins."""

    lines: bytes
    after: int | None


def export_block(*, project: Project, ties: Ties, after: int = 0) -> ExportBlock:
    """TRL lines of the live preferences that follow preference `after`; `after` None in the answer marks the end.

    A tie is dropped, or written both ways with margin 0. Blocks are read by key, so that neither memory nor a
    database transaction is held while a slow reader downloads. One SQL statement.
    """
    fields = ("pk", "kind", "winner", "strength", "comparison__prompt__messages",
              "comparison__completion_a__text", "comparison__completion_b__text")  # fmt: skip
    rows = list(_live(project).filter(pk__gt=after).values_list(*fields)[:_CHUNK])
    lines = [json.dumps(line, ensure_ascii=False) + "\n" for row in rows for line in _rows(*row[1:], ties=ties)]
    return ExportBlock("".join(lines).encode(), rows[-1][0] if len(rows) == _CHUNK else None)


def _rows(
    kind: str, winner: str | None, strength: Literal[1, 2, 3] | None, prompt: list[dict[str, str]], a: str, b: str,
    *, ties: Ties,
) -> list[JsonRow]:  # fmt: skip
    if kind == PreferenceKind.PREFER:
        chosen, rejected = (a, b) if winner == "a" else (b, a)
        return [trl_row(prompt=prompt, chosen=chosen, rejected=rejected, strength=strength)]
    if kind in TIED and ties == "both":
        return [
            trl_row(prompt=prompt, chosen=chosen, rejected=rejected, strength=None)
            for chosen, rejected in ((a, b), (b, a))
        ]
    return []


def _live(project: Project) -> QuerySet[Preference]:
    return Preference.objects.filter(project=project, superseded_at=None).order_by("pk")
