"""Gates by hand: each check passes just inside its limit and fails just outside."""

import pytest

from annotate.models.project_settings import GatePolicy
from annotate.services.gates import lower_bound, policy_gate, reward_gate
from tests.annotate.reports import evaluation_report, interval, policy_stats, reward_model_report

LIMITS = GatePolicy()


def test_the_lower_bound_is_wilsons_one_sided_one() -> None:
    # 60 of 100 at 95 % one-sided, z = 1.644854: (.6 + z²/200 − z √(.24/100 + z²/40000)) / (1 + z²/100)
    assert lower_bound(interval(0.6, n=100), confidence=0.95) == pytest.approx(0.517810, abs=1e-6)
    assert lower_bound(interval(0.6, n=0), confidence=0.95) == 0


@pytest.mark.parametrize(("accuracy", "n", "passed"), [(0.6, 100, True), (0.57, 100, False), (0.6, 40, False)])
def test_the_reward_gate_asks_for_more_than_luck(accuracy: float, n: int, passed: bool) -> None:
    gate = reward_gate(report=reward_model_report(accuracy=accuracy, n=n), limits=LIMITS, card_missing=0)
    assert gate.passed is passed
    assert gate.checks[0].comparison == ">"
    assert f"of {n}" in gate.checks[0].label


@pytest.mark.parametrize(
    ("after", "failing"),
    [
        (policy_stats(), None),
        (policy_stats(kl=24.9), None),
        (policy_stats(kl=25.1), "kl"),
        (policy_stats(tokens=39.9), None),
        (policy_stats(tokens=40.1), "length_ratio"),
        (policy_stats(ended=0.86), None),
        (policy_stats(ended=0.84), "ended_share_drop"),
    ],
)
def test_the_policy_gate_names_the_check_that_failed(after: object, failing: str | None) -> None:
    gate = policy_gate(report=evaluation_report(prompt_ids=[], after=after), limits=LIMITS)  # type: ignore[arg-type]
    assert [check.name for check in gate.checks if not check.passed] == ([failing] if failing else [])
    assert gate.passed is (failing is None)


def test_a_win_rate_within_chance_does_not_pass() -> None:
    gate = policy_gate(report=evaluation_report(prompt_ids=[], win_rate=0.58, n=60), limits=LIMITS)
    assert [check.name for check in gate.checks if not check.passed] == ["win_rate"]


def test_a_limit_of_nothing_asks_for_nothing() -> None:
    limits = GatePolicy(win_rate_above=0)
    assert policy_gate(report=evaluation_report(prompt_ids=[], win_rate=0.0, n=2), limits=limits).passed
