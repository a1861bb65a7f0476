"""REINFORCE with a leave-one-out baseline (RLOO) against the reward model, held near the reference by a KL penalty.

Each step: sample K completions of some prompts, reward each, subtract its KL to the reference, subtract the mean of the
other K − 1, and follow the policy gradient once.

Source: Ahmadian et al. 2024, arXiv:2402.14740. Differs from the paper: one gradient step for each batch, so samples are
on-policy and no probability ratio is needed; rewards are normalised on the reward model's data (a KL coefficient means
the same for all reward models); the KL of a completion is the k1 estimator Σ (log π − log π_ref), in the reward; a
completion that the policy did not close loses one reward unit (Huang et al. 2024, arXiv:2403.17031: the EOS trick).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from rlhf_backend.config import PolicyConfig, PolicyJob
from rlhf_backend.data.dialogues import Dialogue, length_buckets
from rlhf_backend.data.jsonl import read_rows
from rlhf_backend.data.order import derived_seed, step_rows
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.device import device
from rlhf_backend.models.policy import Reference, TunedPolicy
from rlhf_backend.models.reward import RewardModel, load_reward_model
from rlhf_backend.models.rollout import Decoding, Rollout, sample_rollout
from rlhf_backend.models.scoring import score_by_length
from rlhf_backend.ops.advantages import kl_penalised_rewards, leave_one_out_advantages
from rlhf_backend.ops.kl import kl_k1
from rlhf_backend.ops.policy_losses import reinforce_loss
from rlhf_backend.recipes.policy_training import Tuning, tune_policy
from rlhf_backend.recipes.preflight import kl_coef_of
from rlhf_backend.recipes.training_loop import Metrics, TrainingLog
from rlhf_backend.run import Run
from rlhf_backend.types import PolicyReport, PromptRow

_UNENDED_PENALTY = 1.0
# Positions whose activations are held for one backward pass.
_TOKENS_PER_BACKWARD = 16_384


def tune_by_rloo(run: Run, job: PolicyJob) -> PolicyReport:
    """Tune, write `model/`.

    Raises: ConfigError: no reward model, a model that cannot be loaded, a breakdown of training. DataError: no prompt.
    """
    if job.reward_model is None:
        raise ConfigError("RLOO needs a reward model: train one first, or choose DPO")
    config = job.config
    prompts = read_rows(run.input("prompts.jsonl"), PromptRow)
    policy = TunedPolicy(job.policy, lora_rank=config.lora_rank, warn=run.events.warn)
    adapters_on_reference = bool(config.lora_rank) and job.reference == job.policy
    reference = Reference(job.reference, policy, is_policy=adapters_on_reference, warn=run.events.warn)
    reward_model = load_reward_model(job.reward_model, warn=run.events.warn, principles=job.principles)
    tuning = Tuning(policy, reference, reward_model)
    kl_coef = kl_coef_of(run, job, tuning)
    tuner = _Tuner(config, run.seed, prompts, policy, reference, reward_model, kl_coef)
    return tune_policy(run, job, tuning, tuner.gradient_step, report=tuner.report)


@dataclass
class _Batch:
    """The samples of one step, prompt by prompt: row p·K + k."""

    dialogues: list[Dialogue]
    scores: Tensor  # rewards before the KL penalty (P, K)
    rewards: Tensor  # as the reward model gave them (P·K,)
    ood: Tensor | None  # their out-of-distribution scores (P·K,)


class _Tuner:
    """What the steps of one run share."""

    def __init__(
        self,
        config: PolicyConfig,
        seed: int,
        prompts: Sequence[PromptRow],
        policy: TunedPolicy,
        reference: Reference,
        reward_model: RewardModel,
        kl_coef: float,
    ) -> None:
        self._config, self._seed, self._prompts, self._kl_coef = config, seed, prompts, kl_coef
        self._policy, self._reference, self._reward_model = policy, reference, reward_model
        self._decoder = policy.decoder()
        codec, context = policy.language_model.codec, policy.language_model.context
        room = context - config.max_new_tokens
        self._prompt_ids = [codec.encode_prompt(prompt.messages, max_tokens=room) for prompt in prompts]
        self.samples, self._seconds = 0, 0.0

    def report(self, log: TrainingLog) -> PolicyReport:
        return PolicyReport(
            method="rloo",
            steps=len(log.steps),
            reward_first=log.mean("reward/mean", first=True),
            reward_last=log.mean("reward/mean"),
            kl=log.mean("kl/reference"),
            tokens_mean=log.mean("completion/tokens"),
            samples_per_second=self.samples / self._seconds if self.samples else None,
        )

    def gradient_step(self, step: int) -> Metrics:
        """Sample, reward, and leave the policy gradient on the policy."""
        started, config = time.monotonic(), self._config
        rows = step_rows(len(self._prompts), per_step=config.prompts_per_step, step=step, seed=self._seed)
        rollout = self._sample(rows, step)
        batch = self._reward(rows, rollout)
        self.samples += len(batch.dialogues)
        loss, kl, entropy = self._backward(batch)
        self._seconds += time.monotonic() - started
        return {
            "reward/mean": float(batch.rewards.mean()),
            "reward/sd": float(batch.rewards.std()),
            "kl/reference": float(kl.mean()),
            "train/loss": loss,
            "policy/entropy": entropy,
            "completion/tokens": float(rollout.lengths.float().mean()),
            "completion/ended_share": float(rollout.ended.float().mean()),
        } | ({"completion/outside_share": float((batch.ood > 1).float().mean())} if batch.ood is not None else {})

    def _sample(self, rows: list[int], step: int) -> Rollout:
        config = self._config
        self._decoder.refresh()
        return sample_rollout(
            self._decoder,
            [self._prompt_ids[row] for row in rows],
            Decoding(config.samples_per_prompt, config.max_new_tokens, config.temperature),
            stop_ids=self._policy.language_model.codec.stop_ids,
            seeds=[derived_seed(self._seed, step, place) for place in range(len(rows))],
        )

    def _reward(self, rows: list[int], rollout: Rollout) -> _Batch:
        k = self._config.samples_per_prompt
        codec = self._policy.language_model.codec
        completions = [rollout.completion(i) for i in range(len(rows) * k)]
        dialogues = [Dialogue(self._prompt_ids[rows[i // k]], ids) for i, ids in enumerate(completions)]
        judged = [(self._prompts[rows[i // k]].messages, codec.decode(ids)) for i, ids in enumerate(completions)]
        tags = [self._prompts[rows[i // k]].tags for i in range(len(judged))]
        scores = self._reward_model.score(judged, tags=tags)
        penalised = scores.mean - self._config.uncertainty_penalty * scores.sd - _UNENDED_PENALTY * ~rollout.ended.cpu()
        return _Batch(dialogues, penalised.view(-1, k).to(device()), scores.mean, scores.ood)

    def _backward(self, batch: _Batch) -> tuple[float, Tensor, float]:
        """Accumulate the gradient over whole prompts; the loss, the KL of each completion (P·K,), the mean entropy."""
        k = self._config.samples_per_prompt
        lengths = [len(d) for d in batch.dialogues]
        longest_of_prompt = [max(lengths[p * k : (p + 1) * k]) * k for p in range(len(lengths) // k)]
        loss, kls, entropies = 0.0, [], []
        for group in length_buckets(longest_of_prompt, tokens=_TOKENS_PER_BACKWARD):
            index = [p * k + i for p in group for i in range(k)]
            logprobs, ref_logprobs, entropy = self._logprobs([batch.dialogues[i] for i in index])
            kl = kl_k1(logprobs.detach(), ref_logprobs)
            rewards = kl_penalised_rewards(batch.scores[group], kl.view(-1, k), kl_coef=self._kl_coef)
            part = reinforce_loss(logprobs, leave_one_out_advantages(rewards).flatten())
            part = part * (len(index) / len(lengths))
            part.backward()  # type: ignore[no-untyped-call]
            loss += float(part.detach())
            kls.append(kl)
            entropies.append(entropy)
        return loss, torch.cat(kls), float(torch.cat(entropies).mean())

    def _logprobs(self, dialogues: list[Dialogue]) -> tuple[Tensor, Tensor, Tensor]:
        """log π with gradient and log π_ref of each completion (B,), and the policy's entropy at each token (N,)."""
        pad_id, temperature = self._policy.language_model.codec.pad_id, self._config.temperature
        policy = partial(self._policy.scorer, temperature=temperature, with_entropies=True)
        logprobs, entropies = score_by_length(policy, dialogues, pad_id=pad_id)
        with torch.no_grad():
            ref_logprobs, _ = score_by_length(
                partial(self._reference, temperature=temperature), dialogues, pad_id=pad_id
            )
        return logprobs, ref_logprobs, entropies
