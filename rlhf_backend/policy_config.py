"""Settings of policy tuning: the methods, what each reads, and how tuning is watched. No torch here."""

from typing import Literal

from pydantic import Field, JsonValue, model_validator

from rlhf_backend.frozen import Frozen

PolicyMethod = Literal[
    "sft",
    "best_of_n",
    "reinforce",
    "rloo",
    "grpo",
    "a2c",
    "ppo",
    "dpo",
    "ipo",
    "bfpo",
    "online_dpo",
    "xpo",
]
POLICY_GRADIENT: tuple[PolicyMethod, ...] = ("reinforce", "rloo", "grpo", "a2c", "ppo")
WITH_CRITIC: tuple[PolicyMethod, ...] = ("a2c", "ppo")
ONLINE_PREFERENCES: tuple[PolicyMethod, ...] = ("online_dpo", "xpo")
ON_POLICY: tuple[PolicyMethod, ...] = (*POLICY_GRADIENT, *ONLINE_PREFERENCES, "best_of_n")
"""Methods that sample while they train: they need a reward model."""
DIRECT: tuple[PolicyMethod, ...] = ("dpo", "ipo", "bfpo")
"""Methods that learn from comparisons as they are."""
_WITH_BETA: tuple[PolicyMethod, ...] = (*DIRECT, *ONLINE_PREFERENCES)


def _only(*methods: PolicyMethod) -> dict[str, JsonValue]:
    """What a form needs to hide a setting from methods that do not read it."""
    return {"methods": list(methods)}


class PolicyConfig(Frozen):
    """Tune the policy by one of the methods of docs/papers.md; each reads some of these settings."""

    method: PolicyMethod = Field("rloo", description="How the policy is tuned.")
    steps: int = Field(30, ge=1, le=100_000, description="Optimiser steps; PPO: batches of rollouts.")
    prompts_per_step: int = Field(16, ge=1, le=1024, description="Prompts, preferences or examples in one step.")
    samples_per_prompt: int = Field(
        4,
        ge=1,
        le=64,
        description="Completions sampled for each prompt in a step; n of best-of-n.",
        json_schema_extra=_only(*POLICY_GRADIENT, "best_of_n"),
    )
    learning_rate: float = Field(
        6e-4, gt=0, le=1, description="Peak learning rate of AdamW, decayed linearly. Higher rates break the language."
    )
    kl_coef: float | None = Field(
        None,
        ge=0,
        le=10,
        title="KL penalty",
        description="Weight of the KL penalty to the reference policy; empty takes what the pre-flight suggests.",
        json_schema_extra=_only(*POLICY_GRADIENT),
    )
    dpo_beta: float = Field(
        0.1,
        gt=0,
        le=10,
        title="β of direct preference methods",
        description="Inverse temperature of DPO, τ of IPO and BFPO: larger stays nearer to the reference.",
        json_schema_extra=_only(*_WITH_BETA),
    )
    max_new_tokens: int = Field(
        96, ge=1, le=8192, title="Longest completion, tokens", description="Longest completion sampled."
    )
    temperature: float = Field(
        1.0,
        gt=0,
        le=5,
        description="Sampling temperature of the rollouts.",
        json_schema_extra=_only(*ON_POLICY),
    )
    warmup_share: float = Field(
        0.1, ge=0, lt=1, title="Warm-up share", description="Share of the steps in which the learning rate rises."
    )
    max_grad_norm: float = Field(
        1.0, gt=0, title="Limit of the gradient norm", description="Gradients are clipped to this norm."
    )
    uncertainty_penalty: float = Field(
        0.0,
        ge=0,
        le=10,
        description="Standard deviations of the ensemble subtracted from the reward.",
        json_schema_extra=_only(*ON_POLICY),
    )
    reward_scaling: Literal["none", "scale", "normalise"] = Field(
        "none",
        title="Running scale of rewards",
        description="Divide by the running standard deviation of all rewards so far, or subtract their mean as well.",
        json_schema_extra=_only(*POLICY_GRADIENT),
    )
    reward_clip: float | None = Field(
        None,
        gt=0,
        le=100,
        title="Clip of rewards",
        description="Rewards are clipped to ± this; empty clips none.",
        json_schema_extra=_only(*POLICY_GRADIENT),
    )
    ppo_epochs: int = Field(
        1,
        ge=1,
        le=16,
        title="Passes over each batch",
        description="Optimiser passes over one batch of rollouts.",
        json_schema_extra=_only("ppo", "grpo"),
    )
    minibatches: int = Field(
        1,
        ge=1,
        le=64,
        title="Parts of each batch",
        description="Each pass takes this many optimiser steps.",
        json_schema_extra=_only("ppo", "grpo"),
    )
    clip_range: float = Field(
        0.2,
        gt=0,
        lt=1,
        title="Clip of the probability ratio",
        description="ε of the clipped surrogate.",
        json_schema_extra=_only("ppo", "grpo"),
    )
    gae_lambda: float = Field(
        0.95,
        ge=0,
        le=1,
        title="λ of GAE",
        description="1 trusts returns, 0 trusts the critic.",
        json_schema_extra=_only("ppo"),
    )
    value_clip_range: float | None = Field(
        0.2,
        gt=0,
        le=10,
        title="Clip of values",
        description="How far a value may move from the rollout's before its loss stops falling; empty clips none.",
        json_schema_extra=_only("ppo"),
    )
    critic_learning_rate: float = Field(
        1e-3, gt=0, le=1, description="Peak learning rate of the critic.", json_schema_extra=_only(*WITH_CRITIC)
    )
    critic_warmup_steps: int = Field(
        0,
        ge=0,
        le=10_000,
        title="Critic pre-training, steps",
        description="Batches on which only the critic learns, before the policy moves.",
        json_schema_extra=_only(*WITH_CRITIC),
    )
    demonstration_weight: float = Field(
        0.0,
        ge=0,
        le=100,
        title="Weight of demonstrations mixed in",
        description="Language-model loss on demonstrations and chosen completions beside the method's own (PPO-ptx).",
        json_schema_extra=_only(*POLICY_GRADIENT),
    )
    safety_alpha: float = Field(
        0.5,
        ge=0,
        le=1,
        title="Safety slider α",
        description="0 asks for help even among unsafe completions, .5 orders as the paper does, above .75 the policy "
        "refuses too much.",
        json_schema_extra=_only("bfpo"),
    )
    unsafe_flags: list[str] = Field(
        default_factory=list,
        title="Flags that mean unsafe",
        description="Keys of the question form's flags; empty takes all of them.",
        json_schema_extra=_only("bfpo"),
    )
    selective: bool = Field(
        False,
        title="Train MLP outputs only",
        description="Only the output projections of the MLP blocks are trained (BFPO's selective training).",
        json_schema_extra=_only("sft", *DIRECT, *ONLINE_PREFERENCES),
    )
    exploration_alpha: float = Field(
        1e-2,
        ge=0,
        le=10,
        title="Curiosity α",
        description="What a nat of log-probability of the reference's own completions costs in XPO's loss; 0 is online "
        "DPO against the reference.",
        json_schema_extra=_only("xpo"),
    )
    log_ratio_limit: float = Field(
        20.0,
        gt=0,
        le=1000,
        title="V max",
        description="β·log(π/π_ref) is clipped to ± this in the bonus, which has no lower bound of its own.",
        json_schema_extra=_only("xpo"),
    )
    judge_by: Literal["argmax", "sample"] = Field(
        "argmax",
        title="The reward model judges by",
        description="The higher reward, or a draw from the Bradley-Terry probability.",
        json_schema_extra=_only(*ONLINE_PREFERENCES),
    )
    lora_rank: int = Field(0, ge=0, le=512, description="Rank of LoRA adapters; 0 trains every weight.")
    checkpoint_every: int = Field(10, ge=1, title="Steps between checkpoints", description="Steps between checkpoints.")

    @model_validator(mode="after")
    def _baseline_has_samples(self) -> "PolicyConfig":
        if self.method in ("rloo", "grpo", "best_of_n") and self.samples_per_prompt < 2:
            raise ValueError(f"samples_per_prompt is {self.samples_per_prompt}: {self.method} compares at least 2")
        return self


