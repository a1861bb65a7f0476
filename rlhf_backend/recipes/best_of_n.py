"""Best of n: of n samples of a prompt the one that the reward model likes best is imitated.

Differs from the paper: every step samples from the policy as it is by then and takes one gradient step on the best of
each prompt, where the paper samples a large batch, keeps its best and fine-tunes on them for a while. So the KL to the
reference may go beyond log n − (n − 1)/n, what choosing once costs at most; both are told.

Source: Dong et al. 2023 (RAFT), arXiv:2304.06767; the KL: Stiennon et al. 2020, arXiv:2009.01325, app. G.3.
"""

import time

import torch

from rlhf_backend.config import PolicyJob
from rlhf_backend.ops.kl import kl_k1
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.recipes.imitation import imitate
from rlhf_backend.recipes.online import Sampler, Samples
from rlhf_backend.recipes.policy_training import tune_policy
from rlhf_backend.recipes.preference_tuning import load_tuning, scored_together
from rlhf_backend.recipes.training_loop import Metrics, TrainingLog
from rlhf_backend.recipes.tuning import Tuning
from rlhf_backend.run import Run
from rlhf_backend.stats.best_of_n import best_of_n_kl
from rlhf_backend.types import PolicyReport


def tune_by_best_of_n(run: Run, job: PolicyJob) -> PolicyReport:
    """Tune, write `model/`.

    Raises: ConfigError: no reward model, a model that cannot be loaded, a breakdown of training. DataError: no prompt.
    """
    tuning = load_tuning(run, job)
    tuner = _Tuner(job.config, tuning, Sampler(run, job.config, tuning))

    def report(log: TrainingLog) -> PolicyReport:
        n, kl = job.config.samples_per_prompt, log.mean("kl/reference")
        run.events.log(
            f"KL to the reference {kl:.2f} nats; choosing once among {n} costs at most {best_of_n_kl(n):.2f}"
        )
        return PolicyReport(
            method="best_of_n",
            steps=len(log.steps),
            reward_first=log.mean("reward/mean", first=True),
            reward_last=log.mean("reward/mean"),
            kl=kl,
            tokens_mean=log.mean("completion/tokens"),
            samples_per_second=tuner.samples_per_second,
        )

    return tune_policy(run, job, tuning, tuner.gradient_step, report=report)


class _Tuner:
    """What the steps of one run share."""

    def __init__(self, config: PolicyConfig, tuning: Tuning, sampler: Sampler) -> None:
        self._config, self._tuning, self._sampler = config, tuning, sampler
        self._samples, self._seconds = 0, 0.0

    @property
    def samples_per_second(self) -> float | None:
        return self._samples / self._seconds if self._samples else None

    def gradient_step(self, step: int) -> Metrics:
        """Sample, choose, and leave the gradient of imitating the best on the policy."""
        started, n = time.monotonic(), self._config.samples_per_prompt
        samples = self._sampler.sample(step)
        kl = self._kl(samples)
        best = samples.scores.cpu().view(-1, n).argmax(-1) + n * torch.arange(len(samples.dialogues) // n)
        chosen = [samples.dialogues[i] for i in best.tolist()]
        loss = imitate(self._tuning.policy, chosen, [1.0] * len(chosen))
        self._samples += len(samples.dialogues)
        self._seconds += time.monotonic() - started
        return samples.metrics() | {
            "train/loss": loss,
            "reward/best": float(samples.rewards[best].mean()),
            "kl/reference": kl,
            "kl/of_choosing_once": best_of_n_kl(n),
        }

    @torch.no_grad()
    def _kl(self, samples: Samples) -> float:
        """To the reference, on the first sample of each prompt, nats per completion."""
        policy, first = self._tuning.policy, samples.dialogues[:: self._config.samples_per_prompt]
        own, ref = (
            scored_together(
                scorer, first, pad_id=policy.language_model.codec.pad_id, temperature=self._config.temperature
            )[0]
            for scorer in (policy.scorer, self._tuning.reference)
        )
        return float(kl_k1(own, ref).mean())
