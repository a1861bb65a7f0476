"""Tuning by policy gradients: REINFORCE, RLOO, GRPO, A2C, PPO and its calibrated bundle, PPO-max.

Differs from the papers: log-probabilities under the policy that sampled are those of the update's first pass, not of
the rollout, whose arithmetic is faster and coarser: the probability ratio then is 1. PPO-max, arXiv:2307.04964, is PPO
with `reward_scaling`, `reward_clip` and `critic_warmup_steps`; its critic starts from the policy instead of the reward
model (App. B: how it starts matters little, its pre-training does), and demonstrations and chosen completions stand for
pre-training data.

Each step: sample K completions of some prompts, have the reward model judge them, and follow the gradient, once or,
with GRPO and PPO, several times over the batch. `policy_gradient_methods.py` has what tells the methods apart.
"""

import time
from dataclasses import replace

from rlhf_backend.config import PolicyJob
from rlhf_backend.data.order import derived_seed, step_rows
from rlhf_backend.models.value import CRITIC, Critic
from rlhf_backend.ops.kl import kl_k1
from rlhf_backend.ops.logprobs import sum_by_row
from rlhf_backend.ops.policy_losses import explained_variance
from rlhf_backend.ops.reward_scaling import merged_moments, no_moments, scaled_rewards
from rlhf_backend.policy_config import WITH_CRITIC, PolicyConfig
from rlhf_backend.recipes.imitation import Examples, imitate, read_examples
from rlhf_backend.recipes.online import Sampler
from rlhf_backend.recipes.policy_batch import PolicyBatch
from rlhf_backend.recipes.policy_training import policy_schedule, tune_policy
from rlhf_backend.recipes.policy_update import Updater, updates_per_batch
from rlhf_backend.recipes.preference_tuning import load_tuning, scored_together
from rlhf_backend.recipes.preflight import kl_coef_of
from rlhf_backend.recipes.training_loop import Metrics, Schedule, TrainingLog
from rlhf_backend.recipes.tuning import Tuning
from rlhf_backend.run import Run
from rlhf_backend.types import PolicyReport

# Keeps the order of demonstrations apart from that of prompts.
_DEMONSTRATIONS = 1


def tune_by_policy_gradient(run: Run, job: PolicyJob) -> PolicyReport:
    """Tune, write `model/`.

    Raises: ConfigError: no reward model, a model that cannot be loaded, a breakdown of training. DataError: no prompt,
    nothing to imitate where demonstrations are to be mixed in.
    """
    tuning = load_tuning(run, job)
    tuner = _Tuner(run, job, tuning, kl_coef=kl_coef_of(run, job, tuning))
    return tune_policy(
        run,
        job,
        tuning,
        tuner.gradient_step,
        report=tuner.report,
        critic=tuner.critic,
        beside={"reward_moments": tuner.moments},
        schedule=tuner.schedule,
    )


class _Tuner:
    """What the steps of one run share."""

    def __init__(self, run: Run, job: PolicyJob, tuning: Tuning, *, kl_coef: float) -> None:
        config = self._config = job.config
        self._seed = run.seed
        self._policy, self._reference = tuning.policy, tuning.reference
        self._pad_id = tuning.policy.language_model.codec.pad_id
        self._sampler = Sampler(run, config, tuning)
        self.critic: Critic | None = None
        if config.method in WITH_CRITIC:
            self.critic = Critic(tuning.policy, job.policy, lora_rank=config.lora_rank, warn=run.events.warn)
        self._updater = Updater(config, tuning.policy, self.critic, kl_coef=kl_coef)
        self._examples = read_examples(run, tuning.policy) if config.demonstration_weight else None
        self.schedule = _schedule(config)
        self.moments = no_moments()
        self._samples, self._seconds = 0, 0.0

    def report(self, log: TrainingLog) -> PolicyReport:
        return PolicyReport(
            method=self._config.method,
            steps=self._config.steps,
            reward_first=log.mean("reward/mean", first=True),
            reward_last=log.mean("reward/mean"),
            kl=log.mean("kl/reference"),
            tokens_mean=log.mean("completion/tokens"),
            samples_per_second=self._samples / self._seconds if self._samples else None,
        )

    def gradient_step(self, number: int) -> Metrics:
        """Leave the gradient of one update on the policy and the critic; the first of a step samples its batch."""
        started = time.monotonic()
        step, update = divmod(number, self.schedule.updates)
        if update == 0:
            self._batch = self._collect(step)
        resting = step < self.schedule.delay
        metrics = self._updater.update(self._batch, update, seed=derived_seed(self._seed, step), resting=resting)
        if self._examples is not None and not resting:
            metrics["demonstrations/loss"] = self._imitate(self._examples, number)
        if update == 0:
            metrics |= self._batch.samples.metrics() | self._figures()
        self._seconds += time.monotonic() - started
        return metrics

    def _collect(self, step: int) -> PolicyBatch:
        """Sample a batch and have it judged, by the reward model and by the reference."""
        samples, scaling = self._sampler.sample(step), self._config.reward_scaling
        if scaling != "none":
            self.moments.copy_(merged_moments(self.moments, samples.scores.cpu()))
        scores = scaled_rewards(samples.scores, self.moments, scaling=scaling, clip=self._config.reward_clip)
        _, ref_logprobs = scored_together(
            self._reference, samples.dialogues, pad_id=self._pad_id, temperature=self._config.temperature
        )
        self._samples += len(samples.dialogues)
        return PolicyBatch(samples, scores, ref_logprobs)

    def _figures(self) -> Metrics:
        """Of the whole batch, once its first update has read it."""
        batch = self._batch
        kl = kl_k1(batch.logprobs, batch.ref_logprobs)
        found = {"kl/reference": float(sum_by_row(kl, batch.rows, len(batch.scores)).mean())}
        if self.critic is not None:
            found["critic/explained_variance"] = float(explained_variance(batch.values, batch.returns))
        if self._config.reward_scaling != "none":
            found["reward/running_sd"] = float((self.moments[2] / self.moments[0]).sqrt())
        return found

    def _imitate(self, examples: Examples, number: int) -> float:
        """Add the gradient of demonstrations, a step's worth of them; their loss, nats per token."""
        rows = step_rows(
            len(examples.dialogues),
            per_step=self._config.prompts_per_step,
            step=number,
            seed=derived_seed(self._seed, _DEMONSTRATIONS),
        )
        return imitate(
            self._policy,
            [examples.dialogues[row] for row in rows],
            [examples.weights[row] for row in rows],
            scale=self._config.demonstration_weight,
        )


def _schedule(config: PolicyConfig) -> Schedule:
    """Steps on which only the critic learns come first, and do not count as steps of the policy."""
    schedule = replace(policy_schedule(config), updates=updates_per_batch(config))
    if config.method not in WITH_CRITIC:
        return schedule
    return replace(
        schedule,
        steps=config.critic_warmup_steps + config.steps,
        delay=config.critic_warmup_steps,
        part_rates={CRITIC: config.critic_learning_rate},
    )
