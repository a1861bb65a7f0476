"""Verdicts as columns, for the statistics about labelers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from annotate.models import ComparisonKind, Completion, Preference, PreferenceKind, Project
from annotate.sides import side_of
from rlhf_backend.stats.labeler_bias import format_marks

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST_VERDICTS = 50_000
"""The newest verdicts that a report counts: what labelers did long ago says little of them, and costs."""
WITHOUT_A_JUDGE = (ComparisonKind.IMPORTED, ComparisonKind.EDIT)


class VerdictRow(NamedTuple):
    """One verdict on one pair of completions; a ranking is as many of them as it orders pairs.

    A pair is known by its two completions, the lower id first, whatever comparison asked for it.
    """

    preference: int
    labeler: int
    comparison: int
    low: int
    high: int
    direction: int  # 1: the completion of the lower id is better, −1: the other, 0: neither
    grade: int  # direction times the strength given
    side: int  # 1: the left was taken, −1: the right, 0: neither, or it was a ranking
    low_is_left: bool
    is_judged: bool  # False: cannot judge
    is_ranking: bool
    is_gold: bool
    is_right: bool  # of gold: as expected
    original: int  # of a repeat or a mirrored pair: the comparison asked before, else 0
    is_mirrored: bool
    seconds: float
    hours: float  # since 1970


@dataclass(frozen=True)
class VerdictColumns:
    """n rows in the order in which they were given, each column (n,); see `VerdictRow`."""

    preference: Ints
    labeler: Ints
    comparison: Ints
    low: Ints
    high: Ints
    direction: Ints
    grade: Ints
    side: Ints
    low_is_left: Flags
    is_judged: Flags
    is_ranking: Flags
    is_gold: Flags
    is_right: Flags
    original: Ints
    is_mirrored: Flags
    seconds: Array
    hours: Array
    pair: Ints  # 0 … number of pairs − 1
    characters: Array  # of both completions
    length: Array  # log₂ of the left completion's characters over the right one's
    marks: Array  # log₂ of the left completion's format marks plus one over the right one's
    is_first: Flags  # the first of this labeler on this pair that judges it

    def __len__(self) -> int:
        return len(self.preference)


def verdict_columns(*, project: Project) -> VerdictColumns:
    """The newest live verdicts by people, at most `MOST_VERDICTS`. Two SQL statements, fewer texts each time."""
    newest = (
        Preference.objects.filter(project=project, superseded_at=None, annotator__isnull=False)
        .exclude(comparison__kind__in=WITHOUT_A_JUDGE)
        .exclude(assignment__warm_up=True)  # who is still learning what is asked is not judged by it
        .order_by("-pk")
        .values_list(
            "pk", "annotator_id", "comparison_id", "kind", "winner", "strength", "ranking", "active_ms", "created_at",
            "comparison__kind", "comparison__original_id", "comparison__completion_a_id",
            "comparison__completion_b_id", "comparison__more", "comparison__expected", "assignment__left_is_a",
        )[:MOST_VERDICTS]
    )  # fmt: skip
    rows = [row for values in reversed(newest) for row in _rows(_Given(*values))]
    return columns_of(rows, _texts_measured({pk for row in rows for pk in (row.low, row.high)}))


def columns_of(rows: Sequence[VerdictRow], measured: Mapping[int, "Measured"]) -> VerdictColumns:
    """The rows as columns; `measured` knows each of their completions."""
    types = [_TYPES[kind] for kind in VerdictRow.__annotations__.values()]
    values = zip(*rows, strict=True) if rows else [()] * len(types)
    named = {
        name: np.array(column, dtype=type_)
        for name, column, type_ in zip(VerdictRow._fields, values, types, strict=True)
    }
    return VerdictColumns(**named, **_of_texts(named, measured), **_of_pairs(named))


class Measured(NamedTuple):
    """What the statistics know of a completion's text."""

    characters: int
    marks: int


_TYPES: dict[type, type[np.generic]] = {int: np.int64, bool: np.bool_, float: np.float64}


