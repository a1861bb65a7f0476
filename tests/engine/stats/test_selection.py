"""Which pairs are asked next."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.stats.acquisition import Beliefs, information
from rlhf_backend.stats.selection import Candidate, select_pairs
from rlhf_backend.stats.strategies import Plan
from tests.engine.stats.drawn_candidates import candidates


def information_of(difference: float, sd: float) -> float:
    return float(information(Beliefs.normal(np.array([difference]), np.array([sd])))[0])


def information_of_heads(differences: npt.ArrayLike) -> float:
    return float(information(Beliefs.of_heads(np.asarray(differences, dtype=np.float64)[None]))[0])


@given(st.integers(0, 6), st.integers(1, 5), st.integers(0, 40), st.floats(0, 1), st.integers(0, 2**31), st.booleans())
def test_pairs_are_distinct_of_one_prompt_and_as_many_as_possible(
    prompts: int, each: int, pairs: int, share: float, seed: int, scored: bool
) -> None:
    rng = np.random.default_rng(seed)
    chosen = select_pairs(candidates(prompts, each, rng, scored=scored), pairs=pairs, uniform_share=share, rng=rng)
    possible = prompts * each * (each - 1) // 2
    assert len(chosen) == min(pairs, possible)
    assert len({frozenset((c.a, c.b)) for c in chosen}) == len(chosen)
    assert all(c.a // 100 == c.b // 100 == c.prompt_id and 0 < c.propensity <= 1 for c in chosen)
    uniform = [c for c in chosen if c.strategy == "uniform"]
    assert len(uniform) >= share * len(chosen) - 1e-6
    assert {c.propensity for c in uniform} <= {len(uniform) / max(possible, 1)}


def test_the_uniform_stratum_is_a_simple_random_sample_whatever_the_scores() -> None:
    pool = candidates(4, 3, np.random.default_rng(0))
    counts: Counter[frozenset[int]] = Counter()
    rounds = 3000
    rng = np.random.default_rng(1)
    for _ in range(rounds):
        chosen = select_pairs(pool, pairs=6, uniform_share=0.5, rng=rng)
        counts.update(frozenset((c.a, c.b)) for c in chosen if c.strategy == "uniform")
    expected = rounds * 3 / 12
    assert len(counts) == 12
    assert all(abs(n - expected) < 5 * np.sqrt(expected * 0.75) for n in counts.values())


def test_disagreement_takes_the_most_informative_pair_of_each_prompt_first() -> None:
    pool = [
        Candidate(1, 10, 0.0, 2.0),
        Candidate(1, 11, 0.0, 2.0),
        Candidate(1, 12, 0.0, 1.9),
        Candidate(2, 20, 0.0, 0.1),
        Candidate(2, 21, 0.0, 0.1),
        Candidate(2, 22, 9.0, 0.1),
    ]
    chosen = select_pairs(pool, pairs=2, uniform_share=0, rng=np.random.default_rng(0))
    assert {frozenset((c.a, c.b)) for c in chosen} == {frozenset((10, 11)), frozenset((20, 21))}
    assert {c.strategy for c in chosen} == {"disagreement"}


def test_heads_that_err_alike_do_not_disagree_about_the_pair() -> None:
    shared = (-2.0, 0.0, 2.0)
    pool = [
        Candidate(1, 10, 0.0, 2.0, shared),
        Candidate(1, 11, 0.0, 2.0, shared),
        Candidate(1, 12, 0.0, 0.5, (0.5, 0.0, -0.5)),
    ]
    (chosen,) = select_pairs(pool, pairs=1, uniform_share=0, rng=np.random.default_rng(0))
    assert 12 in (chosen.a, chosen.b)
    assert information_of_heads([0.0, 0.0, 0.0]) == 0


def test_without_rewards_every_place_is_uniform() -> None:
    pool = candidates(5, 4, np.random.default_rng(0), scored=False)
    chosen = select_pairs(pool, pairs=10, uniform_share=0.2, rng=np.random.default_rng(1))
    assert {(c.strategy, c.propensity, c.score) for c in chosen} == {("uniform", 10 / 30, 0.0)}


def test_neither_place_is_favoured() -> None:
    pool = candidates(30, 4, np.random.default_rng(0))
    chosen = select_pairs(pool, pairs=180, uniform_share=0.2, rng=np.random.default_rng(1))
    assert 65 <= sum(c.a < c.b for c in chosen) <= 115


def test_the_seed_decides() -> None:
    pool = candidates(6, 4, np.random.default_rng(0))
    one, two, other = (
        select_pairs(pool, pairs=9, uniform_share=0.3, rng=np.random.default_rng(seed)) for seed in (4, 4, 5)
    )
    assert one == two != other


@pytest.mark.parametrize(("pairs", "share"), [(-1, 0.2), (3, 1.2)])
def test_impossible_wishes_are_refused(pairs: int, share: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        select_pairs([], pairs=pairs, uniform_share=share, rng=np.random.default_rng(0))


@given(st.floats(-8, 8), st.floats(0, 6))
def test_information_is_bounded_and_symmetric(difference: float, sd: float) -> None:
    found = information_of(difference, sd)
    assert 0 <= found <= np.log(2)
    assert found == pytest.approx(information_of(-difference, sd), abs=1e-9)


def test_information_matches_a_large_ensemble() -> None:
    heads = np.random.default_rng(0).normal(0.7, 1.5, 200_000)
    assert information_of(0.7, 1.5) == pytest.approx(information_of_heads(heads), abs=2e-3)


def test_information_grows_with_spread_and_falls_with_certainty() -> None:
    by_spread = [information_of(0.5, sd) for sd in (0.0, 0.3, 1.0, 3.0)]
    assert all(a < b for a, b in combinations(by_spread, 2))
    assert information_of(4.0, 1.0) < information_of(0.0, 1.0)


def test_anchored_pairs_hold_one_completion_of_each_policy() -> None:
    rng = np.random.default_rng(0)
    drawn = candidates(5, 4, rng)
    pool = [replace(c, is_anchor=c.completion_id % 100 >= 2) for c in drawn]
    anchors = {c.completion_id for c in pool if c.is_anchor}
    chosen = select_pairs(pool, pairs=100, uniform_share=1.0, rng=rng, plan=Plan("uniform"), anchored=True)
    assert len(chosen) == 5 * 2 * 2
    assert all((c.a in anchors) != (c.b in anchors) for c in chosen)
    assert {c.a in anchors for c in chosen} == {True, False}, "an anchor must not always stand in the same place"
    some = select_pairs(pool, pairs=8, uniform_share=0.25, rng=rng, plan=Plan("uniform"), anchored=True)
    assert {c.inclusion for c in some} == {8 / 20}
