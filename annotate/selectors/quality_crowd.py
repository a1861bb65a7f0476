"""What a project's labelers are compared by: everything that needs the verdicts of all of them, worked out once."""

from dataclasses import dataclass, fields
from statistics import median

import numpy as np

from annotate.selectors.quality_rows import Array, Flags, Ints, VerdictColumns
from rlhf_backend.stats.agreement import Ratings, agreement_with_others
from rlhf_backend.stats.attention import hasty, pace
from rlhf_backend.stats.crowd import Reliability, SidedVerdicts, crowd_fit
from rlhf_backend.stats.cycles import Triads, circular_triads
from rlhf_backend.stats.labeler_bias import StyledVerdicts, StyleEffects, style_effects

ENOUGH_TO_COMPARE = 20
"""Verdicts of a labeler from which others may be measured against them."""


@dataclass(frozen=True)
class Crowd:
    """All labelers together; dictionaries are by labeler, and miss those of whom nothing is known."""

    columns: VerdictColumns
    reliability: dict[int, Reliability]
    styles: dict[int, StyleEffects]
    agreement: dict[int, tuple[float, int]]  # agreeing pairs with others, and pairs
    triads: dict[int, Triads]
    support: Array  # of each row: share of the others on its pair who said the same; NaN where nobody else judged it
    paces: dict[int, float]  # median time as a multiple of a fast reader's; of those with enough verdicts to compare
    labelers: dict[int, Ints]  # positions of their rows

    def rows_of(self, labeler: int) -> VerdictColumns:
        """The labeler's own rows, in the order given."""
        return taken(self.columns, self.labelers[labeler])

    def pace_of_others(self, labeler: int) -> float | None:
        """Median over the other labelers of their median pace; None when nobody has given enough verdicts."""
        others = [pace for name, pace in self.paces.items() if name != labeler]
        return median(others) if others else None


def taken(columns: VerdictColumns, rows: Ints | Flags) -> VerdictColumns:
    """Some of the rows, by position or by a mask."""
    return VerdictColumns(**{column.name: getattr(columns, column.name)[rows] for column in fields(columns)})


def of_verdicts(columns: VerdictColumns) -> VerdictColumns:
    """One row for each verdict: a ranking's first."""
    _, first = np.unique(columns.preference, return_index=True)
    return taken(columns, first)


def ratings_of(columns: VerdictColumns, *, graded: bool = False) -> Ratings:
    """Who said what of which pair: its direction, or with `graded` direction times strength."""
    values = columns.grade if graded else columns.direction
    keep = columns.is_first
    return Ratings(columns.pair[keep], columns.labeler[keep], values[keep].astype(np.float64))


def hasty_rows(crowd: Crowd, labeler: int) -> tuple[VerdictColumns, Flags]:
    """The labeler's verdicts, one row each, and which of them came too fast to have been read."""
    mine = of_verdicts(crowd.rows_of(labeler))
    return mine, hasty(pace(mine.seconds, mine.characters), others=crowd.pace_of_others(labeler))


def crowd_of(columns: VerdictColumns) -> Crowd:
    """Everything about the project's labelers that depends on one another."""
    labelers = _rows_by_labeler(columns.labeler)
    sided = taken(columns, columns.side != 0)
    fitted = crowd_fit(SidedVerdicts(sided.pair, sided.labeler, sided.low_is_left, sided.side > 0))
    return Crowd(
        columns=columns,
        reliability={found.labeler: found for found in fitted},
        styles=style_effects(StyledVerdicts(sided.labeler, sided.side > 0, sided.length, sided.marks)),
        agreement=agreement_with_others(ratings_of(columns)),
        triads=_triads(columns),
        support=_support(columns),
        paces=_paces(columns, labelers),
        labelers=labelers,
    )


def _rows_by_labeler(labeler: Ints) -> dict[int, Ints]:
    names, index = np.unique(labeler, return_inverse=True)
    order = np.argsort(index, kind="stable")
    bounds = np.searchsorted(index[order], np.arange(len(names) + 1))
    return {int(name): order[bounds[i] : bounds[i + 1]] for i, name in enumerate(names)}


def _paces(columns: VerdictColumns, labelers: dict[int, Ints]) -> dict[int, float]:
    paces = pace(columns.seconds, columns.characters)
    return {
        labeler: float(np.median(paces[rows])) for labeler, rows in labelers.items() if len(rows) >= ENOUGH_TO_COMPARE
    }


def _support(columns: VerdictColumns) -> Array:
    first = columns.is_first
    counts = np.zeros((int(columns.pair.max(initial=-1)) + 1, 3))
    np.add.at(counts, (columns.pair[first], columns.direction[first] + 1), 1)
    others = counts.sum(1)[columns.pair] - 1
    same = counts[columns.pair, columns.direction + 1] - 1
    known = first & (others > 0)
    return np.where(known, same / np.where(known, others, 1), np.nan)


def _triads(columns: VerdictColumns) -> dict[int, Triads]:
    # A ranking cannot contradict itself.
    chosen = taken(columns, columns.is_first & (columns.direction != 0) & ~columns.is_ranking)
    winners = np.where(chosen.direction > 0, chosen.low, chosen.high).tolist()
    losers = np.where(chosen.direction > 0, chosen.high, chosen.low).tolist()
    choices: dict[int, list[tuple[int, int]]] = {}
    for labeler, winner, loser in zip(chosen.labeler.tolist(), winners, losers, strict=True):
        choices.setdefault(labeler, []).append((winner, loser))
    return {labeler: circular_triads(pairs) for labeler, pairs in choices.items()}
