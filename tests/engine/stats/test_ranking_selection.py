"""Which completions are ranked next."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.stats.ranking_selection import select_rankings
from rlhf_backend.stats.selection import Candidate
from tests.engine.stats.drawn_candidates import candidates


@given(
    st.integers(0, 6), st.integers(1, 9), st.integers(0, 12), st.integers(3, 6), st.floats(0, 1), st.booleans(),
    st.integers(0, 2**31),
)  # fmt: skip
def test_sets_are_disjoint_of_one_prompt_and_as_many_as_possible(
    prompts: int, each: int, wanted: int, size: int, share: float, scored: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    pool = candidates(prompts, each, rng, scored=scored)
    chosen = select_rankings(pool, rankings=wanted, size=size, uniform_share=share, rng=rng)
    possible = prompts * (each // size + (each % size > 1))
    assert len(chosen) == min(wanted, possible)
    used = [pk for ranking in chosen for pk in ranking.completions]
    assert len(set(used)) == len(used)
    assert all(2 <= len(r.completions) <= size and 0 < r.propensity <= 1 for r in chosen)
    assert all(pk // 100 == r.prompt_id for r in chosen for pk in r.completions)
    uniform = [r for r in chosen if r.strategy == "uniform"]
    assert len(uniform) >= share * len(chosen) - 1e-6
    assert {r.propensity for r in uniform} <= {len(uniform) / max(possible, 1)}


def test_disagreement_takes_the_set_whose_pairs_tell_most() -> None:
    certain = [Candidate(1, 10 + k, 5.0 * k, 0.01) for k in range(3)]
    open_ = [Candidate(2, 20 + k, 0.0, 2.0) for k in range(3)]
    (chosen,) = select_rankings([*certain, *open_], rankings=1, size=3, uniform_share=0, rng=np.random.default_rng(0))
    assert (chosen.prompt_id, chosen.strategy, chosen.propensity) == (2, "disagreement", 1.0)
    assert chosen.score > 0.1


def test_stored_order_and_membership_are_random() -> None:
    pool = candidates(1, 4, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    firsts: Counter[int] = Counter()
    left_out: Counter[int] = Counter()
    for _ in range(2000):
        (chosen,) = select_rankings(pool, rankings=1, size=3, uniform_share=1, rng=rng)
        firsts[chosen.completions[0]] += 1
        left_out[({0, 1, 2, 3} - set(chosen.completions)).pop()] += 1
    for counts in (firsts, left_out):
        assert all(abs(counts[pk] - 500) < 5 * np.sqrt(500 * 0.75) for pk in range(4))


@pytest.mark.parametrize(("rankings", "size", "share"), [(-1, 3, 0.5), (1, 1, 0.5), (1, 3, 1.5)])
def test_impossible_wishes_are_refused(rankings: int, size: int, share: float) -> None:
    with pytest.raises(ValueError, match="expected"):
        select_rankings([], rankings=rankings, size=size, uniform_share=share, rng=np.random.default_rng(0))
