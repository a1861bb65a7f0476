"""What a reward model and a policy must show before a round goes on: pure functions of reports and limits."""

from annotate.models.project_settings import GatePolicy
from annotate.selectors.rounds import GateCheck, GateOut
from rlhf_backend.stats.intervals import wilson_interval
from rlhf_backend.types import EvaluationReport, Interval, RewardModelReport


def reward_gate(*, report: RewardModelReport, limits: GatePolicy, card_missing: int) -> GateOut:
    """Does the reward model rank held-out preferences better than the limit, with the confidence asked for?

    `card_missing` counts the mandatory fields of its card that are empty: none may be.
    """
    low = lower_bound(report.accuracy, confidence=limits.confidence)
    percent = f"{limits.confidence:.0%}"
    return _gate(
        _above(
            "accuracy",
            f"Held-out accuracy, one-sided lower {percent} bound ({report.accuracy.value:.1%} of {report.accuracy.n})",
            low,
            limits.reward_accuracy_above,
        ),
        _below("card", "Mandatory fields of its card that are empty", card_missing, 1),
    )


def policy_gate(*, report: EvaluationReport, limits: GatePolicy) -> GateOut:
    """Does the candidate win on panel prompts without leaving the language, growing long or failing to end?"""
    before, after = report.before, report.after
    percent = f"{limits.confidence:.0%}"
    found = f"{report.win_rate.value:.1%} of {report.win_rate.n}"
    win_rate = f"Win rate on panel prompts, one-sided lower {percent} bound ({found})"
    return _gate(
        _above("win_rate", win_rate, lower_bound(report.win_rate, confidence=limits.confidence), limits.win_rate_above),
        _below("kl", "KL to the reference policy, nats per completion", after.kl.value, limits.kl_below),
        _below(
            "length_ratio",
            "Mean length against the predecessor",
            after.tokens.value / max(before.tokens.value, 1.0),
            limits.length_ratio_below,
        ),
        _below(
            "ended_share_drop",
            "Fall of the share of completions that end by themselves",
            before.ended_share - after.ended_share,
            limits.ended_share_drop_below,
        ),
    )


def lower_bound(share: Interval, *, confidence: float) -> float:
    """The one-sided lower confidence bound of a share: the lower end of the two-sided interval at 2c − 1 (Wilson)."""
    return wilson_interval(share.value * share.n, share.n, confidence=2 * confidence - 1).low


def _gate(*checks: GateCheck) -> GateOut:
    return GateOut(passed=all(check.passed for check in checks), checks=list(checks))


def _above(name: str, label: str, value: float, limit: float) -> GateCheck:
    """A limit of 0 asks for nothing: a share of 0 passes it too."""
    passed = value > limit or limit == 0
    return GateCheck(name=name, label=label, value=value, limit=limit, comparison=">", passed=passed)


def _below(name: str, label: str, value: float, limit: float) -> GateCheck:
    return GateCheck(name=name, label=label, value=value, limit=limit, comparison="<", passed=value < limit)
