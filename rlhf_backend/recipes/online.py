"""What methods that sample while they train have in common: completions of the policy, and what these earn.

A step's prompts and random numbers are functions of the run's seed and the step alone: a resumed run samples what the
uninterrupted one would have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.jsonl import read_rows
from rlhf_backend.data.order import derived_seed, step_rows
from rlhf_backend.distributed import gathered, share
from rlhf_backend.models.device import device
from rlhf_backend.models.reward import RewardModel, RewardScores
from rlhf_backend.models.rollout import Decoder, Decoding, Rollout, sample_rollout
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.recipes.training_loop import Metrics
from rlhf_backend.recipes.tuning import Tuning
from rlhf_backend.run import Run
from rlhf_backend.types import PromptRow

UNENDED_PENALTY = 1.0
"""Reward units that a completion loses which the policy did not close (Huang et al. 2024, arXiv:2403.17031)."""


@dataclass(frozen=True)
class Samples:
    """Completions of some prompts, prompt by prompt: row p·K + k.

    scores (P·K,) are what the policy is to raise: `rewards`, as the reward model gave them, less what its uncertainty
    and a missing end cost. lengths (P·K,) in tokens, the end included; ood (P·K,) as in `RewardScores`.
    """

    dialogues: list[Dialogue]
    scores: Tensor
    rewards: Tensor
    ended: Tensor
    lengths: Tensor
    ood: Tensor | None

    def metrics(self) -> Metrics:
        found = {
            "reward/mean": float(self.rewards.mean()),
            "reward/sd": float(self.rewards.std()) if len(self.rewards) > 1 else 0.0,
            "completion/tokens": float(self.lengths.float().mean()),
            "completion/ended_share": float(self.ended.float().mean()),
        }
        if self.ood is not None:
            found["completion/outside_share"] = float((self.ood > 1).float().mean())
        return found


def driving_scores(found: RewardScores, ended: Tensor, config: PolicyConfig) -> Tensor:
    """What methods are to raise: rewards less what their uncertainty and a missing end cost, reward units. (N,)"""
    return found.mean - config.uncertainty_penalty * found.sd - UNENDED_PENALTY * ~ended


class Sampler:
    """Samples completions of the run's prompts and has them judged."""

    def __init__(self, run: Run, config: PolicyConfig, tuning: Tuning) -> None:
        """Raises: DataError: no prompt."""
        self._config, self._seed = config, run.seed
        self._reward_model = cast("RewardModel", tuning.reward_model)  # `load_tuning` refuses to do without
        self._codec = tuning.policy.language_model.codec
        self._policy = tuning.policy
        self._prompts: Sequence[PromptRow] = read_rows(run.input("prompts.jsonl"), PromptRow)
        room = tuning.policy.language_model.context - config.max_new_tokens
        self._prompt_ids = [self._codec.encode_prompt(prompt.messages, max_tokens=room) for prompt in self._prompts]

    def rows(self, step: int) -> list[int]:
        """The prompts of a step."""
        return step_rows(len(self._prompts), per_step=self._config.prompts_per_step, step=step, seed=self._seed)

    def sample(self, step: int, samples: int | None = None) -> Samples:
        """`samples` completions (else `samples_per_prompt`) of each of a step's prompts, by the policy as it is now."""
        with self._policy.whole():
            return self.sample_by(self._policy.decoder(), samples or self._config.samples_per_prompt, step)

    def sample_by(self, decoder: Decoder, samples: int, step: int, *place: int) -> Samples:
        """The same by any decoder; `place` in the step chooses the random numbers.

        Of several processes each samples for its share of the prompts, and all get everything.
        """
        rows = self.rows(step)
        seeds = [derived_seed(self._seed, step, *place, number) for number in range(len(rows))]
        own = share(len(rows))
        parts = []
        if len(own):
            chosen = [rows[i] for i in own]
            parts.append(self._judged(chosen, self._completions(decoder, chosen, samples, [seeds[i] for i in own])))
        return _joined(gathered(parts))

    def _completions(self, decoder: Decoder, rows: list[int], samples: int, seeds: Sequence[int]) -> Rollout:
        return sample_rollout(
            decoder,
            [self._prompt_ids[row] for row in rows],
            Decoding(samples, self._config.max_new_tokens, self._config.temperature),
            stop_ids=self._codec.stop_ids,
            seeds=seeds,
        )

    def _judged(self, rows: list[int], rollout: Rollout) -> Samples:
        """The completions with what they earn.

        Raises: DataError: a completion leaves the reward model no room. ConfigError: a reward is not a number.
        """
        completions = [rollout.completion(i) for i in range(len(rollout.lengths))]
        prompts = [rows[i * len(rows) // len(completions)] for i in range(len(completions))]
        found = self._reward_model.score(
            [
                (self._prompts[row].messages, self._codec.decode(ids))
                for row, ids in zip(prompts, completions, strict=True)
            ],
            tags=[self._prompts[row].tags for row in prompts],
        )
        ended = rollout.ended.cpu()
        return Samples(
            [Dialogue(self._prompt_ids[row], ids) for row, ids in zip(prompts, completions, strict=True)],
            driving_scores(found, ended, self._config).to(device()),
            found.mean,
            ended,
            rollout.lengths,
            found.ood,
        )


def _joined(parts: Sequence[Samples]) -> Samples:
    """The samples of all parts, in their order."""
    if len(parts) == 1:
        return parts[0]
    oods = [part.ood for part in parts if part.ood is not None]
    return Samples(
        [dialogue for part in parts for dialogue in part.dialogues],
        scores=torch.cat([part.scores for part in parts]),
        rewards=torch.cat([part.rewards for part in parts]),
        ended=torch.cat([part.ended for part in parts]),
        lengths=torch.cat([part.lengths for part in parts]),
        ood=torch.cat(oods) if oods else None,
    )
