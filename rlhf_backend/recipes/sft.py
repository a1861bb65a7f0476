"""Supervised fine-tuning: the policy imitates demonstrations, corrections and the completions that people chose.

Differs from the paper: chosen completions are imitated beside demonstrations, each as heavy as the verdicts for it;
AdamW with a linear decay instead of a cosine; a share of the prompts is held out and its perplexity told on the way.

Source: Ouyang et al. 2022, arXiv:2203.02155, §3.5.
"""

from collections.abc import Sequence

import numpy as np
import torch

from rlhf_backend.config import PolicyJob
from rlhf_backend.data.order import step_rows
from rlhf_backend.data.preferences import group_folds
from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.models.scoring import score_completions
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.recipes.imitation import Examples, imitate, read_examples
from rlhf_backend.recipes.policy_training import tune_policy
from rlhf_backend.recipes.preference_tuning import kl_of_samples, load_tuning
from rlhf_backend.recipes.training_loop import Metrics, TrainingLog
from rlhf_backend.run import Run
from rlhf_backend.types import PolicyReport

_FOLDS = 10
# Fewer prompts are all trained on: a perplexity of two of them says little.
_FEWEST_PROMPTS = 20
# The most examples whose perplexity is told.
_MOST_HELD_OUT = 64


def tune_by_sft(run: Run, job: PolicyJob) -> PolicyReport:
    """Tune, write `model/`.

    Raises: DataError: nothing to imitate. ConfigError: a model that cannot be loaded, training that breaks down.
    """
    tuning = load_tuning(run, job)
    examples = read_examples(run, tuning.policy)
    tuner = _Tuner(job.config, job.monitor.every, run.seed, tuning.policy, examples)

    def report(log: TrainingLog) -> PolicyReport:
        if tuner.held_out:
            first, last = log.steps[0]["held_out/perplexity"], tuner.perplexity()
            run.events.log(f"perplexity of {len(tuner.held_out)} held-out completions: {first:.2f} → {last:.2f}")
        prompts = [dialogue.prompt for dialogue in examples.dialogues]
        kl, tokens = kl_of_samples(tuning, prompts, job.config, seed=run.seed)
        return PolicyReport(method="sft", steps=len(log.steps), kl=kl, tokens_mean=tokens)

    return tune_policy(run, job, tuning, tuner.gradient_step, report=report)


class _Tuner:
    """What the steps of one run share."""

    def __init__(self, config: PolicyConfig, every: int, seed: int, policy: TunedPolicy, examples: Examples) -> None:
        self._config, self._every, self._seed = config, every, seed
        self._policy, self._examples = policy, examples
        self._trained, self.held_out = _parted(examples, seed=seed)

    def gradient_step(self, step: int) -> Metrics:
        """Leave the gradient of the loss on the policy; at looks of the monitor tell the held-out perplexity too."""
        metrics: Metrics = {}
        if self.held_out and step % self._every == 0:
            metrics["held_out/perplexity"] = self.perplexity()
        rows = step_rows(len(self._trained), per_step=self._config.prompts_per_step, step=step, seed=self._seed)
        chosen = [self._trained[row] for row in rows]
        dialogues = [self._examples.dialogues[i] for i in chosen]
        loss = imitate(self._policy, dialogues, [self._examples.weights[i] for i in chosen])
        return {"train/loss": loss} | metrics

    @torch.no_grad()
    def perplexity(self) -> float:
        """exp of the mean −log π per token of the held-out completions, by weight."""
        dialogues = [self._examples.dialogues[i] for i in self.held_out]
        scores = score_completions(self._policy.scorer, dialogues, pad_id=self._policy.language_model.codec.pad_id)
        weights = np.array([self._examples.weights[i] for i in self.held_out])
        tokens = np.array([len(dialogue.completion) for dialogue in dialogues])
        return float(np.exp(-(weights * scores.logprobs.double().cpu().numpy()).sum() / (weights * tokens).sum()))


def _parted(examples: Examples, *, seed: int) -> tuple[Sequence[int], Sequence[int]]:
    """Examples that are trained on, and those of other prompts that are held out: a tenth of the prompts, or none."""
    everything = range(len(examples))
    if len(set(examples.prompts.tolist())) < _FEWEST_PROMPTS:
        return everything, ()
    folds = group_folds(examples.prompts, folds=_FOLDS, seed=seed)
    held_out = [i for i in everything if folds[i] == 0]
    return [i for i in everything if folds[i] != 0], held_out[:_MOST_HELD_OUT]
