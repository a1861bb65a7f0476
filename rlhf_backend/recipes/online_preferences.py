"""Online DPO and XPO: the policy learns from pairs that it writes and the reward model judges while it trains.

Differs from the papers: every step samples, judges and takes one gradient step, where XPO minimises over all pairs so
far; the reward model stands in for the person or the language model who judges; its verdicts are the higher reward or,
as a setting, a draw; XPO's bonus is clipped instead of the policy class being bounded (`exploration_bonus`).

Online DPO compares two completions of the policy. XPO compares one of the policy with one of the reference, and is paid
for making the latter less likely: a policy compared only with itself never sees what it does not write.

Source: online DPO, Guo et al. 2024, arXiv:2402.04792; XPO, Xie et al. 2024, arXiv:2405.21046.
"""

import time
from dataclasses import dataclass

import torch
from torch import Tensor

from rlhf_backend.config import PolicyJob
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.order import derived_seed
from rlhf_backend.distributed import added, gathered
from rlhf_backend.models.device import device
from rlhf_backend.models.scoring import score_completions
from rlhf_backend.ops.dpo_losses import dpo_loss, exploration_bonus, implicit_rewards, xpo_loss
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.recipes.dpo import lead_metrics
from rlhf_backend.recipes.online import Sampler, Samples
from rlhf_backend.recipes.policy_training import tune_policy
from rlhf_backend.recipes.preference_tuning import backward_parts, load_tuning
from rlhf_backend.recipes.training_loop import Metrics, TrainingLog
from rlhf_backend.recipes.tuning import Tuning
from rlhf_backend.run import Run
from rlhf_backend.types import PolicyReport

# Places of random numbers in a step beside those of the policy's samples, which are numbered from 0.
_REFERENCE_PLACE, _VERDICT_PLACE = 2**31, 2**31 + 1


def tune_on_online_preferences(run: Run, job: PolicyJob) -> PolicyReport:
    """Tune by online DPO or XPO, write `model/`.

    Raises: ConfigError: no reward model, a model that cannot be loaded, a breakdown of training. DataError: no prompt.
    """
    tuning = load_tuning(run, job)
    tuner = _Tuner(run, job.config, tuning)

    def report(log: TrainingLog) -> PolicyReport:
        return PolicyReport(
            method=job.config.method,
            steps=len(log.steps),
            reward_first=log.mean("reward/mean", first=True),
            reward_last=log.mean("reward/mean"),
            kl=log.mean("kl/reference"),
            tokens_mean=log.mean("completion/tokens"),
            samples_per_second=tuner.samples_per_second,
        )

    return tune_policy(run, job, tuning, tuner.gradient_step, report=report)


@dataclass(frozen=True)
class _Pairs:
    """n judged pairs. Dialogues a and b in turn, row 2i and 2i + 1; targets and weights (n,): a pair of identical
    completions weighs nothing.
    """

    dialogues: list[Dialogue]
    targets: Tensor
    weights: Tensor


