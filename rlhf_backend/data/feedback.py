"""Everything that people said, as observations of completions: what a reward model's objective is the sum of."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Pairs:
    """Verdicts on two completions. a, b: which (m,). rows: of the preferences (m,).

    targets, ties, margins, weights: as in `Preferences` (m,). levels: 1 for both_good, −1 for both_bad, else 0 (m,).
    """

    a: Tensor
    b: Tensor
    rows: Tensor
    targets: Tensor
    ties: Tensor
    margins: Tensor
    weights: Tensor
    levels: Tensor


@dataclass(frozen=True)
class Rankings:
    """completions: which, in stored order, any for the places that are missing (m, k). ranks: 1 is best, equal ranks
    tie, 0 for places that are missing (m, k). rows: one of the preference's (m,). weights (m,).
    """

    completions: Tensor
    ranks: Tensor
    rows: Tensor
    weights: Tensor


@dataclass(frozen=True)
class Ratings:
    """completions: which (m,). values: standardised for each rater (m,). rows, weights (m,)."""

    completions: Tensor
    values: Tensor
    rows: Tensor
    weights: Tensor


@dataclass(frozen=True)
class Passages:
    """completions: in which (m,). first, end: tokens of the completion, `end` the first outside (m,). good (m,)."""

    completions: Tensor
    first: Tensor
    end: Tensor
    good: Tensor
    rows: Tensor
    weights: Tensor


@dataclass(frozen=True)
class Aspects:
    """Verdicts on one aspect of two completions. aspects: which of the names (m,). The rest as in `Pairs`."""

    aspects: Tensor
    a: Tensor
    b: Tensor
    rows: Tensor
    targets: Tensor
    ties: Tensor
    margins: Tensor
    weights: Tensor


Said = Pairs | Rankings | Ratings | Passages | Aspects
_COMPLETIONS = frozenset({"a", "b", "completions"})


@dataclass(frozen=True)
class Feedback:
    """Observations of the completions of n preferences: 2i is completion a of row i, 2i + 1 its b.

    units: of each row the number of its preference, from 0 (n,). items: completions that one observation may compare,
    and that have to be in a batch together; they have one prompt.
    """

    pairs: Pairs
    rankings: Rankings
    ratings: Ratings
    passages: Passages
    aspects: Aspects
    aspect_names: tuple[str, ...]
    units: Tensor
    items: list[list[int]]

    def of_rows(self, chosen: Tensor) -> "Feedback":
        """The observations of some rows; the completions keep their numbers. chosen: bool (n,)"""
        kept = [item for item in self.items if bool(chosen[item[0] // 2])]
        return replace(self, items=kept, **{name: _kept(said, chosen[said.rows]) for name, said in self._kinds()})

    def of_items(self, items: Sequence[int]) -> tuple["Feedback", list[int]]:
        """The observations of some items, and their completions; 0, 1, … in the former are places in the latter."""
        completions = [completion for item in items for completion in self.items[item]]
        places = torch.full((2 * len(self.units),), -1, dtype=torch.long)
        places[completions] = torch.arange(len(completions))
        renumbered = {name: _renumbered(said, places) for name, said in self._kinds()}
        return replace(self, items=[self.items[item] for item in items], **renumbered), completions

    def to(self, device: torch.device, dtype: torch.dtype) -> "Feedback":
        """The same on a device, numbers in `dtype`."""
        return replace(
            self,
            units=self.units.to(device),
            **{name: _changed(said, lambda _, t: _moved(t, device, dtype)) for name, said in self._kinds()},
        )

    def counts(self) -> dict[str, int]:
        """Kind of feedback → how much of it there is; kinds without any are left out."""
        found = {
            "comparisons": len(set(self.units[self.pairs.rows].tolist())),
            "rankings": len(self.rankings.rows),
            "ratings": len(self.ratings.rows),
            "marked passages": len(self.passages.rows),
            "verdicts on aspects": len(self.aspects.rows),
            "levels": int((self.pairs.levels != 0).sum()),
        }
        return {kind: count for kind, count in found.items() if count}

    @property
    def only_pairs(self) -> bool:
        return (
            not any(len(said.rows) for name, said in self._kinds() if name != "pairs") and not self.pairs.levels.any()
        )

    def _kinds(self) -> Iterator[tuple[str, Said]]:
        for name in ("pairs", "rankings", "ratings", "passages", "aspects"):
            yield name, getattr(self, name)


def _changed(said: Said, change: Callable[[str, Tensor], Tensor]) -> Any:
    """The same kind of feedback with every column changed."""
    return type(said)(**{f.name: change(f.name, getattr(said, f.name)) for f in fields(said)})


def _kept(said: Said, chosen: Tensor) -> Any:
    """Some of the observations. chosen: bool (m,)"""
    return _changed(said, lambda _, column: column[chosen])


def _renumbered(said: Said, places: Tensor) -> Any:
    """The observations whose completions all have a place (2n,), which becomes their number; −1 is none."""
    whole = torch.ones(len(said.rows), dtype=torch.bool)
    for column in (getattr(said, f.name) for f in fields(said) if f.name in _COMPLETIONS):
        found = places[column] >= 0
        if isinstance(said, Rankings):
            found = (found | (said.ranks == 0)).all(-1)
        whole &= found
    there = _kept(said, whole)
    return _changed(there, lambda name, column: places[column].clamp_min(0) if name in _COMPLETIONS else column)


def _moved(column: Tensor, device: torch.device, dtype: torch.dtype) -> Tensor:
    return column.to(device, dtype if column.is_floating_point() else column.dtype)
