"""Settings of a run, frozen and described: stored as JSON, shown as a form, read by the recipes. No torch here.

A default is the value of the cited paper or one we measured (docs/papers.md lists both).
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from rlhf_backend.frozen import Frozen
from rlhf_backend.policy_config import MonitorConfig, PolicyConfig


class RunKind(StrEnum):
    REWARD_MODEL = "reward_model"
    POLICY = "policy"
    SAMPLING = "sampling"
    EVALUATION = "evaluation"
    SCORING = "scoring"


class RewardModelConfig(Frozen):
    """Fit a Bradley-Terry reward model with K bootstrap heads on preferences."""

    trainable: Literal["head", "full", "lora"] = Field(
        "head",
        title="What is trained",
        description="A linear head on frozen features (fast, few labels), every weight, or LoRA adapters.",
    )
    heads: int = Field(
        8,
        ge=1,
        le=64,
        title="Ensemble heads",
        description="Bootstrap heads of the ensemble; their spread is the uncertainty.",
    )
    prior_precision: float | None = Field(
        None,
        gt=0,
        description="Gaussian prior on the head's weights; empty takes the one that makes the verdicts likeliest.",
    )
    folds: int = Field(
        5, ge=2, le=20, title="Cross-validation folds", description="Cross-validation folds for the held-out accuracy."
    )
    epochs: int = Field(2, ge=1, le=50, description="Passes over the preferences (full and LoRA training).")
    learning_rate: float = Field(2e-4, gt=0, le=1, description="Peak learning rate of AdamW (full and LoRA training).")
    batch_size: int = Field(16, ge=1, le=1024, description="Preferences in one optimiser step.")
    max_tokens: int = Field(
        512,
        ge=16,
        le=32768,
        title="Longest dialogue, tokens",
        description="Longer dialogues are cut from the left of the prompt.",
    )
    margin_per_strength: float = Field(
        0.5,
        ge=0,
        le=5,
        title="Margin for each step of strength",
        description="Margin added per strength step above 1 in the loss (Llama 2, section 3.2.2).",
    )
    ties: Literal["rao_kupper", "davidson"] = Field(
        "rao_kupper", title="Likelihood of ties", description="Rao & Kupper 1967, or Davidson 1970."
    )
    tie_threshold: float = Field(
        0.5,
        gt=0,
        le=5,
        description="Rao-Kupper's threshold: reward differences below it read as ties. Davidson's ν gives equal "
        "completions the same probability of a tie.",
    )
    levels: bool = Field(
        False,
        title="Both good and both bad as levels",
        description="They say that both rewards are above or below one level, not only that neither is higher.",
    )
    rankings: Literal["pairs", "plackett_luce"] = Field(
        "pairs", title="Likelihood of rankings", description="Every pair of a ranking, or Plackett-Luce with ties."
    )
    edit_weight: float = Field(
        1.0, ge=0, le=10, title="Weight of corrections", description="Weight of “the correction is better”."
    )
    rating_weight: float = Field(
        0.5, ge=0, le=10, title="Weight of ratings", description="Weight of a rating against a verdict; 0 leaves out."
    )
    aspect_weight: float = Field(
        0.0, ge=0, le=10, title="Weight of aspects", description="Weight of verdicts on aspects; 0 leaves them out."
    )
    passage_weight: float = Field(
        1.0, ge=0, le=10, title="Weight of marked passages", description="Weight of marked passages; 0 leaves them out."
    )
    annotators: Literal["equal", "crowd"] = Field(
        "equal",
        title="Labelers",
        description="All count the same, or each by the reliability that the crowd model estimates.",
    )
    smoothing_rate: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Smoothed labels (IDS)",
        description="How far labels follow the model in one pass over the preferences; 0 trains on the verdicts as "
        "given. 0.003 suits a head (1,500 passes), 0.3 full and LoRA training.",
    )
    self_label_share: float = Field(
        0.0,
        ge=0,
        le=0.5,
        title="Self-labels, largest share",
        description="Largest share of training pairs that the model may label itself (SER); 0 labels none.",
    )
    self_label_loops: int = Field(3, ge=1, le=10, description="Most loops of self-labeling.")
    self_label_audit_share: float = Field(
        0.05,
        ge=0,
        le=1,
        title="Self-labels audited",
        description="Share of self-labels that go to labelers unseen.",
    )
    evaluate: bool = Field(
        True,
        title="Full evaluation",
        description="Probes, best-of-n, drift and the learning curve beside accuracy and calibration.",
    )
    min_preferences: int = Field(
        10, ge=2, title="Fewest preferences", description="Fewer usable preferences end the run with a reason."
    )


class SamplingConfig(Frozen):
    """Sample completions from a policy and score them with the reward model if there is one."""

    samples_per_prompt: int = Field(4, ge=1, le=64, description="Completions for each prompt.")
    max_new_tokens: int = Field(
        96, ge=1, le=8192, title="Longest completion, tokens", description="Longest completion."
    )
    temperature: float = Field(1.0, gt=0, le=5, description="1 samples the policy as it is; lower is safer and duller.")
    top_p: float = Field(
        1.0,
        gt=0,
        le=1,
        title="Nucleus (top p)",
        description="Nucleus: sample from the smallest set with this probability.",
    )
    batch_size: int = Field(32, ge=1, le=4096, description="Completions decoded at once.")
    server: str = Field(
        "",
        max_length=400,
        pattern=r"^(https?://\S+)?$",
        title="Sampling server",
        description="Address of an OpenAI-compatible server (vLLM), as http://host:8000/v1; empty samples in process.",
    )
    server_model: str = Field(
        "policy-{number}",
        max_length=200,
        title="Model name on the server",
        description="{number} stands for the policy's number.",
    )


class EvaluationConfig(Frozen):
    """Compare a candidate policy with its predecessor on panel prompts, judged by the reward model."""

    samples_per_prompt: int = Field(2, ge=1, le=64, description="Completions of each policy for each panel prompt.")
    max_new_tokens: int = Field(
        96, ge=1, le=8192, title="Longest completion, tokens", description="Longest completion."
    )
    temperature: float = Field(1.0, gt=0, le=5, description="Sampling temperature.")
    batch_size: int = Field(32, ge=1, le=4096, description="Completions decoded at once.")
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Confidence of the intervals.")


class Principle(Frozen):
    """A rule that a reward model reads; its key is also that of the aspect that labelers judge it by."""

    key: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    name: str = Field(min_length=1, max_length=80)
    positive: str = Field(min_length=1, max_length=500, description="What is wanted.")
    negative: str = Field(min_length=1, max_length=500, description="Its negation, as a prohibition is worded.")
    weight: float = Field(1.0, ge=-10, le=10, description="In the reward in use; below 0 the negation is in force.")
    tags: list[str] = Field(default_factory=list, description="Only prompts with one of these tags; empty: all.")


class ScoringConfig(Frozen):
    """Score given completions with a reward model, in batches that a stopped run does not repeat."""

    batch_size: int = Field(512, ge=1, le=100_000, description="Completions written at once.")


class RewardModelJob(Frozen):
    """Inputs: `inputs/comparisons.jsonl` (ComparisonRow); if there, `inputs/details.jsonl` (PreferenceDetailsRow),
    `inputs/unlabeled.jsonl` (UnlabeledPairRow) and `inputs/panel.jsonl` (ComparisonRow, measured on, never trained on).

    Writes `model/`, `effects.jsonl` (PreferenceEffectRow), `self_labels.jsonl` (SelfLabelRow) and a RewardModelReport.
    """

    kind: Literal[RunKind.REWARD_MODEL] = RunKind.REWARD_MODEL
    config: RewardModelConfig
    backbone: str = Field(description="Directory or hub id of the model whose features are read.")
    predecessor: str | None = Field(None, description="Directory of the reward model before it, for comparison only.")
    principles: list[Principle] = Field(default_factory=list)


class PolicyJob(Frozen):
    """Inputs: `inputs/prompts.jsonl` (PromptRow); `inputs/comparisons.jsonl` (ComparisonRow) and, if there,
    `inputs/details.jsonl` (PreferenceDetailsRow) for methods that learn from verdicts; if there,
    `inputs/demonstrations.jsonl` (DemonstrationRow), `inputs/panel_prompts.jsonl` (PromptRow, watched on) and
    `inputs/panel.jsonl` (ComparisonRow: people's verdicts on panel prompts, for the pre-flight).

    Writes `model/`, a PolicyReport, and at each look of the monitor a CheckpointEvent, `panel/step-00000010.jsonl`
    (CompletionRow) and `policies/step-00000010/` (a Hugging Face model directory, the newest few).
    """

    kind: Literal[RunKind.POLICY] = RunKind.POLICY
    config: PolicyConfig
    monitor: MonitorConfig = MonitorConfig()
    policy: str = Field(description="Directory or hub id of the policy to start from.")
    reference: str = Field(description="Directory or hub id of the reference policy of the KL term.")
    reward_model: str | None = Field(None, description="Directory of a reward model; methods that sample need it.")
    principles: list[Principle] = Field(default_factory=list, description="In force in the reward.")


class SamplingJob(Frozen):
    """Inputs: `inputs/prompts.jsonl`. Writes `completions.jsonl` (CompletionRow).

    With a reference, completions carry its log-probability; `anchors` of its own are sampled for each prompt.
    """

    kind: Literal[RunKind.SAMPLING] = RunKind.SAMPLING
    config: SamplingConfig
    policy: str
    reference: str | None = None
    anchors: int = Field(0, ge=0, le=64, description="Completions by the reference for each prompt.")
    server_model: str = Field("", description="What the sampling server calls the policy; empty without a server.")
    reward_model: str | None = None
    principles: list[Principle] = Field(default_factory=list, description="In force in the reward.")


class EvaluationJob(Frozen):
    """Inputs: `inputs/prompts.jsonl`. Writes an EvaluationReport."""

    kind: Literal[RunKind.EVALUATION] = RunKind.EVALUATION
    config: EvaluationConfig
    policy: str
    predecessor: str
    reference: str
    reward_model: str
    principles: list[Principle] = Field(default_factory=list, description="In force in the reward.")


class ScoringJob(Frozen):
    """Inputs: `inputs/completions.jsonl` (TextRow). Writes `scores.jsonl` (ScoreRow)."""

    kind: Literal[RunKind.SCORING] = RunKind.SCORING
    config: ScoringConfig
    reward_model: str
    principles: list[Principle] = Field(default_factory=list, description="In force in the reward.")


Job = Annotated[RewardModelJob | PolicyJob | SamplingJob | EvaluationJob | ScoringJob, Field(discriminator="kind")]


class JobFile(Frozen):
    """`job.json` in a run directory."""

    run_id: int = 0
    seed: int = Field(0, ge=0, lt=2**63)
    threads: int | None = Field(None, ge=1, description="CPU threads; empty takes all cores of the machine.")
    accepted_rules: list[str] = Field(
        default_factory=list, description="Rules of the monitor that an admin has seen: they warn and pause no more."
    )
    finish_at: int | None = Field(
        None, ge=0, description="End a paused tuning run with the policy of this checkpoint as its result."
    )
    job: Job
