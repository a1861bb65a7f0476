"""A project's settings as one typed document: queue, labeling, quality, rounds, gates and the runs' configs."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from rlhf_backend.config import EvaluationConfig, RewardModelConfig, SamplingConfig
from rlhf_backend.policy_config import MonitorConfig, PolicyConfig

MIXED_MOST = 0.8
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class QueuePolicy(Settings):
    """What is asked next, and how often."""

    overlap: int = Field(1, ge=1, le=20, description="Verdicts wanted for each comparison, from different labelers.")
    lease_seconds: int = Field(
        300, ge=30, le=3600, title="Lease, seconds", description="A comparison held longer than this is free again."
    )
    pairs_per_round: int = Field(60, ge=1, le=100_000, description="Comparisons queued when a round ends.")
    strategy: Literal["disagreement", "composite", "double_thompson", "uniform"] = Field(
        "composite",
        title="Pairs are chosen by",
        description="Disagreement of the reward model’s heads; composite weighs it by how little like it is labeled, "
        "by predicted agreement and by labeling time; double Thompson sets against each other what two heads find "
        "best; uniform leaves it to chance.",
    )
    exploration: Literal["uncertainty", "passive", "anchored", "xpo"] = Field(
        "uncertainty",
        title="Pairs are made of",
        description="Uncertainty: two samples of the policy, chosen as above. Passive: two by chance. Anchored: one of "
        "the policy, one of the base policy. XPO: anchored, and tuning by XPO is paid for leaving the base policy.",
    )
    prompts_per_pair: int = Field(
        4,
        ge=1,
        le=50,
        title="Prompts sampled for each pair",
        description="More leave more to choose from, and take longer to sample.",
    )
    uniform_share: float = Field(
        0.25,
        ge=0.2,
        le=1,
        title="Share drawn at random",
        description="Share of the pairs drawn uniformly, so that figures stay unbiased.",
    )
    panel_pairs: int = Field(12, ge=0, le=10_000, description="Old against new policy on panel prompts, for people.")
    skipped_go_to: Literal["others", "the_end", "nobody"] = Field(
        "others",
        title="Skipped comparisons go to",
        description="A skipped comparison goes to other labelers, to the end of the queue, or is withdrawn.",
    )
    gold_share: float = Field(
        0.0,
        ge=0,
        le=0.5,
        title="Share of known pairs",
        description="Share of known pairs mixed unseen into a labeler's work.",
    )
    repeat_share: float = Field(
        0.0, ge=0, le=0.5, title="Share of repeats", description="Share of own earlier pairs asked again, same sides."
    )
    mirrored_share: float = Field(
        0.0,
        ge=0,
        le=0.5,
        title="Share of mirrored repeats",
        description="Share of own earlier pairs asked with sides swapped.",
    )
    labeler_daily_cap: int | None = Field(
        None, ge=1, title="Daily cap of a labeler", description="Most verdicts of one labeler a day (UTC)."
    )
    project_daily_cap: int | None = Field(
        None, ge=1, title="Daily cap of the project", description="Most verdicts of all labelers a day (UTC)."
    )
    qualifications: dict[Tag, Tag] = Field(
        default_factory=dict,
        title="Who may label what",
        description="Prompt tag → labeler group: prompts with the tag are given only to members of the group.",
    )

    @property
    def is_anchored(self) -> bool:
        """Whether pairs are made of a completion by the policy and one by the base policy."""
        return self.exploration in ("anchored", "xpo")

    @model_validator(mode="after")
    def _mixed_in_leaves_room_for_work(self) -> "QueuePolicy":
        mixed = self.gold_share + self.repeat_share + self.mirrored_share
        if mixed > MIXED_MOST:
            raise ValueError(
                f"gold_share, repeat_share and mirrored_share are {mixed:.2f} together; at most {MIXED_MOST} of a "
                "labeler's work can be known or repeated pairs"
            )
        return self


class LabelingPolicy(Settings):
    """How labelers are received and looked after."""

    warm_up_pairs: int = Field(
        0, ge=0, le=50, title="Warm-up pairs", description="Known pairs with feedback before the real work."
    )
    warm_up_share: float = Field(
        0.7, ge=0, le=1, title="Warm-up pass mark", description="Share of warm-up pairs that must be right to go on."
    )
    content_warning: str = Field("", max_length=2000, description="Shown before labeling begins; empty shows none.")
    blur: bool = Field(False, title="Blur completions", description="Blur completions until the labeler uncovers them.")
    pause_after_minutes: int = Field(
        50,
        ge=0,
        le=480,
        title="Suggest a pause after, minutes",
        description="Suggest a pause after this long; 0 never does.",
    )
    chat: bool = Field(True, title="Live chat", description="Let labelers talk to the policy and judge its answers.")


class QualityPolicy(Settings):
    """When a labeler is flagged, and whether a flag pauses them."""

    min_verdicts: int = Field(
        20, ge=5, title="Fewest verdicts for a flag", description="Fewer verdicts than this raise no flag."
    )
    gold_accuracy_below: float = Field(
        0.6,
        ge=0,
        le=1,
        title="Flag accuracy on known pairs below",
        description="Flag when the interval of gold accuracy is below.",
    )
    consistency_below: float = Field(
        0.6,
        ge=0,
        le=1,
        title="Flag self-consistency below",
        description="Flag when the interval of self-consistency is below.",
    )
    reliability_below: float = Field(
        0.6, ge=0, le=1, title="Flag reliability below", description="Flag when the interval of reliability η is below."
    )
    pause: bool = Field(
        False, title="Pause flagged labelers", description="Pause a flagged labeler until an admin decides."
    )


class RoundPolicy(Settings):
    """When a round starts and whether its policy is put to use by itself."""

    auto_every: int | None = Field(
        None,
        ge=1,
        title="Start a round every",
        description="Start a round after this many new preferences; empty waits for the button.",
    )
    promote: Literal["automatic", "manual"] = Field(
        "automatic", title="Promotion", description="Put a policy to use when its gate passes, or wait for an admin."
    )
    validation_share: float = Field(0.1, ge=0, le=0.5, description="Share of imported prompts kept for validation.")


class GatePolicy(Settings):
    """What a reward model and a policy must show to go on."""

    reward_accuracy_above: float = Field(
        0.5,
        ge=0,
        le=1,
        title="Reward-model accuracy above",
        description="The lower end of the held-out accuracy's interval must exceed this; 0 asks for nothing.",
    )
    win_rate_above: float = Field(
        0.5, ge=0, le=1, description="The lower end of the win rate's interval must exceed this; 0 asks for nothing."
    )
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Confidence of the one-sided bounds used by the gates.")
    kl_below: float = Field(25.0, gt=0, description="Mean KL to the reference policy, nats per completion.")
    length_ratio_below: float = Field(2.0, gt=1, description="Mean length against the predecessor.")
    ended_share_drop_below: float = Field(
        0.1,
        gt=0,
        le=1,
        title="Fall of ended completions below",
        description="Largest fall of the share of completions that the policy ends itself.",
    )


class ProjectSettings(Settings):
    queue: QueuePolicy = QueuePolicy()
    labeling: LabelingPolicy = LabelingPolicy()
    quality: QualityPolicy = QualityPolicy()
    rounds: RoundPolicy = RoundPolicy()
    gates: GatePolicy = GatePolicy()
    sampling: SamplingConfig = SamplingConfig()
    reward_model: RewardModelConfig = RewardModelConfig()
    policy: PolicyConfig = PolicyConfig()
    monitor: MonitorConfig = MonitorConfig()
    evaluation: EvaluationConfig = EvaluationConfig()

    @model_validator(mode="after")
    def _xpo_explores_as_it_tunes(self) -> "ProjectSettings":
        if self.queue.exploration == "xpo" and self.policy.method != "xpo":
            raise ValueError(
                f"queue.exploration is xpo, but policy.method is {self.policy.method}: choose the method xpo as well, "
                "or anchored pairs, which any method learns from"
            )
        return self
