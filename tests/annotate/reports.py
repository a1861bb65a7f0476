"""Reports as the engine writes them, with figures that pass the default gates unless told otherwise."""

from typing import Any

from rlhf_backend.tuning_sections import CheckpointFigures, FiredRule
from rlhf_backend.types import (
    EvaluationReport,
    Interval,
    PolicyReport,
    PolicyStats,
    RewardModelReport,
    SamplePair,
    SamplingReport,
)


def interval(value: float, *, n: int = 100, spread: float = 0.05) -> Interval:
    return Interval(value=value, low=value - spread, high=value + spread, n=n)


def reward_model_report(*, accuracy: float = 0.75, n: int = 100) -> RewardModelReport:
    return RewardModelReport(
        accuracy=interval(accuracy, n=n),
        method="5-fold by prompt",
        log_loss=0.6,
        calibration_error=0.03,
        calibration=[],
        baseline_longer=interval(0.55, n=n),
        baseline_always_a=interval(0.5, n=n),
        preferences=n,
        ties=0,
    )


def policy_report() -> PolicyReport:
    return PolicyReport(method="rloo", steps=3, reward_first=0.1, reward_last=0.9, kl=4.0)


def checkpoint_figures(*, step: int, fired: tuple[str, ...] = ()) -> dict[str, Any]:
    """Figures as a row keeps them; the rules `fired` found what they look for."""
    figures = CheckpointFigures(
        step=step,
        prompts=3,
        reward=interval(0.1 * step),
        claimed_win_rate=interval(0.6) if step else None,
        kl=interval(0.5 * step),
        tokens=interval(20.0),
        ended_share=1.0,
        perplexity=6.0,
        reference_perplexity=7.0,
        entropy=1.5,
        distinct_1=0.4,
        distinct_2=0.8,
        repetition=0.0,
        refusals=interval(0.0, spread=0.0),
        fired=[fired_rule(rule) for rule in fired],
        kept=step > 0,
    )
    return figures.model_dump(mode="json")


def fired_rule(rule: str) -> FiredRule:
    return FiredRule(rule=rule, explanation=f"The limit of {rule} was passed.", value=2.0, limit=1.0)


def sampling_report(*, prompts: int, completions: int) -> SamplingReport:
    return SamplingReport(prompts=prompts, completions=completions, tokens_mean=5.0, ended_share=1.0, reward_mean=0.5)


def policy_stats(*, tokens: float = 20.0, kl: float = 4.0, ended: float = 0.95) -> PolicyStats:
    return PolicyStats(
        reward=interval(0.5),
        kl=interval(kl),
        tokens=interval(tokens),
        ended_share=ended,
        distinct_2=0.8,
        repetition=0.05,
        reference_nll=1.5,
    )


def evaluation_report(
    *,
    prompt_ids: list[int],
    win_rate: float = 0.8,
    n: int = 60,
    after: PolicyStats | None = None,
    before: PolicyStats | None = None,
) -> EvaluationReport:
    return EvaluationReport(
        win_rate=interval(win_rate, n=n),
        before=before or policy_stats(),
        after=after or policy_stats(tokens=24.0),
        samples=[
            SamplePair(prompt_id=pk, before=f"Old to {pk}.", after=f"New to {pk}.", reward_before=0.1, reward_after=0.9)
            for pk in prompt_ids
        ],
    )
