"""A project's settings as one typed document: question form, queue, rounds, gates and the runs' configs."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rlhf_backend.config import EvaluationConfig, PolicyConfig, RewardModelConfig, SamplingConfig


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class QuestionForm(Settings):
    """What a labeler can answer."""

    strengths: Literal[1, 2, 3] = Field(3, description="Steps of 'better' on each side: 3 gives a 7-point scale.")
    tie: bool = Field(True, description="Offer 'equally good'.")
    both_bad: bool = Field(True, description="Offer 'both bad'.")
    skip: bool = Field(True, description="Let labelers pass a comparison on to others.")


class QueuePolicy(Settings):
    """What is asked next, and how often."""

    overlap: int = Field(1, ge=1, le=20, description="Verdicts wanted for each comparison, from different labelers.")
    lease_seconds: int = Field(300, ge=30, le=3600, description="A comparison held longer than this is free again.")
    pairs_per_round: int = Field(60, ge=1, le=100_000, description="Comparisons queued when a round ends.")
    uniform_share: float = Field(
        0.25, ge=0.2, le=1, description="Share of the pairs drawn uniformly, so that figures stay unbiased."
    )
    panel_pairs: int = Field(12, ge=0, le=10_000, description="Old against new policy on panel prompts, for people.")


class RoundPolicy(Settings):
    """When a round starts and whether its policy is put to use by itself."""

    auto_every: int | None = Field(
        None, ge=1, description="Start a round after this many new preferences; empty waits for the button."
    )
    promote: Literal["automatic", "manual"] = Field(
        "automatic", description="Put a policy to use when its gate passes, or wait for an admin."
    )
    validation_share: float = Field(0.1, ge=0, le=0.5, description="Share of imported prompts kept for validation.")


class GatePolicy(Settings):
    """What a reward model and a policy must show to go on."""

    reward_accuracy_above: float = Field(
        0.5, ge=0, le=1, description="The lower end of the held-out accuracy's interval must exceed this."
    )
    win_rate_above: float = Field(
        0.5, ge=0, le=1, description="The lower end of the win rate's interval must exceed this."
    )
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Confidence of the one-sided bounds used by the gates.")
    kl_below: float = Field(25.0, gt=0, description="Mean KL to the reference policy, nats per completion.")
    length_ratio_below: float = Field(2.0, gt=1, description="Mean length against the predecessor.")
    ended_share_drop_below: float = Field(
        0.1, gt=0, le=1, description="Largest fall of the share of completions that the policy ends itself."
    )


class ProjectSettings(Settings):
    form: QuestionForm = QuestionForm()
    queue: QueuePolicy = QueuePolicy()
    rounds: RoundPolicy = RoundPolicy()
    gates: GatePolicy = GatePolicy()
    sampling: SamplingConfig = SamplingConfig()
    reward_model: RewardModelConfig = RewardModelConfig()
    policy: PolicyConfig = PolicyConfig()
    evaluation: EvaluationConfig = EvaluationConfig()
