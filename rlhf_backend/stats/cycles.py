"""Circular triads: A over B, B over C, and yet C over A."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

CHANCE = 0.25
"""The share of circular triads of one who tosses coins: 2 of the 8 ways to judge three pairs."""


@dataclass(frozen=True, slots=True)
class Triads:
    """Triads of completions of which a labeler judged all three pairs, and how many of them are circular.

    `examples` are pairs of completions, (winner, loser), on some circular triad.
    """

    circular: int
    total: int
    examples: tuple[tuple[int, int], ...] = ()


def circular_triads(choices: Iterable[tuple[int, int]]) -> Triads:
    """Of one labeler's choices (winner, loser) between completions; of a pair judged again the first choice counts.

    Source: Kendall & Babington Smith 1940, Biometrika 31:324.
    """
    beats: dict[frozenset[int], int] = {}
    others: dict[int, set[int]] = defaultdict(set)
    for winner, loser in choices:
        beats.setdefault(frozenset((winner, loser)), winner)
        others[winner].add(loser)
        others[loser].add(winner)
    circular, total = 0, 0
    examples: list[tuple[int, int]] = []
    for first, near in others.items():
        for second, third in combinations(sorted(item for item in near if item > first), 2):
            if third not in others[second]:
                continue
            total += 1
            triad = ((first, second), (first, third), (second, third))
            winners = [beats[frozenset(pair)] for pair in triad]
            if len(set(winners)) == 3:  # each has won once
                circular += 1
                examples += [(winner, sum(pair) - winner) for pair, winner in zip(triad, winners, strict=True)]
    return Triads(circular, total, tuple(examples))
