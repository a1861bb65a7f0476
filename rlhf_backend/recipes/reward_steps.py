"""The optimiser steps of a reward model whose backbone is trained: batches, loss, labels that follow.

A step takes comparisons and rankings of similar length, with everything else that was said of their completions.
"""

from dataclasses import dataclass, replace
from math import ceil

import numpy as np
import torch
from torch import Tensor

from rlhf_backend.config import RewardModelConfig
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.feedback import Feedback
from rlhf_backend.data.order import epoch_batches
from rlhf_backend.data.preferences import Preferences
from rlhf_backend.data.shared_prompt import tokens_shared
from rlhf_backend.models.device import device
from rlhf_backend.models.passages import passage_features
from rlhf_backend.recipes.label_smoothing import SoftLabels, soft_labels
from rlhf_backend.recipes.reward_network import RewardNetwork
from rlhf_backend.recipes.reward_objective import Objective, beside_penalty, comparison_weight, reward_loss
from rlhf_backend.recipes.training_loop import Metrics, Schedule

_WARMUP_SHARE = 0.1
_MAX_GRAD_NORM = 1.0
_CHECKPOINT_EVERY = 25


@dataclass(frozen=True)
class TrainingSet:
    """preferences: all n, of which `feedback` says what is trained on. dialogues: of all a and b in turn (2n).

    objective: the likelihood of ties. precision: of the prior that the heads were fitted with, for features of unit
    variance; it holds what they have beside their weights.
    """

    preferences: Preferences
    dialogues: list[Dialogue]
    feedback: Feedback
    objective: Objective
    precision: float

    @property
    def groups(self) -> list[list[Dialogue]]:
        """The completions of each comparison and ranking."""
        return [[self.dialogues[i] for i in item] for item in self.feedback.items]

    @property
    def deciding_threshold(self) -> float:
        """What `probability_a` takes: Davidson's probabilities, given that one is better, know no threshold."""
        return self.objective.threshold if self.objective.ties == "rao_kupper" else 0.0


class FeedbackSteps:
    """What the steps of one run share. A batch is so many comparisons or rankings, with all else said of them."""

    def __init__(self, config: RewardModelConfig, seed: int, network: RewardNetwork, training: TrainingSet) -> None:
        self._config, self._seed, self._network, self._training = config, seed, network, training
        self._feedback = training.feedback.to(torch.device("cpu"), torch.float32)
        self._groups = training.groups
        self._lengths = [tokens_shared(group) for group in self._groups]
        self._per_epoch = ceil(len(self._groups) / config.batch_size)
        units = int(training.feedback.units.max()) + 1
        draws = np.random.default_rng(seed).exponential(size=(config.heads, units))
        self._draws = torch.tensor(draws, dtype=torch.float32, device=device()) if config.heads > 1 else None
        self._everything = comparison_weight(self._feedback).clamp_min(1e-6)
        self._batches: tuple[int, list[list[int]]] = (-1, [])
        self.labels: SoftLabels | None = None
        if config.smoothing_rate > 0:
            self.labels = soft_labels(
                training.preferences,
                rate=config.smoothing_rate,
                threshold=training.deciding_threshold,
                device=device(),
            )

    @property
    def beside(self) -> dict[str, Tensor]:
        """What a checkpoint keeps beside weights and optimizer, and puts back in place."""
        return {} if self.labels is None else {"labels": self.labels.current}

    @property
    def schedule(self) -> Schedule:
        return Schedule(
            phase="reward model",
            steps=self._config.epochs * self._per_epoch,
            learning_rate=self._config.learning_rate,
            warmup_share=_WARMUP_SHARE,
            max_grad_norm=_MAX_GRAD_NORM,
            checkpoint_every=_CHECKPOINT_EVERY,
        )

    def gradient_step(self, step: int) -> Metrics:
        """Leave the gradient of one batch on the network, and let its labels follow where they do."""
        items = self._items(step)
        said, completions = self._feedback.of_items(items)
        said = said.to(device(), torch.float32)
        if self.labels is not None:
            said = replace(said, pairs=replace(said.pairs, targets=self.labels.targets(said.pairs.rows)))
        dialogues, seen = [self._training.dialogues[i] for i in completions], []

        def loss_of(features: Tensor) -> Tensor:
            seen.append(features.detach())
            return self._loss(features, said, dialogues)

        loss = self._network.backward([self._groups[item] for item in items], loss_of)
        pairs = said.pairs
        rewards = (seen[0] @ self._network.weight.detach().T).mean(-1)
        differences = rewards[pairs.a] - rewards[pairs.b]
        if self.labels is not None:
            self.labels.update(pairs.rows, differences)
        hits = ((differences > 0) == (pairs.targets > 0.5))[~pairs.ties].float()
        accuracy = {"train/accuracy": float(hits.mean())} if len(hits) else {}
        return {"train/loss": float(loss)} | accuracy

    def _loss(self, features: Tensor, said: Feedback, dialogues: list[Dialogue]) -> Tensor:
        """Mean over comparisons, rankings and heads, by weight."""
        heads = self._network.heads
        passages = None
        if len(said.passages.rows):
            passages = passage_features(self._network.reader, dialogues, said.passages)
        losses = reward_loss(
            heads, features, said, self._training.objective, passages=passages, draws=self._draws
        ) / comparison_weight(said, self._draws).clamp_min(1e-6)
        if not self._training.feedback.only_pairs:
            precision = self._training.precision * features.shape[1]
            losses = losses + beside_penalty(heads, precision=precision) / self._everything
        return losses.mean()

    def _items(self, step: int) -> list[int]:
        epoch, place = divmod(step, self._per_epoch)
        if self._batches[0] != epoch:
            batches = epoch_batches(self._lengths, batch_size=self._config.batch_size, epoch=epoch, seed=self._seed)
            self._batches = (epoch, batches)
        return self._batches[1][place]
