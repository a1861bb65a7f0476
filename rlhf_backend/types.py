"""Rows of the files in a run directory: `inputs/*.jsonl`, `events.jsonl`, `result.json`. No torch here."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from rlhf_backend.errors import FailureCode


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(Row):
    role: Literal["system", "user", "assistant"]
    content: str


class PromptRow(Row):
    """One prompt: a conversation that ends where the completion begins."""

    id: int
    messages: list[Message]


class ComparisonRow(Row):
    """One verdict on two completions of a prompt, in stored order a, b."""

    id: int
    prompt: list[Message]
    completion_a: str
    completion_b: str
    verdict: Literal["a", "b", "tie", "both_bad", "both_good"]
    strength: Literal[1, 2, 3, 4] = 1
    weight: float = Field(1.0, ge=0)
    annotator: int | None = None


class CompletionRow(Row):
    """One sampled completion, with the reward model's opinion when there is one."""

    prompt_id: int
    index: int = Field(description="0 … samples_per_prompt − 1")
    text: str
    tokens: int
    ended: bool = Field(description="True when the policy closed the completion itself.")
    logprob: float = Field(description="Sum of log π of the completion's tokens, nats.")
    seed: int
    reward: float | None = Field(None, description="Ensemble mean, in units of the reference policy's spread.")
    reward_sd: float | None = Field(None, description="Standard deviation over the ensemble's heads.")


class PreferenceEffectRow(Row):
    """What a reward model made of one preference it was given.

    `before`, `after` and `held_out` are P(the completion it chose is better), given that one is; of a tie
    1 − |2 P(a) − 1|: 1 where the two look even. Of a preference written as several rows, the mean by their weights.
    """

    preference_id: int
    before: float | None = Field(None, description="By the reward model before it; null without one.")
    after: float = Field(description="By this reward model.")
    held_out: float | None = Field(None, description="By a fit that saw nothing of the preference's prompt.")
    pull: float = Field(description="How far the preference itself moved its reward difference towards what it says.")


class Interval(Row):
    """An estimate with its confidence interval and sample size."""

    value: float
    low: float
    high: float
    n: int


class CalibrationBin(Row):
    predicted: float
    observed: float
    n: int


class RewardModelReport(Row):
    """How far the reward model can be trusted, measured on preferences it was not trained on."""

    accuracy: Interval = Field(description="Held-out share of decided preferences ranked as the annotator did.")
    method: str = Field(description="How the held-out preferences were chosen.")
    log_loss: float
    calibration_error: float
    calibration: list[CalibrationBin]
    baseline_longer: Interval = Field(description="Accuracy of 'the longer completion wins' on the same preferences.")
    baseline_always_a: Interval = Field(description="Accuracy of 'a always wins' on the same preferences.")
    preferences: int
    ties: int
    excluded: dict[str, int] = Field(default_factory=dict, description="Reason → preferences left out.")
    prior_precision: float | None = None


class PolicyReport(Row):
    """What tuning did, by its own numbers."""

    method: str
    steps: int
    reward_first: float | None = None
    reward_last: float | None = None
    kl: float = Field(description="Mean KL to the reference over the last steps, nats per completion.")
    tokens_mean: float | None = None
    samples_per_second: float | None = None


class SamplingReport(Row):
    prompts: int
    completions: int
    tokens_mean: float
    ended_share: float
    reward_mean: float | None = None


class PolicyStats(Row):
    """One policy's samples on the panel prompts."""

    reward: Interval
    kl: Interval = Field(description="KL to the reference policy, nats per completion.")
    tokens: Interval
    ended_share: float = Field(description="Share of samples that the policy closed itself.")
    distinct_2: float = Field(description="Distinct bigrams over all bigrams.")
    repetition: float = Field(description="Share of samples in which a 4-gram of words occurs more than once.")
    reference_nll: float = Field(description="Mean −log π_ref per token: rises when text leaves the language.")


class SamplePair(Row):
    """The same prompt before and after tuning."""

    prompt_id: int
    before: str
    after: str
    reward_before: float
    reward_after: float


class EvaluationReport(Row):
    """Candidate against predecessor on prompts that are never trained on."""

    win_rate: Interval = Field(description="Share of panel prompts on which the candidate's samples score higher.")
    before: PolicyStats
    after: PolicyStats
    samples: list[SamplePair]


class Failure(Row):
    code: FailureCode
    message: str


Report = RewardModelReport | PolicyReport | SamplingReport | EvaluationReport


class RunResult(Row):
    """`result.json`: written last, atomically; its absence means the engine did not finish."""

    status: Literal["done", "failed", "cancelled"]
    report: Report | None = None
    failure: Failure | None = None
    seconds: float
    peak_rss_mb: float
    libraries: dict[str, str] = Field(default_factory=dict)


class ProgressEvent(Row):
    type: Literal["progress"] = "progress"
    at: float = Field(description="Unix time")
    phase: str
    step: int
    of: int
    eta_seconds: float | None = None


class MetricsEvent(Row):
    """Numbers of one step; names are namespaced: `train/loss`, `reward/mean`, `kl/reference`."""

    type: Literal["metrics"] = "metrics"
    at: float
    step: int
    values: dict[str, float]


class LogEvent(Row):
    type: Literal["log"] = "log"
    at: float
    level: Literal["info", "warning", "error"] = "info"
    message: str


Event = Annotated[ProgressEvent | MetricsEvent | LogEvent, Field(discriminator="type")]