class MonitorConfig(Frozen):
    """How tuning is watched: panel prompts answered at checkpoints, and rules that pause it."""

    every: int = Field(5, ge=1, le=10_000, title="Steps between looks", description="Optimiser steps between looks.")
    prompts: int = Field(
        24, ge=0, le=10_000, title="Panel prompts", description="Panel prompts answered at each look; 0 looks never."
    )
    kept: int = Field(
        6, ge=1, le=1000, title="Policies kept", description="The newest checkpoints of the policy that keep weights."
    )
    pause: bool = Field(
        True, title="Pause when a rule fires", description="Tuning waits for an admin; otherwise it only warns."
    )
    check_pairs: int = Field(
        12,
        ge=0,
        le=10_000,
        title="Pairs people check at a pause",
        description="Checkpoint against starting policy on panel prompts, queued for people when a rule fires.",
    )
    kl_above: float = Field(40.0, gt=0, title="KL above", description="Nats per completion to the reference.")
    length_ratio: float = Field(
        1.5, gt=1, title="Length ratio above", description="Mean length against the policy before tuning."
    )
    perplexity_ratio: float = Field(
        0.7,
        gt=0,
        lt=1,
        title="Perplexity ratio below",
        description="Perplexity of its own samples against that before tuning: with longer samples and a higher "
        "reward it means a collapsed pattern.",
    )
    diversity_drop: float = Field(
        0.3, gt=0, le=1, title="Fall of diversity", description="Fall of distinct bigrams against before tuning."
    )
    refusal_rise: float = Field(
        0.05, gt=0, le=1, title="Rise of refusals", description="Rise of the share of refusals, by its whole interval."
    )
    outside_above: float = Field(
        0.5,
        gt=0,
        le=1,
        title="Share unlike training data above",
        description="Share of samples unlike what the reward model learned from, by its whole interval.",
    )
    preflight: bool = Field(
        True, title="Pre-flight", description="Predict before tuning where more optimisation stops helping."
    )
    preflight_samples: int = Field(
        16, ge=4, le=256, description="Completions of the reference for each panel prompt of the pre-flight."
    )
