"""The updates that a policy gradient makes with one batch of samples, of the policy and its critic."""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.distributed import added_metrics, even_share, fewer, world
from rlhf_backend.models.device import activation_tokens
from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.models.scoring import CompletionScores, idle_pass, score_completions
from rlhf_backend.models.value import Critic
from rlhf_backend.ops.policy_losses import clipped_share, value_loss_terms
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.recipes.policy_batch import PolicyBatch, backward_parts, minibatch
from rlhf_backend.recipes.policy_gradient_methods import (
    CLIPPED,
    compares_prompts,
    loss_terms,
    signals_of,
    token_weights,
)
from rlhf_backend.recipes.training_loop import Metrics

# Positions whose activations are held for one backward pass, at most.
_TOKENS_PER_BACKWARD = 16_384


def updates_per_batch(config: PolicyConfig) -> int:
    """Optimiser steps on one batch: only clipped ratios allow for more than one."""
    return config.ppo_epochs * _minibatches(config) if config.method in CLIPPED else 1


@dataclass(frozen=True)
class _Update:
    """One optimiser step on so many completions and tokens of a batch."""

    completions: int
    tokens: int
    on_policy: bool  # the policy is still the one that sampled
    judged: bool  # advantages are known
    resting: bool  # only the critic learns


class Updater:
    """Leaves the gradients of a method on policy and critic."""

    def __init__(self, config: PolicyConfig, policy: TunedPolicy, critic: Critic | None, *, kl_coef: float) -> None:
        self._config, self._policy, self._critic, self._kl_coef = config, policy, critic, kl_coef
        self._pad_id = policy.language_model.codec.pad_id

    def update(self, batch: PolicyBatch, number: int, *, seed: int, resting: bool) -> Metrics:
        """The gradient of update `number` (from 0) on the batch. `resting`: the policy's is left out."""
        config = self._config
        prompts, samples = len(batch.scores) // config.samples_per_prompt, config.samples_per_prompt
        chosen = minibatch(number, prompts=prompts, samples=samples, parts=_minibatches(config), seed=seed)
        parts = self._parts(batch, _own(batch, chosen, samples))
        everything = list(range(len(batch.scores)))
        # The pass that has gradients does, where it reads together all that the advantages depend on.
        divided = len(parts) > 1 or world() > 1
        apart = number == 0 and (len(chosen) < len(everything) or (compares_prompts(config) and divided))
        if apart:
            self._judge(batch, everything)
        update = _Update(
            completions=len(chosen),
            tokens=len(batch.tokens(chosen)),
            on_policy=number == 0,
            judged=apart or number > 0,
            resting=resting,
        )
        metrics: Metrics = {}
        for part in parts:
            if not part:
                self._backward_nothing(update)
                continue
            for name, value in self._backward(batch, part, update).items():
                metrics[name] = metrics.get(name, 0.0) + value
        if number == 0:
            batch.share([i for part in parts for i in part])
        return added_metrics(metrics)

    @torch.no_grad()
    def _judge(self, batch: PolicyBatch, completions: list[int]) -> None:
        """Advantages of completions that no single backward pass reads together."""
        own = _own(batch, completions, self._config.samples_per_prompt)
        for part in self._parts(batch, own):
            dialogues, tokens = batch.dialogues(part), batch.tokens(part)
            batch.logprobs[tokens] = self._scored(dialogues).token_logprobs
            if self._critic is not None:
                batch.values[tokens] = self._critic.values(dialogues, pad_id=self._pad_id)
        batch.share(own)
        self._note(batch, completions, batch.rows)

    def _backward(self, batch: PolicyBatch, part: list[int], update: _Update) -> Metrics:
        """Add the gradient of these completions; what they add to the figures of the update."""
        tokens, dialogues = batch.tokens(part), batch.dialogues(part)
        with torch.set_grad_enabled(not update.resting):
            fresh = self._scored(dialogues, with_entropies=True)
        values = None if self._critic is None else self._critic.values(dialogues, pad_id=self._pad_id)
        if update.on_policy:
            batch.logprobs[tokens] = fresh.token_logprobs.detach()
        if not update.judged:
            if values is not None:
                batch.values[tokens] = values.detach()
            self._note(batch, part, fresh.rows)
        losses = [] if update.resting else [self._policy_loss(batch, part, fresh, update)]
        share = len(tokens) / update.tokens
        metrics = {"policy/entropy": share * float(cast("Tensor", fresh.entropies).mean())}
        if values is not None:
            losses.append(self._critic_loss(batch, values, tokens) * share)
            metrics["critic/loss"] = float(losses[-1].detach())
        if self._config.method in CLIPPED and not update.resting:
            clipped = clipped_share(fresh.token_logprobs, batch.logprobs[tokens], clip_range=self._config.clip_range)
            metrics["policy/clipped_share"] = share * float(clipped)
        loss = torch.stack(losses).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return metrics | {"train/loss": float(loss.detach())}

    def _backward_nothing(self, update: _Update) -> None:
        """What `_backward` asks the networks, for the sake of the other processes."""
        critics = [] if self._critic is None else [self._critic]
        if update.resting:
            with torch.no_grad():
                self._scored([])
        idle_pass(*([] if update.resting else [self._policy.scorer]), *critics, pad_id=self._pad_id)

    def _policy_loss(self, batch: PolicyBatch, part: list[int], fresh: CompletionScores, update: _Update) -> Tensor:
        tokens, config = batch.tokens(part), self._config
        judged = batch.judged(part, fresh.rows, tokens)
        terms = loss_terms(fresh.token_logprobs, judged, batch.advantages[tokens], config, kl_coef=self._kl_coef)
        weights = token_weights(fresh.rows, config, completions=update.completions, tokens=update.tokens)
        return (terms * weights).sum()

    def _critic_loss(self, batch: PolicyBatch, values: Tensor, tokens: Tensor) -> Tensor:
        """Mean over the tokens; clipped in PPO."""
        clip = self._config.value_clip_range if self._config.method == "ppo" else None
        return value_loss_terms(values, batch.returns[tokens], batch.values[tokens], clip_range=clip).mean()

    def _note(self, batch: PolicyBatch, completions: list[int], rows: Tensor) -> None:
        tokens = batch.tokens(completions)
        judged = batch.judged(completions, rows, tokens)
        batch.note(tokens, signals_of(judged, self._config, kl_coef=self._kl_coef))

    def _scored(self, dialogues: list[Dialogue], *, with_entropies: bool = False) -> CompletionScores:
        return score_completions(
            self._policy.scorer,
            dialogues,
            pad_id=self._pad_id,
            temperature=self._config.temperature,
            with_entropies=with_entropies,
        )

    def _parts(self, batch: PolicyBatch, completions: list[int]) -> list[list[int]]:
        """The completions in parts of a backward pass; empty ones where other processes have more parts."""
        limit = min(_TOKENS_PER_BACKWARD, activation_tokens(self._policy.network.config))
        samples = self._config.samples_per_prompt
        parts = backward_parts(batch.samples.dialogues, completions, samples=samples, tokens=limit)
        if self._policy.scorer.keeps_step:
            parts += [[]] * fewer(len(parts))
        return parts


def _own(batch: PolicyBatch, completions: list[int], samples: int) -> list[int]:
    """What this process reads of completions of whole prompts: whole prompts."""
    prompts = [completions[start : start + samples] for start in range(0, len(completions), samples)]
    sizes = [sum(len(dialogue) for dialogue in batch.dialogues(prompt)) for prompt in prompts]
    return [i for place in sorted(even_share(sizes)) for i in prompts[place]]


def _minibatches(config: PolicyConfig) -> int:
    """Parts of a batch, whole prompts in each."""
    return min(config.minibatches, config.prompts_per_step) if config.method in CLIPPED else 1
