"""What makes a pair worth a verdict, and that a batch is what its propensities say."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.stats.acquisition import Beliefs, expected_agreement
from rlhf_backend.stats.candidates import Candidate, heads_from_bytes, heads_to_bytes
from rlhf_backend.stats.coverage import Coverage, PromptFacts
from rlhf_backend.stats.label_cost import DECIDING, READING, LabelCost, label_cost
from rlhf_backend.stats.ranking_selection import select_rankings
from rlhf_backend.stats.selection import select_pairs
from rlhf_backend.stats.strategies import Plan, Strategy
from rlhf_backend.stats.stratified_draw import draw, inclusions

ALL: tuple[Strategy, ...] = ("disagreement", "composite", "double_thompson", "uniform")


def scored(prompts: int, each: int, rng: np.random.Generator, *, characters: int = 0) -> list[Candidate]:
    found = []
    for p in range(prompts):
        for k in range(each):
            heads = rng.normal(size=4)
            found.append(Candidate(p, p * 100 + k, heads.mean(), heads.std(), tuple(heads), characters))
    return found


@given(
    st.sampled_from(ALL), st.integers(1, 6), st.integers(2, 4), st.integers(1, 30), st.floats(0.2, 1), st.integers(0)
)
def test_every_strategy_leaves_the_uniform_share_alone(
    strategy: Strategy, prompts: int, each: int, pairs: int, share: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    chosen = select_pairs(scored(prompts, each, rng), pairs=pairs, uniform_share=share, rng=rng, plan=Plan(strategy))
    possible = prompts * each * (each - 1) // 2
    assert len({frozenset((c.a, c.b)) for c in chosen}) == len(chosen) == min(pairs, possible)
    uniform = [c for c in chosen if c.strategy == "uniform"]
    assert len(uniform) >= share * len(chosen) - 1e-6
    assert all(c.propensity == pytest.approx(len(uniform) / possible) for c in uniform)
    assert all(c.strategy == strategy and c.propensity == 1 for c in chosen if c not in uniform)
    assert all(0 < c.inclusion <= 1 and c.inclusion >= c.propensity - 1e-9 for c in uniform)


@given(st.integers(1, 60), st.integers(0, 60), st.floats(0, 1))
def test_inclusion_probabilities_sum_to_the_size_of_the_batch(population: int, wanted: int, share: float) -> None:
    wanted = min(wanted, population)
    uniform = round(share * wanted)
    ordered = inclusions(population, wanted, uniform)
    assert ordered.sum() + (population - wanted) * uniform / population == pytest.approx(wanted)
    assert (np.diff(ordered) <= 1e-9).all()


def test_pairs_are_taken_as_often_as_their_inclusion_says() -> None:
    order, rng, rounds = np.array([5, 2, 7, 0, 9, 1]), np.random.default_rng(0), 4000
    taken, said = Counter[int](), {}
    for _ in range(rounds):
        for drawn in draw(order, population=12, wanted=6, uniform=3, rng=rng):
            taken[drawn.index] += 1
            said[drawn.index] = drawn.inclusion
    for index, probability in said.items():
        spread = np.sqrt(rounds * probability * (1 - probability))
        assert abs(taken[index] - rounds * probability) <= 5 * spread + 1e-9


@pytest.mark.parametrize("strategy", ALL)
def test_weighing_by_inclusion_is_unbiased_for_every_strategy(strategy: Strategy) -> None:
    pool = scored(8, 3, np.random.default_rng(0))
    rewards = {c.completion_id: c.reward or 0.0 for c in pool}
    truth = sum(abs(rewards[p * 100 + i] - rewards[p * 100 + j]) for p in range(8) for i in range(3) for j in range(i))
    rng, totals = np.random.default_rng(1), []
    for _ in range(400):
        chosen = select_pairs(pool, pairs=10, uniform_share=0.3, rng=rng, plan=Plan(strategy))
        totals.append(sum(abs(rewards[c.a] - rewards[c.b]) / c.inclusion for c in chosen))
    assert abs(np.mean(totals) - truth) < 4 * np.std(totals) / np.sqrt(len(totals))


@pytest.mark.parametrize("strategy", ALL)
def test_rankings_are_chosen_by_the_same_strategies(strategy: Strategy) -> None:
    rng = np.random.default_rng(2)
    chosen = select_rankings(scored(9, 4, rng), rankings=6, size=4, uniform_share=0.2, rng=rng, plan=Plan(strategy))
    assert len({c.prompt_id for c in chosen}) == len(chosen) == 6
    assert all(len(c.completions) == 4 for c in chosen)
    assert {c.strategy for c in chosen} == {"uniform", strategy}


class TestComposite:
    def alike(self, prompts: int, *, characters: int = 0) -> list[Candidate]:
        """Pairs of equal information."""
        return [
            Candidate(p, p * 10 + k, 0.0, 1.0, (1.0, -1.0) if k else (-1.0, 1.0), characters)
            for p in range(prompts)
            for k in range(2)
        ]

    def first(self, pool: list[Candidate], plan: Plan, pairs: int = 1) -> list[int]:
        chosen = select_pairs(pool, pairs=pairs, uniform_share=0, rng=np.random.default_rng(0), plan=plan)
        return sorted(c.prompt_id for c in chosen)

    def test_prefers_what_has_no_labels_nearby(self) -> None:
        texts = ["bake bread dough oven", "bake bread flour oven", "rent law contract court", "rent law lease court"]
        facts = [PromptFacts(p, text, (), 5 if p == 0 else 0) for p, text in enumerate(texts)]
        assert self.first(self.alike(4), Plan("composite", Coverage(facts)))[0] in (2, 3)

    def test_prefers_a_topic_of_many_to_an_odd_prompt(self) -> None:
        facts = [PromptFacts(p, f"bake bread oven {p}" if p else "zebra") for p in range(6)]
        assert self.first(self.alike(6), Plan("composite", Coverage(facts))) != [0]

    def test_spreads_a_batch_over_topics(self) -> None:
        facts = [PromptFacts(p, f"bake bread oven {p}" if p < 4 else f"rent law court {p}") for p in range(8)]
        chosen = self.first(self.alike(8), Plan("composite", Coverage(facts)), pairs=4)
        assert sum(p < 4 for p in chosen) == 2

    def test_prefers_the_shorter_of_equals(self) -> None:
        pool = self.alike(2)
        long = [Candidate(c.prompt_id, c.completion_id, 0.0, 1.0, c.head_rewards, 900) for c in pool if c.prompt_id]
        assert self.first([c for c in pool if not c.prompt_id] + long, Plan("composite")) == [0]

    def test_prefers_pairs_that_people_will_agree_on(self) -> None:
        beliefs = Beliefs.of_heads(np.array([[3.0, -3.0], [0.3, -0.3], [np.nan, 1.0]]))
        firm, faint, unknown = expected_agreement(beliefs)
        assert firm > 0.85 > 0.6 > faint >= 0.5
        assert np.isnan(unknown)
        assert expected_agreement(beliefs, measured=0.6)[:2].mean() == pytest.approx(0.6)
        assert expected_agreement(beliefs, measured=0.4)[0] == 0.5


def test_double_thompson_sets_heads_against_each_other() -> None:
    # Head 1 finds 1 best, head 2 finds 2 best; nobody likes 0.
    pool = [Candidate(0, 0, -5.0, 0.0, (-5.0, -5.0)), Candidate(0, 1, 0.0, 1.0, (1.0, 0.0))]
    pool.append(Candidate(0, 2, 0.0, 1.0, (0.0, 1.0)))
    for seed in range(20):
        (chosen,) = select_pairs(
            pool, pairs=1, uniform_share=0, rng=np.random.default_rng(seed), plan=Plan("double_thompson")
        )
        assert {chosen.a, chosen.b} == {1, 2}


class TestCoverage:
    def test_neighbors_share_words_or_tags(self) -> None:
        facts = [
            PromptFacts(1, "How do I bake bread?", ("cooking",), 2),
            PromptFacts(2, "Which knife?", ("cooking",)),
            PromptFacts(3, "Tell me of zebras", ("animals",)),
            PromptFacts(4, "", ()),
        ]
        coverage = Coverage(facts)
        assert coverage.density.round(2).tolist() == [1.5, 1.5, 1, 1]
        assert coverage.labeled.round(2).tolist() == [2, 1, 0, 0]
        assert coverage.deficits().round(2).tolist() == [0.5, 0.75, 1, 1]
        assert coverage.verdicts_near(np.array([1, 1, 3])).round(2).tolist() == [1, 2, 0, 1]

    def test_prompts_outside_of_the_pool_count_by_their_verdicts_only(self) -> None:
        coverage = Coverage(
            [PromptFacts(1, "bread"), PromptFacts(2, "bread", (), 3, in_pool=False), PromptFacts(3, "x y")]
        )
        assert coverage.density[0] == 1
        assert coverage.labeled[0] == pytest.approx(3)

    def test_scripts_without_spaces_have_neighbors_too(self) -> None:
        coverage = Coverage([PromptFacts(1, "パンを焼く"), PromptFacts(2, "パンを切る"), PromptFacts(3, "雨は濡れる")])
        assert coverage.density[0] > 1.3
        assert coverage.density[2] < coverage.density[0]


class TestLabelCost:
    def test_times_are_learned(self) -> None:
        rng = np.random.default_rng(0)
        read = rng.uniform(100, 2000, size=2000)
        cost = label_cost(read, 6 + read / 15 + rng.exponential(2.0, size=read.size))
        assert cost.seconds(1000) == pytest.approx(8 + 1000 / 15, rel=0.1)

    def test_without_times_reading_speed_decides(self) -> None:
        assert label_cost([], []) == LabelCost()
        assert label_cost([500.0], [0.0]).seconds(240) == pytest.approx(DECIDING + 240 / READING)

    def test_an_hour_s_break_changes_little(self) -> None:
        read, took = np.full(40, 500.0), np.full(40, 20.0)
        calm = label_cost(read, took).seconds(500)
        assert label_cost(np.append(read, 500.0), np.append(took, 3600.0)).seconds(500) == pytest.approx(calm, rel=0.05)

    def test_lengths_without_times_are_refused(self) -> None:
        with pytest.raises(ValueError, match="as many"):
            label_cost([1.0], [])


def test_head_rewards_survive_their_storage() -> None:
    rewards = [0.123, -4.5, 70_000.0]
    assert heads_from_bytes(heads_to_bytes(rewards)) == pytest.approx((0.123, -4.5, 65504.0), rel=1e-3)
    assert heads_from_bytes(b"") == ()


def test_an_order_too_short_for_its_places_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot fill"):
        draw(np.array([1]), population=9, wanted=4, uniform=1, rng=np.random.default_rng(0))
