"""Rules that pause tuning: each fires on what it is for, and none on a policy that does not change."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.policy_config import MonitorConfig
from rlhf_backend.stats.monitor_rules import fired_rules, people_disagree
from rlhf_backend.tuning_sections import CheckpointFigures
from rlhf_backend.types import Interval

LIMITS = MonitorConfig()


def interval(value: float, half: float = 0.0) -> Interval:
    return Interval(value=value, low=value - half, high=value + half, n=48)


def figures(step: int = 0, **changes: Any) -> CheckpointFigures:
    seen: dict[str, Any] = {
        "step": step,
        "prompts": 24,
        "reward": interval(0.0),
        "kl": interval(0.0),
        "tokens": interval(40.0),
        "ended_share": 1.0,
        "perplexity": 5.0,
        "reference_perplexity": 5.0,
        "entropy": 1.5,
        "distinct_1": 0.5,
        "distinct_2": 0.8,
        "repetition": 0.0,
        "refusals": interval(0.02, 0.02),
        "outside": interval(0.1),
    }
    return CheckpointFigures.model_validate(seen | changes)


def rules(now: CheckpointFigures, start: CheckpointFigures | None = None, **options: Any) -> list[str]:
    return [fired.rule for fired in fired_rules([start or figures(), now], LIMITS, **options)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"reward": interval(3.0)}, []),
        ({"kl": interval(40.0)}, []),
        ({"kl": interval(40.1)}, ["kl"]),
        ({"tokens": interval(60.0)}, []),
        ({"tokens": interval(60.1)}, ["length"]),
        ({"tokens": interval(61.0), "perplexity": 3.4, "reward": interval(1.0)}, ["length", "collapse"]),
        ({"tokens": interval(61.0), "perplexity": 3.4, "reward": interval(-1.0)}, ["length"]),
        ({"tokens": interval(61.0), "perplexity": 3.6, "reward": interval(1.0)}, ["length"]),
        ({"perplexity": 1.0, "reward": interval(1.0)}, []),
        ({"distinct_2": 0.57}, []),
        ({"distinct_2": 0.55}, ["diversity"]),
        ({"refusals": interval(0.15, 0.09)}, []),
        ({"refusals": interval(0.15, 0.07)}, ["refusals"]),
        ({"outside": interval(0.7, 0.2)}, []),
        ({"outside": interval(0.7, 0.19)}, ["outside"]),
        ({"outside": None}, []),
    ],
)
def test_each_rule_fires_beyond_its_limit_and_not_at_it(changes: dict[str, Any], expected: list[str]) -> None:
    assert rules(figures(5, **changes)) == expected


def test_samples_that_were_unlike_from_the_start_pause_nothing_until_clearly_more_are() -> None:
    start = figures(outside=interval(0.6, 0.14))
    assert rules(figures(5, outside=interval(0.63, 0.14)), start) == []
    assert rules(figures(5, outside=interval(0.73, 0.14)), start) == []
    assert rules(figures(5, outside=interval(0.75, 0.14)), start) == ["outside"]


def test_the_stop_point_of_the_pre_flight_is_a_limit_of_the_kl() -> None:
    assert rules(figures(5, kl=interval(1.1)), stop_sqrt_kl=1.0) == ["stop_point"]
    assert rules(figures(5, kl=interval(0.9)), stop_sqrt_kl=1.0) == []
    assert rules(figures(5, kl=interval(1.1))) == []
    assert rules(figures(5, kl=interval(-0.3)), stop_sqrt_kl=0.1) == []


@given(
    st.builds(
        figures,
        reward=st.floats(-5, 5).map(interval),
        kl=st.floats(-1, 200).map(interval),
        tokens=st.floats(0, 500).map(interval),
        perplexity=st.floats(1, 1e4),
        distinct_2=st.floats(0, 1),
        refusals=st.floats(0, 1).map(interval),
        outside=st.none() | st.floats(0, 1).map(interval),
    ),
    st.integers(1, 6),
    st.floats(0.1, 5),
)
def test_no_rule_fires_on_a_policy_that_does_not_change(start: CheckpointFigures, looks: int, stop: float) -> None:
    series = [start.model_copy(update={"step": step}) for step in range(looks)]
    assert fired_rules(series, LIMITS, stop_sqrt_kl=stop) == []


@given(st.floats(0.5, 3), st.floats(0, 60), st.floats(0.2, 1))
def test_what_fires_names_value_and_limit_on_the_wrong_side(longer: float, kl: float, varied: float) -> None:
    now = figures(5, tokens=interval(40 * longer), kl=interval(kl), distinct_2=0.8 * varied)
    for fired in fired_rules([figures(), now], LIMITS, stop_sqrt_kl=2.0):
        assert fired.value > fired.limit
        assert len(fired.explanation) > 100
        assert any(character.isdigit() for character in fired.explanation)


def test_only_the_newest_look_is_judged_and_against_the_first() -> None:
    bad = figures(5, kl=interval(50.0))
    assert fired_rules([figures(), bad, figures(10)], LIMITS) == []
    assert [rule.rule for rule in fired_rules([figures(), figures(5), bad], LIMITS)] == ["kl"]
    assert fired_rules([], LIMITS) == []
    assert fired_rules([bad], LIMITS) == []


def people(*shares: float | None, half: float = 0.05) -> list[Interval | None]:
    return [None if share is None else interval(share, half) for share in shares]


def rewards(*values: float) -> list[Interval]:
    return [interval(value) for value in values]


def test_people_who_like_it_less_while_its_reward_rises_are_heard() -> None:
    fired = people_disagree(rewards(0, 1, 2, 3), people(None, 0.7, 0.6, 0.5))
    assert fired is not None
    assert (fired.rule, fired.value, fired.limit) == ("people", 0.5, 0.7)
    assert "70 %, 60 %, 50 %" in fired.explanation


@pytest.mark.parametrize(
    ("reward", "share"),
    [
        ((0, 1, 2), (None, 0.7, 0.5)),  # one fall
        ((0, 1, 2, 3), (None, 0.5, 0.6, 0.7)),  # they like it more
        ((0, 1, 2, 1.5), (None, 0.7, 0.6, 0.5)),  # the reward falls too
        ((0, 1, 2, 3), (None, 0.7, 0.5, 0.6)),  # no second fall
        ((0, 1, 2, 3), (None, 0.56, 0.55, 0.54)),  # within the interval
        ((0, 1, 2, 3), (None, 0.7, 0.7, 0.7)),  # constant
    ],
)
def test_less_than_two_falls_against_a_rising_reward_say_nothing(
    reward: tuple[float, ...], share: tuple[float | None, ...]
) -> None:
    assert people_disagree(rewards(*reward), people(*share)) is None


def test_checkpoints_that_nobody_judged_are_passed_over() -> None:
    assert people_disagree(rewards(0, 1, 2, 3, 4), people(None, 0.7, 0.6, None, 0.4)) is not None
