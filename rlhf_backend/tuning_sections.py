"""What is seen of a policy while it is tuned: looks of the monitor, rules that fired, the pre-flight. No torch here."""

from pydantic import Field

from rlhf_backend.row import Interval, Row


class FiredRule(Row):
    """A rule of the monitor that found what it looks for."""

    rule: str = Field(description="Its key: kl, collapse, length, diversity, refusals, outside, stop_point, people.")
    explanation: str = Field(description="What was seen, why it matters, what to do.")
    value: float
    limit: float


class CheckpointFigures(Row):
    """The policy after `step` optimiser steps, on panel prompts. Step 0 is the policy before tuning."""

    step: int
    prompts: int
    reward: Interval = Field(description="By the reward model that is optimised against: a claim.")
    claimed_win_rate: Interval | None = Field(
        None, description="Share of prompts on which the reward model prefers it to step 0; null at step 0."
    )
    kl: Interval = Field(description="KL to the reference policy, nats per completion.")
    tokens: Interval
    ended_share: float
    perplexity: float = Field(description="exp of the mean −log π per token of its own samples.")
    reference_perplexity: float = Field(description="The same samples under the reference policy.")
    entropy: float = Field(description="Mean entropy of its next-token distributions, nats.")
    distinct_1: float
    distinct_2: float
    repetition: float = Field(description="Share of samples in which a 4-gram of words occurs more than once.")
    refusals: Interval = Field(description="Share of samples that decline to answer, by their wording.")
    unsafe: Interval | None = Field(
        None, description="Share of samples that the safety aspect of the reward model finds unsafe; null without one."
    )
    outside: Interval | None = Field(
        None, description="Share of samples unlike what the reward model learned from; null where it cannot tell."
    )
    fired: list[FiredRule] = Field(default_factory=list)
    kept: bool = Field(False, description="Whether `policies/step-…` holds its weights.")


class PreflightPoint(Row):
    """What tilting the reference by exp(reward/β) would give on panel prompts, by importance weights."""

    beta: float
    sqrt_kl: float
    claimed: float = Field(description="Mean reward by the reward model, in its own units.")
    predicted: Interval | None = Field(None, description="Mean score by people's verdicts; null without enough.")
    effective_samples: float = Field(description="1/Σw² over a prompt's samples, mean over prompts.")


class Preflight(Row):
    """Where more optimisation is expected to stop helping, before any of it is done."""

    prompts: int
    samples: int = Field(description="Reference completions for each prompt.")
    verdicts: int = Field(description="People's verdicts on panel prompts that `predicted` rests on.")
    points: list[PreflightPoint]
    suggested_beta: float | None = Field(None, description="The β of the largest prediction that samples support.")
    stop_sqrt_kl: float | None = Field(None, description="√KL there: beyond it the true reward is expected to fall.")
    used_kl_coef: float | None = Field(None, description="What tuning then took, suggested or set by hand.")
    note: str = Field("", description="Why there is no suggestion, or how far to trust it.")
