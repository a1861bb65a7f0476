"""Best of n by reward, judged by people."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.stats.best_of_n import (
    JudgedPrompt,
    best_of_n_curve,
    best_of_n_kl,
    best_of_n_win_rate,
    choice_probabilities,
)


def test_the_better_of_two_wins_as_often_as_people_say() -> None:
    prompt = JudgedPrompt(np.array([0.3, 1.2]), np.array([[0.0, 1.0], [3.0, 0.0]]))
    assert best_of_n_win_rate(prompt, 2) == pytest.approx(0.75)


def test_three_completions_by_hand() -> None:
    """c > b > a by reward; people: b beats a, c beats b, a beats c. Best of 3 is c: it wins one of its two pairs."""
    wins = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    prompt = JudgedPrompt(np.array([0.0, 1.0, 2.0]), wins)
    assert best_of_n_win_rate(prompt, 3) == pytest.approx(0.5)
    prompt = JudgedPrompt(np.array([0.0, 1.0, 2.0]), np.array([[0, 0, 0], [1.0, 0, 0], [1.0, 1.0, 0]]))
    # Of the three subsets of two, c is the best of two (wins all) and b of one (wins half of its pairs).
    assert best_of_n_win_rate(prompt, 2) == pytest.approx(2 / 3 * 1 + 1 / 3 * 0.5)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=7), st.integers(1, 7))
def test_choices_are_those_of_every_subset(rewards: list[int], n: int) -> None:
    if n > len(rewards):
        with pytest.raises(ValueError, match="needs"):
            choice_probabilities(np.array(rewards, dtype=float), n)
        return
    counted = np.zeros(len(rewards))
    subsets = list(combinations(range(len(rewards)), n))
    for subset in subsets:
        best = [i for i in subset if rewards[i] == max(rewards[j] for j in subset)]
        # Equal rewards share the choice within the whole level, which is what a random tie break gives on average.
        counted[best] += 1 / len(best) / len(subsets)
    np.testing.assert_allclose(choice_probabilities(np.array(rewards, dtype=float), n), counted, atol=1e-12)


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_no_choice_is_chance_whichever_pairs_were_compared(seed: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    wins = np.triu(rng.integers(0, 3, size=(m, m)), 1).astype(float)
    wins[0, 1:] += 1.0
    wins += np.tril(rng.integers(0, 2, size=(m, m)), -1)
    assert best_of_n_win_rate(JudgedPrompt(rng.normal(size=m), wins), 1) == pytest.approx(0.5)


def test_a_curve_begins_at_chance_and_ends_where_prompts_run_out() -> None:
    rng = np.random.default_rng(0)
    prompts = []
    for i in range(60):
        quality = rng.normal(size=4 if i < 30 else 2)
        wins = (quality[:, None] > quality[None]).astype(float)
        prompts.append(JudgedPrompt(quality, wins))
    curve = best_of_n_curve(prompts)
    assert [(point.n, point.prompts) for point in curve] == [(1, 60), (2, 60), (3, 30), (4, 30)]
    assert curve[0].win_rate.value == 0.5
    assert curve[-1].win_rate.value == 1.0
    assert curve[1].kl == pytest.approx(np.log(2) - 0.5) == best_of_n_kl(2)
    assert best_of_n_curve(prompts[:19]) == []


def test_a_reward_at_random_stays_at_chance() -> None:
    rng = np.random.default_rng(1)
    prompts = []
    for _ in range(400):
        quality = rng.normal(size=4)
        prompts.append(JudgedPrompt(rng.normal(size=4), (quality[:, None] > quality[None]).astype(float)))
    for point in best_of_n_curve(prompts)[1:]:
        assert point.win_rate.low < 0.5 < point.win_rate.high
