"""Rows of the files in a run directory: `inputs/*.jsonl`, `events.jsonl`, `result.json`. No torch here."""

from typing import Annotated, Literal

from pydantic import Field

from rlhf_backend.errors import FailureCode
from rlhf_backend.reward_sections import (
    BestOfNPoint,
    Drift,
    LabelerWeight,
    LatentGroups,
    LearningCurve,
    Principles,
    Probe,
    SelfLabels,
    SliceFigures,
    Smoothing,
    TopDecile,
)
from rlhf_backend.row import CalibrationBin as CalibrationBin
from rlhf_backend.row import Interval as Interval
from rlhf_backend.row import Row as Row
from rlhf_backend.tuning_sections import CheckpointFigures, FiredRule, Preflight


class Message(Row):
    role: Literal["system", "user", "assistant"]
    content: str


class PromptRow(Row):
    """One prompt: a conversation that ends where the completion begins."""

    id: int
    messages: list[Message]
    tags: list[str] = Field(default_factory=list, description="What principles are limited to.")


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


class AspectVerdict(Row):
    """The verdict on one aspect of a pair, in stored order."""

    verdict: Literal["a", "b", "tie"]
    strength: Literal[1, 2, 3, 4] = 1


class MarkedPassage(Row):
    """A passage of a completion that an annotator marked: code points, `end` is the first outside."""

    place: int = Field(ge=0, description="0 for completion a, 1 for b, …")
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    good: bool


class PreferenceDetailsRow(Row):
    """`inputs/details.jsonl`: what is known of a preference beside its rows in `comparisons.jsonl`.

    The file may be missing, and may leave preferences out. It is no part of a snapshot's hash, but of the run's.
    """

    id: int = Field(description="ComparisonRow.id")
    pair: int | None = Field(None, description="The same number for verdicts on the same comparison.")
    tags: list[str] = Field(default_factory=list, description="Of the prompt: slices of the report.")
    source: str = Field("", description="Kind of the comparison: normal, chat, imported, edit, …")
    left_is_a: bool | None = Field(None, description="What the annotator saw on the left; null when unknown.")
    is_edit: bool = Field(False, description="a or b is the annotator's correction of the other.")
    completions: list[str] = Field(default_factory=list, description="Of a ranking: all its completions, stored order.")
    ranks: list[int] = Field(default_factory=list, description="Of a ranking: 1 is best, equal ranks tie. (k,)")
    ratings: dict[int, float] = Field(default_factory=dict, description="Place → rating on its scale, as 0 … 1.")
    aspects: dict[str, AspectVerdict] = Field(default_factory=dict)
    passages: list[MarkedPassage] = Field(default_factory=list)
    flags: dict[int, list[str]] = Field(default_factory=dict, description="Place → keys of the flags it was given.")


class DemonstrationRow(Row):
    """`inputs/demonstrations.jsonl`: a completion by a person, worth imitating."""

    id: int
    prompt: list[Message]
    completion: str
    weight: float = Field(1.0, ge=0)


class UnlabeledPairRow(Row):
    """`inputs/unlabeled.jsonl`: a comparison that nobody has judged yet."""

    id: int
    prompt: list[Message]
    completion_a: str
    completion_b: str


class SelfLabelRow(Row):
    """`self_labels.jsonl`: a comparison that the reward model judged itself and was trained on."""

    comparison_id: int
    loop: int
    share_a: float = Field(description="P(a better) by the model that admitted it.")
    audit: bool = Field(description="Goes to labelers unseen, to measure the lane.")


class TextRow(Row):
    """`inputs/completions.jsonl` of a scoring job."""

    id: int
    prompt: list[Message]
    completion: str
    tags: list[str] = Field(default_factory=list, description="Of the prompt: what principles are limited to.")


class ScoreRow(Row):
    """`scores.jsonl`: a reward with its uncertainty; null where the completion does not fit the reward model."""

    id: int
    reward: float | None
    reward_sd: float | None
    reward_ood: float | None


class PrincipleScoresRow(Row):
    """`model/principle_scores.jsonl`: the two completions of a pair, for previews that cannot load the reward model.

    Each list holds the general reward, then that of every key in `model/principles.json`, in standard deviations.
    """

    preference_id: int
    a: list[float]
    b: list[float]


