"""Rewards under principles: what single verdicts become, and what is learned from them."""

from dataclasses import replace

import numpy as np

from rlhf_backend.config import Principle
from rlhf_backend.stats.principle_regression import (
    PASSES,
    choose_principle_precision,
    draw_examples,
    fit_principles,
    fit_principles_ensemble,
)
from rlhf_backend.stats.principle_weights import spread_in_force, weights_in_force
from tests.effects.principles_toy import draw_toy


def principle(key: str, **changes: object) -> Principle:
    return Principle.model_validate({"key": key, "name": key, "positive": "do", "negative": "do not"} | changes)


def test_the_most_decided_of_the_shown_principles_decides_in_its_own_unit() -> None:
    """The second principle's verdicts are larger throughout, which says nothing: each counts in its own spread."""
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(4000, 2)) * [1.0, 50.0]
    examples = draw_examples(scores, seed=1)
    unit = scores / np.sqrt(np.square(scores).mean(0))
    signed = examples.shown * unit[examples.pairs]
    decisive = signed[np.arange(len(signed)), np.abs(signed).argmax(1)]
    agree = (decisive > 0) == (examples.targets == 1)
    assert 0.88 < agree.mean() < 0.92  # one of ten is flipped
    both = (examples.shown != 0).all(1)
    assert 0.4 < (np.abs(signed[both]).argmax(1) == 0).mean() < 0.6
    assert abs((examples.shown[:, 0] == 1).sum() - (examples.shown[:, 0] == -1).sum()) < 400


def test_principles_without_a_verdict_are_not_shown_and_even_ones_decide_nothing() -> None:
    scores = np.array([[1.0, np.nan], [np.nan, -2.0], [0.0, np.nan], [np.nan, np.nan]])
    examples = draw_examples(scores, seed=0)
    assert set(examples.pairs.tolist()) == {0, 1}
    assert (examples.shown[examples.pairs == 0, 1] == 0).all()
    assert (examples.shown[examples.pairs == 1, 0] == 0).all()
    assert np.isclose(examples.weights.sum(), 2.0)
    assert len(examples.pairs) == 2 * PASSES


def test_equal_verdicts_take_turns_to_decide() -> None:
    """Yes-or-no verdicts have one size: were it always the first that decides, the others would not be learned."""
    scores = np.tile([1.0, -1.0], (2000, 1))
    examples = draw_examples(scores, seed=3)
    both = (examples.shown == 1).all(1)
    assert 0.4 < examples.targets[both].mean() < 0.6


def test_an_instructed_reward_obeys_both_signs_where_a_blind_one_guesses() -> None:
    """1,500 pairs; over twelve other seeds the worst of six principles reached .85 to .92, blind rewards .47 to .52."""
    train, test = draw_toy(1500, seed=20, flips=0.1), draw_toy(1500, seed=21, flips=0.0)
    weights = fit_principles(train.differences, train.examples, precision=0.1)
    told = test.attributes[:, 0] - test.attributes[:, 1]
    rewards = test.differences @ weights.T
    assert (((rewards > 0) == (told > 0)).mean(0) > 0.8).all()
    unread = replace(train.examples, shown=np.ones((1500, 1)))
    blind = test.differences @ fit_principles(train.differences, unread, precision=0.1)[0]
    assert 0.43 < ((blind > 0) == (test.examples.targets == 1)).mean() < 0.57


def test_the_ensemble_has_the_mode_as_its_mean_and_spreads_where_there_is_no_evidence() -> None:
    toy = draw_toy(400, seed=5, flips=0.1)
    few = toy.examples.of_pairs(np.arange(400) < 60)
    wide = fit_principles_ensemble(toy.differences, few, precision=0.1, heads=6, seed=0)
    narrow = fit_principles_ensemble(toy.differences, toy.examples, precision=0.1, heads=6, seed=0)
    assert np.allclose(wide.mean(1), fit_principles(toy.differences, few, precision=0.1), atol=1e-3)
    assert narrow.std(1).mean() < 0.8 * wide.std(1).mean()
    assert wide.shape == (6, 6, 12)


def test_noise_asks_for_a_strong_prior_and_much_evidence_for_a_weak_one() -> None:
    toy, folds = draw_toy(600, seed=7, flips=0.0), np.arange(600) % 5
    noise = draw_toy(600, seed=7, flips=0.5)
    assert choose_principle_precision(noise.differences, noise.examples, folds) == 10.0
    assert choose_principle_precision(toy.differences, toy.examples, folds) <= 1.0


def test_a_principle_counts_within_its_scope_only_and_unknown_keys_not_at_all() -> None:
    listed = [principle("short", weight=-2.0), principle("warm", weight=1.5, tags=["support"]), principle("gone")]
    assert weights_in_force(listed, ["short", "warm"], []).tolist() == [-2.0, 0.0]
    assert weights_in_force(listed, ["short", "warm"], ["support", "de"]).tolist() == [-2.0, 1.5]
    assert weights_in_force([], ["short"], ["support"]).tolist() == [0.0]


def test_the_spread_in_force_is_that_of_the_sum() -> None:
    rng = np.random.default_rng(2)
    rewards = rng.normal(size=(5000, 3)) @ rng.normal(size=(3, 3))
    weights = np.array([[1.0, -2.0], [0.0, 0.0]])
    expected = [(rewards[:, 0] + rewards[:, 1:] @ row).std(ddof=1) for row in weights]
    assert np.allclose(spread_in_force(weights, np.cov(rewards.T)), expected)
