"""Circular triads, counted against the published distribution for all tournaments."""

from collections import Counter
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.stats.cycles import CHANCE, circular_triads


def _tournaments(n: int) -> list[list[tuple[int, int]]]:
    pairs = list(combinations(range(n), 2))
    return [
        [(a, b) if a_wins else (b, a) for (a, b), a_wins in zip(pairs, outcome, strict=True)]
        for outcome in product((True, False), repeat=len(pairs))
    ]


@pytest.mark.parametrize(
    ("n", "frequencies"),
    [
        (3, [6, 2]),
        (4, [24, 16, 24]),
        (5, [120, 120, 240, 240, 280, 24]),
    ],
)
def test_all_tournaments_have_the_triads_that_kendall_and_babington_smith_counted(
    n: int, frequencies: list[int]
) -> None:
    """Kendall & Babington Smith 1940, Biometrika 31:324, table of the frequencies of d circular triads."""
    counted = Counter(circular_triads(choices).circular for choices in _tournaments(n))
    assert [counted[d] for d in range(len(frequencies))] == frequencies
    assert sum(d * f for d, f in enumerate(frequencies)) / sum(frequencies) == comb(n, 3) * CHANCE


@given(st.integers(3, 9), st.integers(0, 1000))
def test_a_complete_tournament_agrees_with_kendalls_formula(n: int, seed: int) -> None:
    """d = n (n − 1) (2 n − 1) / 12 − ½ Σ s², with s the number of wins of each."""
    toss = np.random.default_rng(seed)
    choices = [(a, b) if toss.random() < 0.5 else (b, a) for a, b in combinations(range(n), 2)]
    wins = np.bincount([winner for winner, _ in choices], minlength=n)
    found = circular_triads(choices)
    assert found.circular == n * (n - 1) * (2 * n - 1) / 12 - (wins**2).sum() / 2
    assert found.total == comb(n, 3)


def test_only_triads_with_all_three_pairs_count() -> None:
    assert circular_triads([(1, 2), (2, 3), (4, 5)]) == circular_triads([])
    assert circular_triads([(1, 2), (2, 3), (3, 1), (3, 4)]).total == 1


def test_the_pairs_of_a_circle_are_given_as_examples() -> None:
    found = circular_triads([(1, 2), (2, 3), (3, 1), (1, 4), (2, 4)])
    assert (found.circular, found.total) == (1, 2)
    assert set(found.examples) == {(1, 2), (2, 3), (3, 1)}


def test_the_first_verdict_on_a_pair_counts() -> None:
    assert circular_triads([(1, 2), (2, 3), (1, 3), (3, 1)]).circular == 0
