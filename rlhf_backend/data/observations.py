"""From preferences with their details to observations of completions, and why some of these are left out."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from rlhf_backend.config import RewardModelConfig
from rlhf_backend.data.feedback import Aspects, Feedback, Pairs, Passages, Rankings, Ratings
from rlhf_backend.data.preferences import Array, Preferences
from rlhf_backend.types import PreferenceDetailsRow

LocateTokens = Callable[[str, int, int], tuple[int, int] | None]
"""(completion, first code point, first outside) → (first token, first outside), None where it covers no token."""

_LEVELS = {"both_good": 1, "both_bad": -1}
_SAYS = {"a": 1.0, "b": 0.0, "tie": 0.5}
_TYPES: dict[type, tuple[Callable[[Any], int | float | bool], torch.dtype]] = {
    int: (int, torch.long),
    float: (float, torch.float64),
    bool: (bool, torch.bool),
}
# A rater's own mean and spread are trusted as if so many ratings by the average rater came first.
_PRIOR_RATINGS = 2.0


class _Pair(NamedTuple):
    a: int
    b: int
    row: int
    target: float
    tie: bool
    margin: float
    weight: float
    level: int


class _Ranking(NamedTuple):
    completions: list[int]
    ranks: list[int]
    row: int
    weight: float


class _Rating(NamedTuple):
    completion: int
    value: float
    row: int
    weight: float


class _Passage(NamedTuple):
    completion: int
    first: int
    end: int
    good: bool
    row: int
    weight: float


class _Aspect(NamedTuple):
    aspect: int
    a: int
    b: int
    row: int
    target: float
    tie: bool
    margin: float
    weight: float


def feedback_of(
    preferences: Preferences, config: RewardModelConfig, *, locate: LocateTokens
) -> tuple[Feedback, Counter[str]]:
    """Everything that the settings let a reward model learn from, and reason → observations left out."""
    collector = _Collector(preferences, config, locate)
    rows_of: dict[int, list[int]] = {}
    for i, unit in enumerate(preferences.units.tolist()):
        rows_of.setdefault(unit, []).append(i)
    for rows in rows_of.values():
        collector.add(rows)
    return collector.feedback(), +collector.excluded


class _Collector:
    """Observations of one preference after the other."""

    def __init__(self, preferences: Preferences, config: RewardModelConfig, locate: LocateTokens) -> None:
        self._preferences, self._config, self._locate = preferences, config, locate
        self._pairs: list[_Pair] = []
        self._rankings: list[_Ranking] = []
        self._ratings: list[_Rating] = []
        self._raters: list[int | None] = []
        self._passages: list[_Passage] = []
        self._aspects: list[_Aspect] = []
        self._aspect_names: dict[str, int] = {}
        self._items: list[list[int]] = []
        self.excluded: Counter[str] = Counter()

    def add(self, rows: Sequence[int]) -> None:
        """Everything said in one preference, which has these rows."""
        details = self._preferences.details[rows[0]]
        if details is None:
            for i in rows:
                self._add_pair(i)
            return
        where = self._places(rows)
        if not (self._config.rankings == "plackett_luce" and details.ranks and self._add_ranking(details, rows, where)):
            for i in rows:
                self._add_pair(i)
        first = self._preferences.rows[rows[0]]
        texts = details.completions or [first.completion_a, first.completion_b]
        if self._config.rating_weight > 0:
            self._add_ratings(details, texts, where, first.annotator)
        if self._config.passage_weight > 0:
            self._add_passages(details, texts, where)
        if self._config.aspect_weight > 0:
            self._add_aspects(details, rows[0])

    def feedback(self) -> Feedback:
        rankings = [(r.completions, r.ranks) for r in self._rankings]
        wide = max((len(ranks) for _, ranks in rankings), default=0)
        completions = [[*them, *[them[0]] * (wide - len(them))] for them, _ in rankings]
        ranks = [[*them, *[0] * (wide - len(them))] for _, them in rankings]
        return Feedback(
            pairs=Pairs(*_columns(_Pair, self._pairs)),
            rankings=Rankings(
                torch.tensor(completions, dtype=torch.long).reshape(len(rankings), wide),
                torch.tensor(ranks, dtype=torch.long).reshape(len(rankings), wide),
                torch.tensor([r.row for r in self._rankings], dtype=torch.long),
                torch.tensor([r.weight for r in self._rankings], dtype=torch.float64),
            ),
            ratings=self._standardised_ratings(),
            passages=Passages(*_columns(_Passage, self._passages)),
            aspects=Aspects(*_columns(_Aspect, self._aspects)),
            aspect_names=tuple(self._aspect_names),
            units=torch.from_numpy(self._preferences.units),
            items=self._items,
        )

    def _places(self, rows: Sequence[int]) -> dict[str, int]:
        """Completion → its number, the first one where it stands in several rows."""
        places: dict[str, int] = {}
        for i in rows:
            row = self._preferences.rows[i]
            places.setdefault(row.completion_a, 2 * i)
            places.setdefault(row.completion_b, 2 * i + 1)
        return places

    def _add_pair(self, i: int) -> None:
        p = self._preferences
        if p.weights[i] == 0:  # the settings, or what the crowd model made of its labeler, leave it out
            return
        level = _LEVELS.get(p.rows[i].verdict, 0) if self._config.levels else 0
        pair = _Pair(2 * i, 2 * i + 1, i, p.targets[i], p.ties[i], p.margins[i], p.weights[i], level)
        self._pairs.append(pair)
        self._items.append([pair.a, pair.b])

    def _add_ranking(self, details: PreferenceDetailsRow, rows: Sequence[int], where: dict[str, int]) -> bool:
        """The ranking of those completions that can be read; False where it says nothing beyond its pairs."""
        if len(details.ranks) != len(details.completions) or min(details.ranks) < 1:
            self.excluded["ranking that does not fit its completions"] += 1
            return False
        known = [(where[t], rank) for t, rank in zip(details.completions, details.ranks, strict=True) if t in where]
        if len(known) < 3:
            return False
        dense = {rank: place for place, rank in enumerate(sorted({rank for _, rank in known}), start=1)}
        # All pairs of k weigh 2/k each; what a reviewer or a crowd model made of that weighs the ranking, too.
        weight = float(self._preferences.weights[list(rows)].mean()) * len(details.completions) / 2
        completions = [completion for completion, _ in known]
        self._rankings.append(_Ranking(completions, [dense[rank] for _, rank in known], rows[0], weight))
        self._items.append(completions)
        return True

    def _add_ratings(
        self, details: PreferenceDetailsRow, texts: Sequence[str], where: dict[str, int], rater: int | None
    ) -> None:
        for place, value in details.ratings.items():
            if not 0 <= value <= 1:  # not a number is neither
                self.excluded["rating outside of its scale"] += 1
            elif not 0 <= place < len(texts) or texts[place] not in where:
                self.excluded["rating of a completion that is left out"] += 1
            else:
                completion = where[texts[place]]
                weight = self._config.rating_weight * self._preferences.weights[completion // 2]
                self._ratings.append(_Rating(completion, value, completion // 2, weight))
                self._raters.append(rater)

    def _add_passages(self, details: PreferenceDetailsRow, texts: Sequence[str], where: dict[str, int]) -> None:
        for marked in details.passages:
            text = texts[marked.place] if marked.place < len(texts) else None
            if text is None or text not in where:
                self.excluded["marked passage of a completion that is left out"] += 1
            elif not marked.start < marked.end <= len(text):
                self.excluded["marked passage outside of its completion"] += 1
            elif (tokens := self._locate(text, marked.start, marked.end)) is None:
                self.excluded["marked passage without a token"] += 1
            else:
                completion = where[text]
                weight = self._config.passage_weight * self._preferences.weights[completion // 2]
                self._passages.append(_Passage(completion, *tokens, marked.good, completion // 2, weight))

    def _add_aspects(self, details: PreferenceDetailsRow, i: int) -> None:
        weight = self._config.aspect_weight * self._preferences.weights[i]
        for name, said in details.aspects.items():
            tie = said.verdict == "tie"
            margin = 0.0 if tie else self._config.margin_per_strength * (said.strength - 1)
            number = self._aspect_names.setdefault(name, len(self._aspect_names))
            self._aspects.append(_Aspect(number, 2 * i, 2 * i + 1, i, _SAYS[said.verdict], tie, margin, weight))

    def _standardised_ratings(self) -> Ratings:
        completions, _, rows, weights = _columns(_Rating, self._ratings)
        values = standardised_by_rater([rating.value for rating in self._ratings], self._raters)
        return Ratings(completions, torch.from_numpy(values), rows, weights)


def standardised_by_rater(values: Sequence[float], raters: Sequence[int | None]) -> Array:
    """Each rating in standard deviations from its rater's mean; a rater of few ratings is taken for the average one.

    (m,), (m,) → (m,)
    """
    if not values:
        return np.zeros(0)
    x = np.array(values)
    names = {rater: number for number, rater in enumerate(dict.fromkeys(raters))}
    rater = np.array([names[name] for name in raters])
    n = np.bincount(rater) + _PRIOR_RATINGS
    mean = (np.bincount(rater, x) + _PRIOR_RATINGS * x.mean()) / n
    errors = (x - mean[rater]) ** 2
    spread = np.sqrt((np.bincount(rater, errors) + _PRIOR_RATINGS * errors.mean()) / n)
    standardised: Array = (x - mean[rater]) / np.where(spread > 0, spread, math.inf)[rater]
    return standardised


def _columns(kind: type[tuple[Any, ...]], rows: Sequence[tuple[Any, ...]]) -> list[Tensor]:
    """Rows as columns in the order of their fields."""
    columns = zip(*rows, strict=True) if rows else [()] * len(kind.__annotations__)
    types = [_TYPES[name] for name in kind.__annotations__.values()]
    return [
        torch.tensor([*map(make, column)], dtype=dtype) for column, (make, dtype) in zip(columns, types, strict=True)
    ]