class CompletionRow(Row):
    """One sampled completion, with the reward model's opinion when there is one."""

    prompt_id: int
    index: int = Field(description="0 … samples_per_prompt − 1")
    text: str
    tokens: int
    ended: bool = Field(description="True when the policy closed the completion itself.")
    logprob: float | None = Field(
        description="Sum of log π of the completion's tokens, nats; null where a server does not tell."
    )
    ref_logprob: float | None = Field(None, description="The same under the reference policy; null without one.")
    by_reference: bool = Field(False, description="Written by the reference, to be compared with the policy.")
    seed: int
    reward: float | None = Field(None, description="Ensemble mean, in units of the reference policy's spread.")
    reward_sd: float | None = Field(None, description="Standard deviation over the ensemble's heads.")
    reward_ood: float | None = Field(
        None, description="How far from what the reward model was trained on: 1 is the edge of it, more is outside."
    )
    head_rewards: list[float] = Field(default_factory=list, description="Reward by each head of the ensemble.")


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
    soft_label: float | None = Field(None, description="What smoothing made of the verdict: P(what it says).")
    support: int | None = Field(None, description="Preferences on the same prompt, where labels were smoothed.")


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
    temperature: float = Field(1.0, description="Divides reward differences so that probabilities can be believed.")
    feedback: dict[str, int] = Field(default_factory=dict, description="Kind of feedback → how much was trained on.")
    ceiling: Interval | None = Field(None, description="How often two people agree on the same pair.")
    slices: list[SliceFigures] = Field(default_factory=list)
    top_decile: TopDecile | None = None
    probes: list[Probe] = Field(default_factory=list)
    best_of_n: list[BestOfNPoint] = Field(default_factory=list)
    drift: Drift | None = None
    learning_curve: LearningCurve | None = None
    labelers: list[LabelerWeight] = Field(default_factory=list)
    groups: LatentGroups | None = None
    smoothing: Smoothing | None = None
    self_labels: SelfLabels | None = None
    principles: Principles | None = None


class ScoringReport(Row):
    """What a scoring run did."""

    completions: int
    unscored: int = Field(description="Completions that leave the reward model no room for their prompt.")
    outside: float | None = Field(description="Share with an out-of-distribution score above 1; null without scores.")
    completions_per_second: float


class PolicyReport(Row):
    """What tuning did, by its own numbers."""

    method: str
    steps: int
    reward_first: float | None = None
    reward_last: float | None = None
    kl: float = Field(description="Mean KL to the reference over the last steps, nats per completion.")
    tokens_mean: float | None = None
    samples_per_second: float | None = None
    preflight: Preflight | None = None
    checkpoints: list[CheckpointFigures] = Field(default_factory=list)
    finished_at: int | None = Field(None, description="Step of the checkpoint that an admin ended the run with.")


class SamplingReport(Row):
    prompts: int
    completions: int
    tokens_mean: float
    ended_share: float
    reward_mean: float | None = None
    outside: float | None = Field(None, description="Share with an out-of-distribution score above 1.")
    novelty: float | None = Field(None, description="Mean −log π_ref per token of the policy's completions, nats.")
    anchor_novelty: float | None = Field(None, description="The same of the reference's own completions.")


class PolicyStats(Row):
    """One policy's samples on the panel prompts."""

    reward: Interval
    kl: Interval = Field(description="KL to the reference policy, nats per completion.")
    tokens: Interval
    ended_share: float = Field(description="Share of samples that the policy closed itself.")
    distinct_2: float = Field(description="Distinct bigrams over all bigrams.")
    repetition: float = Field(description="Share of samples in which a 4-gram of words occurs more than once.")
    reference_nll: float = Field(description="Mean −log π_ref per token: rises when text leaves the language.")
    outside: float | None = Field(None, description="Share of samples unlike what the reward model learned from.")


class SamplePair(Row):
    """The same prompt before and after tuning; sd and ood as in CompletionRow."""

    prompt_id: int
    before: str
    after: str
    reward_before: float
    reward_after: float
    sd_before: float | None = None
    sd_after: float | None = None
    ood_before: float | None = None
    ood_after: float | None = None


class EvaluationReport(Row):
    """Candidate against predecessor on prompts that are never trained on."""

    win_rate: Interval = Field(description="Share of panel prompts on which the candidate's samples score higher.")
    before: PolicyStats
    after: PolicyStats
    samples: list[SamplePair]


class Failure(Row):
    code: FailureCode
    message: str


Report = RewardModelReport | PolicyReport | SamplingReport | EvaluationReport | ScoringReport


class RunResult(Row):
    """`result.json`: written last, atomically; its absence means the engine did not finish."""

    status: Literal["done", "failed", "cancelled", "paused"]
    report: Report | None = None
    failure: Failure | None = None
    paused_by: list[FiredRule] = Field(default_factory=list, description="Rules of the monitor that paused the run.")
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


class CheckpointEvent(Row):
    """The monitor has looked at the policy; samples are in `panel/step-….jsonl`."""

    type: Literal["checkpoint"] = "checkpoint"
    at: float
    figures: CheckpointFigures


class PreflightEvent(Row):
    """The pre-flight is done; tuning begins."""

    type: Literal["preflight"] = "preflight"
    at: float
    preflight: Preflight


class LogEvent(Row):
    type: Literal["log"] = "log"
    at: float
    level: Literal["info", "warning", "error"] = "info"
    message: str


Event = Annotated[
    ProgressEvent | MetricsEvent | CheckpointEvent | PreflightEvent | LogEvent, Field(discriminator="type")
]
