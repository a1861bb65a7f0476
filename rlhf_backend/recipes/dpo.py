"""Direct preference optimisation: the policy itself becomes the reward model of the preferences.

Source: Rafailov et al. 2023, arXiv:2305.18290. Differs from the paper: ties, both_good and both_bad are the soft label
.5, preferences have weights, AdamW instead of RMSprop, and the reference is asked once, before the first step.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from rlhf_backend.config import PolicyConfig, PolicyJob
from rlhf_backend.data.dialogues import Dialogue, DialogueBatch, length_buckets
from rlhf_backend.data.jsonl import read_rows
from rlhf_backend.data.order import derived_seed, step_rows
from rlhf_backend.data.preferences import Preferences, usable_preferences
from rlhf_backend.errors import DataError
from rlhf_backend.models.chat import ChatCodec
from rlhf_backend.models.device import device
from rlhf_backend.models.policy import Reference, TunedPolicy
from rlhf_backend.models.reward import load_reward_model
from rlhf_backend.models.rollout import Decoding, sample_rollout
from rlhf_backend.models.scoring import CompletionScores, score_by_length
from rlhf_backend.ops.dpo_losses import dpo_loss, implicit_rewards
from rlhf_backend.ops.kl import kl_k1
from rlhf_backend.recipes.policy_training import Tuning, tune_policy
from rlhf_backend.recipes.training_loop import Metrics, TrainingLog
from rlhf_backend.run import Run
from rlhf_backend.types import ComparisonRow, PolicyReport

# Positions whose activations are held for one backward pass.
_TOKENS_PER_BACKWARD = 16_384
# Completions sampled after training for the KL of the report.
_KL_SAMPLES = 64


def tune_by_dpo(run: Run, job: PolicyJob) -> PolicyReport:
    """Tune, write `model/`.

    Raises: DataError: no usable preferences. ConfigError: a model that cannot be loaded, training that breaks down.
    """
    config = job.config
    rows = read_rows(run.input("comparisons.jsonl"), ComparisonRow)
    policy = TunedPolicy(job.policy, lora_rank=config.lora_rank, warn=run.events.warn)
    adapters_on_reference = bool(config.lora_rank) and job.reference == job.policy
    reference = Reference(job.reference, policy, is_policy=adapters_on_reference, warn=run.events.warn)
    reward_model = None
    if job.reward_model is not None:
        reward_model = load_reward_model(job.reward_model, warn=run.events.warn, principles=job.principles)
    pairs = _encode(rows, policy, run)
    run.events.progress("reference", 0, len(pairs.preferences))
    with torch.no_grad():
        pad_id = policy.language_model.codec.pad_id
        ref_logprobs, _ = score_by_length(_stoppable(run, reference), pairs.dialogues, pad_id=pad_id)
    run.events.progress("reference", len(pairs.preferences), len(pairs.preferences))
    tuner = _Tuner(config, run.seed, policy, pairs, ref_logprobs)

    def report(log: TrainingLog) -> PolicyReport:
        kl, tokens = _kl_of_samples(policy, reference, pairs, config, seed=run.seed)
        return PolicyReport(method="dpo", steps=len(log.steps), kl=kl, tokens_mean=tokens)

    return tune_policy(run, job, Tuning(policy, reference, reward_model), tuner.gradient_step, report=report)


def _stoppable(run: Run, reference: Reference) -> Callable[[DialogueBatch], CompletionScores]:
    """The reference, asked batch by batch as long as nobody wants the run to stop."""

    def score(batch: DialogueBatch) -> CompletionScores:
        run.stop.raise_if_made(done="while the reference was asked; nothing was trained yet")
        return reference(batch)

    return score


@dataclass(frozen=True)
class _Pairs:
    """Preferences and their dialogues, a and b in turn: row 2i and 2i + 1."""

    preferences: Preferences
    dialogues: list[Dialogue]


def _encode(rows: Sequence[ComparisonRow], policy: TunedPolicy, run: Run) -> _Pairs:
    """Raises: DataError: nothing is left to learn from."""
    preferences, excluded = usable_preferences(rows, margin_per_strength=0.0)
    codec, context = policy.language_model.codec, policy.language_model.context
    kept, dialogues = [], []
    for i, row in enumerate(preferences.rows):
        a, b = codec.encode_completion(row.completion_a), codec.encode_completion(row.completion_b)
        room = context - max(len(a), len(b))
        if room < 1:
            excluded["completion longer than the context"] += 1
            continue
        prompt = codec.encode_prompt(row.prompt, max_tokens=room)
        kept.append(i)
        dialogues += [Dialogue(prompt, a), Dialogue(prompt, b)]
    if excluded:
        run.events.warn("left out: " + ", ".join(f"{n} {reason}" for reason, n in excluded.items()))
    if not preferences.decided[kept].any():
        raise DataError(f"{len(kept)} usable preferences, none of them decided: label more comparisons and start again")
    return _Pairs(preferences.subset(kept), dialogues)


class _Tuner:
    """What the steps of one run share."""

    def __init__(
        self, config: PolicyConfig, seed: int, policy: TunedPolicy, pairs: _Pairs, ref_logprobs: Tensor
    ) -> None:
        self._config, self._seed, self._policy = config, seed, policy
        self._dialogues, self._ref_logprobs = pairs.dialogues, ref_logprobs
        self._targets = torch.tensor(pairs.preferences.targets, dtype=torch.float32, device=device())
        self._weights = torch.tensor(pairs.preferences.weights, dtype=torch.float32, device=device())

    def gradient_step(self, step: int) -> Metrics:
        """Leave the gradient of the loss on the policy."""
        rows = step_rows(len(self._targets), per_step=self._config.prompts_per_step, step=step, seed=self._seed)
        lengths = [len(self._dialogues[2 * row]) + len(self._dialogues[2 * row + 1]) for row in rows]
        total = float(self._weights[rows].sum())
        loss, rewards_a, rewards_b, targets = 0.0, [], [], []
        for index in length_buckets(lengths, tokens=_TOKENS_PER_BACKWARD):
            part = [rows[i] for i in index]
            a, b = self._implicit_rewards(part)
            weights = self._weights[part]
            part_loss = dpo_loss(a, b, self._targets[part], weights=weights) * (float(weights.sum()) / total)
            part_loss.backward()  # type: ignore[no-untyped-call]
            loss += float(part_loss.detach())
            rewards_a.append(a.detach())
            rewards_b.append(b.detach())
            targets.append(self._targets[part])
        return {"train/loss": loss} | _lead(torch.cat(rewards_a) - torch.cat(rewards_b), torch.cat(targets))

    def _implicit_rewards(self, rows: list[int]) -> tuple[Tensor, Tensor]:
        """Of a and b of these preferences, with gradient. 2 × (len(rows),)"""
        index = [2 * row + side for row in rows for side in (0, 1)]
        dialogues = [self._dialogues[i] for i in index]
        pad_id = self._policy.language_model.codec.pad_id
        logprobs, _ = score_by_length(self._policy.scorer, dialogues, pad_id=pad_id)
        rewards = implicit_rewards(logprobs, self._ref_logprobs[index], beta=self._config.dpo_beta)
        return rewards[0::2], rewards[1::2]


def _lead(differences: Tensor, targets: Tensor) -> Metrics:
    """How often and how far the preferred completion leads in implicit reward; nothing where all are ties."""
    decided = targets != 0.5
    if not decided.any():
        return {}
    lead = (differences * (2 * targets - 1))[decided]
    return {"dpo/accuracy": float((lead > 0).float().mean()), "dpo/margin": float(lead.mean())}


@torch.no_grad()
def _kl_of_samples(
    policy: TunedPolicy, reference: Reference, pairs: _Pairs, config: PolicyConfig, *, seed: int
) -> tuple[float, float]:
    """KL to the reference on fresh samples (nats per completion, k1), and their mean length in tokens."""
    codec, context = policy.language_model.codec, policy.language_model.context
    prompts = _distinct_prompts(pairs.preferences.rows, codec, max_tokens=context - config.max_new_tokens)
    rollout = sample_rollout(
        policy.decoder(),
        prompts,
        Decoding(1, config.max_new_tokens, config.temperature),
        stop_ids=codec.stop_ids,
        seeds=[derived_seed(seed, config.steps, i) for i in range(len(prompts))],
    )
    dialogues = [Dialogue(prompt, rollout.completion(i)) for i, prompt in enumerate(prompts)]
    logprobs, _ = score_by_length(
        partial(policy.scorer, temperature=config.temperature), dialogues, pad_id=codec.pad_id
    )
    ref_logprobs, _ = score_by_length(
        partial(reference, temperature=config.temperature), dialogues, pad_id=codec.pad_id
    )
    return float(kl_k1(logprobs, ref_logprobs).mean()), float(rollout.lengths.float().mean())


def _distinct_prompts(rows: Sequence[ComparisonRow], codec: ChatCodec, *, max_tokens: int) -> list[list[int]]:
    prompts = {tuple(codec.encode_prompt(row.prompt, max_tokens=max_tokens)) for row in rows}
    return [list(prompt) for prompt in sorted(prompts)][:_KL_SAMPLES]