class _Tuner:
    """What the steps of one run share."""

    def __init__(self, run: Run, config: PolicyConfig, tuning: Tuning) -> None:
        self._seed, self._config, self._tuning = run.seed, config, tuning
        self._sampler = Sampler(run, config, tuning)
        self._explores = config.method == "xpo"
        self._samples, self._seconds = 0, 0.0

    @property
    def samples_per_second(self) -> float | None:
        return self._samples / self._seconds if self._samples else None

    def gradient_step(self, step: int) -> Metrics:
        """Sample, judge, and leave the gradient of the loss on the policy."""
        started = time.monotonic()
        pairs, samples = self._sample_pairs(step)
        learned = self._backward(pairs)
        self._samples += len(pairs.dialogues)
        self._seconds += time.monotonic() - started
        return samples.metrics() | learned | {"pairs/identical_share": float((pairs.weights == 0).float().mean())}

    def _sample_pairs(self, step: int) -> tuple[_Pairs, Samples]:
        """The pairs of a step, and the policy's own samples among them."""
        if self._explores:
            own, other = self._sampler.sample(step, 1), self._sample_reference(step)
            dialogues = [d for pair in zip(own.dialogues, other.dialogues, strict=True) for d in pair]
            ahead = own.scores - other.scores
        else:
            own = self._sampler.sample(step, 2)
            dialogues, ahead = own.dialogues, own.scores[::2] - own.scores[1::2]
        distinct = [a.completion != b.completion for a, b in zip(dialogues[::2], dialogues[1::2], strict=True)]
        weights = torch.tensor(distinct, dtype=torch.float32, device=device())
        return _Pairs(dialogues, self._verdicts(ahead, step), weights), own

    def _sample_reference(self, step: int) -> Samples:
        with self._tuning.reference.decoding() as decoder:
            return self._sampler.sample_by(decoder, 1, step, _REFERENCE_PLACE)

    def _verdicts(self, ahead: Tensor, step: int) -> Tensor:
        """P(a better) as the reward model says it of pairs in which a's reward is so far ahead. (n,) → (n,)

        Drawn verdicts follow the model that the reward model was fitted by, at its fitted temperature.
        """
        if self._config.judge_by == "argmax" or self._tuning.reward_model is None:
            return (ahead.sign() + 1) / 2
        reward_model = self._tuning.reward_model
        chances = (ahead.cpu() * reward_model.scale / reward_model.temperature).sigmoid()
        generator = torch.Generator().manual_seed(derived_seed(self._seed, step, _VERDICT_PLACE))
        return (torch.rand(len(chances), generator=generator) < chances).float().to(device())

    def _backward(self, pairs: _Pairs) -> Metrics:
        """Accumulate the gradient, part by part."""
        sizes = [len(a) + len(b.completion) for a, b in zip(pairs.dialogues[::2], pairs.dialogues[1::2], strict=True)]
        total = float(pairs.weights.sum().clamp_min(1))
        loss, order = 0.0, []
        found: list[Tensor] = []
        policy = self._tuning.policy
        for index in backward_parts(sizes, policy.scorer, pad_id=policy.language_model.codec.pad_id):
            part = _Pairs(
                [pairs.dialogues[2 * i + side] for i in index for side in (0, 1)],
                pairs.targets[index],
                pairs.weights[index],
            )
            part_loss, logprobs, ref_logprobs = self._loss(part)
            part_loss = part_loss * (float(part.weights.sum()) / total)
            part_loss.backward()  # type: ignore[no-untyped-call]
            loss += float(part_loss.detach())
            found.append(torch.stack([logprobs.detach(), ref_logprobs]))
            order += index
        return {"train/loss": added(loss)} | self._told(pairs, torch.cat(gathered(found), 1), gathered(order))

    def _loss(self, pairs: _Pairs) -> tuple[Tensor, Tensor, Tensor]:
        """The mean loss of these pairs; log π and log π_ref of their completions, (2n,) each."""
        config, policy = self._config, self._tuning.policy
        pad_id = policy.language_model.codec.pad_id
        logprobs = score_completions(
            policy.scorer, pairs.dialogues, pad_id=pad_id, temperature=config.temperature
        ).logprobs
        with torch.no_grad():
            ref_logprobs = score_completions(
                self._tuning.reference, pairs.dialogues, pad_id=pad_id, temperature=config.temperature
            ).logprobs
        rewards = implicit_rewards(logprobs, ref_logprobs, beta=config.dpo_beta)
        loss = dpo_loss(rewards[::2], rewards[1::2], pairs.targets, weights=pairs.weights)
        if self._explores:
            bonuses = exploration_bonus(
                logprobs[1::2], ref_logprobs[1::2], beta=config.dpo_beta, limit=config.log_ratio_limit
            )
            loss = xpo_loss(loss, bonuses, alpha=config.exploration_alpha, weights=pairs.weights)
        return loss, logprobs, ref_logprobs

    def _told(self, pairs: _Pairs, found: Tensor, order: list[int]) -> Metrics:
        """found: log π and log π_ref (2, 2n) of pairs in this order."""
        log_ratios = (found[0] - found[1]).view(-1, 2)
        distinct = pairs.weights[order] > 0
        leads = self._config.dpo_beta * (log_ratios[:, 0] - log_ratios[:, 1])[distinct]
        told = lead_metrics(leads.cpu(), pairs.targets[order][distinct].cpu())
        if not self._explores:
            return told | {"kl/reference": float(log_ratios.mean())}
        tokens = sum(len(dialogue.completion) for dialogue in pairs.dialogues[1::2])
        # In free fall the policy destroys what the reference writes instead of finding something better.
        anchors = found[0].view(-1, 2)[:, 1]
        return told | {
            "kl/reference": float(log_ratios[:, 0].mean()),
            "xpo/anchor_logprob": float(anchors.mean()),
            "xpo/anchor_logprob_per_token": float(anchors.sum()) / tokens,
        }
