"""Simulated annotators err as often, and in the ways, that their settings say."""

import math
from dataclasses import replace

import numpy as np
import pytest

from rlhf_backend.simulation.annotators import PLAIN, PRESETS, Annotator, Aspect
from rlhf_backend.simulation.gold import TASTES, gold_reward
from rlhf_backend.starter.grammar import corpus


def _rng() -> np.random.Generator:
    return np.random.default_rng(61)


def _share_of_a(
    annotator: Annotator, *, gold_a: float, gold_b: float, a_is_left: bool = True, aspect: Aspect = PLAIN
) -> float:
    rng, pair = _rng(), {"gold_a": gold_a, "gold_b": gold_b}
    verdicts = [annotator.judge(rng, **pair, a_is_left=a_is_left, aspect=aspect) for _ in range(4000)]
    return sum(verdict.choice == "a" for verdict in verdicts) / len(verdicts)


@pytest.mark.parametrize("difference", [-2.0, -0.5, 0.5, 1.5])
def test_verdicts_follow_bradley_terry(difference: float) -> None:
    expected = 1 / (1 + math.exp(-difference))
    assert _share_of_a(Annotator(beta=1.0), gold_a=difference, gold_b=0.0) == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("name", TASTES)
def test_about_a_quarter_of_default_verdicts_differ_from_the_gold_order(name: str) -> None:
    rng, annotator = _rng(), PRESETS["bt"][0]
    gold = [gold_reward(TASTES[name], s.messages, s.reply) for s in corpus(seed=62, size=1500)]
    decided, wrong = 0, 0
    for gold_a, gold_b in zip(gold[::2], gold[1::2], strict=True):
        verdict = annotator.judge(rng, gold_a=gold_a, gold_b=gold_b)
        if verdict.choice in ("a", "b"):
            decided += 1
            wrong += verdict.choice != ("a" if gold_a > gold_b else "b")
    assert 0.19 <= wrong / decided <= 0.31


def test_the_ideal_annotator_never_errs_and_the_coin_knows_nothing() -> None:
    assert _share_of_a(PRESETS["ideal"][0], gold_a=0.2, gold_b=0.1) == 1.0
    assert _share_of_a(PRESETS["coin"][0], gold_a=3.0, gold_b=-3.0) == pytest.approx(0.5, abs=0.03)


def test_close_calls_are_ties_and_two_bad_ones_are_called_bad() -> None:
    annotator = Annotator(tie_threshold=0.3, bad_below=-2.0)
    assert annotator.judge(_rng(), gold_a=0.1, gold_b=0.0).choice == "tie"
    assert annotator.judge(_rng(), gold_a=-2.5, gold_b=-3.0).choice == "both_bad"


def test_position_bias_and_laziness_follow_the_left_side() -> None:
    biased, lazy = Annotator(position_bias=1.0), Annotator(lazy=1.0)
    assert _share_of_a(biased, gold_a=0.0, gold_b=0.0) == pytest.approx(1 / (1 + math.exp(-1)), abs=0.03)
    assert _share_of_a(biased, gold_a=0.0, gold_b=0.0, a_is_left=False) == pytest.approx(
        1 / (1 + math.exp(1)), abs=0.03
    )
    assert _share_of_a(lazy, gold_a=-9.0, gold_b=9.0) == 1.0
    assert _share_of_a(lazy, gold_a=9.0, gold_b=-9.0, a_is_left=False) == 0.0


def test_a_flip_turns_that_share_of_verdicts_round() -> None:
    annotator = Annotator(beta=math.inf, flip=0.25)
    assert _share_of_a(annotator, gold_a=1.0, gold_b=0.0) == pytest.approx(0.75, abs=0.03)


def test_a_wide_gap_is_judged_much_better_and_a_narrow_one_slightly() -> None:
    annotator = PRESETS["ideal"][0]
    strengths = [annotator.judge(_rng(), gold_a=gap, gold_b=0.0).strength for gap in (0.5, 1.5, 3.0)]
    assert strengths == [1, 2, 3]


def test_the_same_generator_gives_the_same_verdicts() -> None:
    first, second = _rng(), _rng()
    annotator = PRESETS["crowd"][5]
    for _ in range(50):
        assert annotator.judge(first, gold_a=0.3, gold_b=0.0) == annotator.judge(second, gold_a=0.3, gold_b=0.0)


def test_most_of_the_poisoned_crowd_is_honest() -> None:
    assert sum(annotator.flip > 0.5 for annotator in PRESETS["poison"]) == 1
    assert len(PRESETS["poison"]) == 4


def test_the_two_groups_of_the_split_crowd_want_the_opposite_of_an_attribute() -> None:
    liking, disliking = PRESETS["split"][0], PRESETS["split"][-1]
    aspect = Aspect(attribute=1.0)
    one, other = (_share_of_a(who, gold_a=0.0, gold_b=0.0, aspect=aspect) for who in (liking, disliking))
    assert one == pytest.approx(1 / (1 + math.exp(-1)), abs=0.03)
    assert other == pytest.approx(1 - one, abs=0.03)


def test_a_side_gains_within_a_session_of_the_drifting_crowd() -> None:
    drifting = replace(PRESETS["drift"][2], tie_threshold=0.0)
    early, late = (_share_of_a(drifting, gold_a=0.0, gold_b=0.0, aspect=Aspect(judged=j)) for j in (0, 1000))
    assert early == pytest.approx(0.5, abs=0.03)
    assert late == pytest.approx(1 / (1 + math.exp(-1.2 * 2)), abs=0.03)


def test_a_liking_for_length_counts_as_much_as_it_says() -> None:
    share = _share_of_a(Annotator(length_bias=0.5), gold_a=0.0, gold_b=0.0, aspect=Aspect(length=2.0))
    assert share == pytest.approx(1 / (1 + math.exp(-1)), abs=0.03)


def test_every_judge_of_the_alpacafarm_crowd_flips_a_quarter() -> None:
    assert len(PRESETS["alpacafarm"]) == 13
    for judge in PRESETS["alpacafarm"]:
        assert _share_of_a(judge, gold_a=9.0, gold_b=0.0) == pytest.approx(0.75, abs=0.03)