class _Given(NamedTuple):
    """One preference as the database has it."""

    preference: int
    labeler: int
    comparison: int
    kind: str
    winner: str | None
    strength: int | None
    ranking: list[int] | None
    active_ms: int
    created_at: Any
    asked: str
    original: int | None
    a: int
    b: int
    more: list[int]
    expected: dict[str, Any] | None
    left_is_a: bool | None


def _rows(given: _Given) -> Iterator[VerdictRow]:
    if given.kind == PreferenceKind.RANK:
        completions = [given.a, given.b, *given.more]
        for (one, rank_of_one), (two, rank_of_two) in combinations(
            zip(completions, given.ranking or [], strict=False), 2
        ):
            lead = int(rank_of_one < rank_of_two) - int(rank_of_one > rank_of_two)
            yield _row(given, one, two, lead=lead)
    else:
        yield _row(given, given.a, given.b, lead={"a": 1, "b": -1, None: 0}[given.winner])


def _row(given: _Given, a: int, b: int, *, lead: int) -> VerdictRow:
    """The verdict on stored completions a and b; `lead` is 1 where a is better."""
    turn = 1 if a < b else -1
    is_ranking = given.kind == PreferenceKind.RANK
    left_is_a = bool(given.left_is_a)
    taken = 0
    if given.winner is not None and given.left_is_a is not None:
        taken = 1 if side_of(given.winner, left_is_a=left_is_a) == "left" else -1
    expected = given.expected or {}
    return VerdictRow(
        preference=given.preference,
        labeler=given.labeler,
        comparison=given.comparison,
        low=min(a, b),
        high=max(a, b),
        direction=lead * turn,
        grade=lead * turn * (given.strength or 1),
        side=taken,
        low_is_left=left_is_a == (a < b),
        is_judged=given.kind != PreferenceKind.CANNOT_JUDGE,
        is_ranking=is_ranking,
        is_gold=bool(expected) and given.asked == ComparisonKind.GOLD,
        is_right=(given.kind, given.winner) == (expected.get("kind"), expected.get("winner")),
        original=given.original or 0 if given.asked in (ComparisonKind.REPEAT, ComparisonKind.MIRRORED) else 0,
        is_mirrored=given.asked == ComparisonKind.MIRRORED,
        seconds=given.active_ms / 1000,
        hours=given.created_at.timestamp() / 3600,
    )


def _of_pairs(named: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    _, pair = np.unique(np.stack([named["low"], named["high"]], axis=1), axis=0, return_inverse=True)
    judged = np.flatnonzero(named["is_judged"])
    asked = np.stack([named["labeler"], pair.ravel()], axis=1)[judged]
    is_first = np.zeros(len(named["low"]), dtype=np.bool_)
    is_first[judged[np.unique(asked, axis=0, return_index=True)[1]]] = True
    return {"pair": pair.ravel().astype(np.int64), "is_first": is_first}


def _of_texts(named: dict[str, npt.NDArray[Any]], measured: Mapping[int, Measured]) -> dict[str, npt.NDArray[Any]]:
    low = np.array([measured[pk] for pk in named["low"].tolist()], dtype=np.float64).reshape(-1, 2)
    high = np.array([measured[pk] for pk in named["high"].tolist()], dtype=np.float64).reshape(-1, 2)
    lead = np.log2((low + 1) / (high + 1)) * np.where(named["low_is_left"], 1.0, -1.0)[:, None]
    return {"characters": low[:, 0] + high[:, 0], "length": lead[:, 0], "marks": lead[:, 1]}


# Completions never change, so what was measured of one is kept while the process lives.
_measured: dict[int, Measured] = {}
MOST_MEASURED = 500_000


def _texts_measured(completion_ids: set[int]) -> Mapping[int, Measured]:
    if len(_measured) > MOST_MEASURED:
        _measured.clear()
    missing = sorted(completion_ids - _measured.keys())
    for start in range(0, len(missing), 2000):
        texts = Completion.objects.filter(pk__in=missing[start : start + 2000]).values_list("pk", "text")
        _measured.update({pk: Measured(len(text), format_marks(text)) for pk, text in texts})
    return _measured
