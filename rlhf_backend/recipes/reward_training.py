"""A reward model whose backbone is trained as well, every weight or LoRA adapters, with K heads on top.

The heads start from the fit on frozen features, so training goes on from the best linear model instead of from noise.
Source: Stiennon et al. 2020, arXiv:2009.01325; bootstrap heads on one trunk: Osband et al. 2016, arXiv:1602.04621.
Differs from the papers: ties, margins and weights as in `reward_model`, length buckets, K heads instead of one.
"""

from math import ceil
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from rlhf_backend.config import RewardModelConfig, RewardModelJob
from rlhf_backend.data.dialogues import Dialogue, collate
from rlhf_backend.data.order import epoch_batches
from rlhf_backend.data.preferences import Preferences, group_folds
from rlhf_backend.data.shared_prompt import collate_shared
from rlhf_backend.errors import DataError
from rlhf_backend.models.adapters import merge_adapters, with_adapters
from rlhf_backend.models.device import device
from rlhf_backend.models.features import FeatureReader
from rlhf_backend.ops.preference_losses import bradley_terry_loss, rao_kupper_loss
from rlhf_backend.recipes.reward_effects import Opinions
from rlhf_backend.recipes.reward_fit import Fitted
from rlhf_backend.recipes.reward_head import linear_verdicts, prompt_folds, tie_threshold
from rlhf_backend.recipes.reward_material import Material
from rlhf_backend.recipes.training_loop import Metrics, Schedule, train_steps
from rlhf_backend.run import Run
from rlhf_backend.stats.preference_regression import Array, choose_precision, fit_ensemble

_LORA_RANK = 16
_WARMUP_SHARE = 0.1
_MAX_GRAD_NORM = 1.0
_CHECKPOINT_EVERY = 25


def train_backbone(run: Run, job: RewardModelJob, material: Material) -> Fitted:
    """Train on four fifths of the prompts (with 5 folds); the rest is held out.

    Raises: DataError: one prompt only, or no decided preference to measure on. ConfigError: training breaks down.
    """
    # What a model labeled for itself must have been labeled without the prompts that are measured on.
    preferences = material.preferences.with_targets(material.targets_without(0))
    dialogues, reader = material.dialogues, material.reader
    train, test = _split_by_prompt(preferences, job.config, seed=run.seed)
    places = [2 * i + side for i in train for side in (0, 1)]
    training, train_dialogues = preferences.subset(train), [dialogues[place] for place in places]
    threshold = tie_threshold(training, job.config)
    heads, first = _start(material.features[places], training, job.config, seed=run.seed)
    share_prompts = _can_share_prompts(reader, train_dialogues)
    run.events.log("completions share one encoding of their prompt" if share_prompts else "prompts are encoded twice")
    network = RewardNetwork(reader, heads, lora=job.config.trainable == "lora", share_prompts=share_prompts)
    steps = PreferenceSteps(job.config, run.seed, network, training, train_dialogues, threshold)
    train_steps(run, network, steps.schedule, steps.gradient_step)
    reader = network.finished_reader()
    features, heads = reader.read(dialogues), network.heads.detach().cpu()
    rewards = (features @ heads.T).mean(-1).double().numpy().reshape(-1, 2)
    return Fitted(
        reader=reader,
        heads=heads,
        features=features,
        held_out=np.array(test),
        rewards=rewards[test],
        method=f"{len(test)} preferences of held-out prompts",
        opinions=_opinions(rewards[:, 0] - rewards[:, 1], first, train=train, test=test, threshold=threshold),
        threshold=threshold,
        feedback={"comparisons": len(np.unique(training.units))},
    )


class RewardNetwork(nn.Module):
    """A backbone in training with K linear heads on its features."""

    def __init__(self, reader: FeatureReader, heads: Tensor, *, lora: bool, share_prompts: bool) -> None:
        super().__init__()
        self._reader, self._share_prompts = reader, share_prompts
        backbone = reader.backbone.network
        self._adapted: Any = with_adapters(backbone, _LORA_RANK) if lora else None
        self.backbone = backbone if lora else backbone.requires_grad_(True)
        self.heads = nn.Parameter(heads.float().to(device()))

    def forward(self, pairs: list[tuple[Dialogue, Dialogue]]) -> Tensor:
        """Rewards of each head for a and b in turn, not normalised. (2N, K)"""
        if self._share_prompts and all(a.prompt == b.prompt for a, b in pairs):
            return self._reader.features_of_shared(collate_shared(pairs, device=device())) @ self.heads.T
        pad_id = self._reader.backbone.codec.pad_id
        batch = collate([dialogue for pair in pairs for dialogue in pair], pad_id=pad_id, device=device())
        return self._reader.features_of(batch) @ self.heads.T

    def finished_reader(self) -> FeatureReader:
        """The reader with the trained backbone, rounded to the precision it will be kept in."""
        if self._adapted is not None:
            merge_adapters(self._adapted)
        backbone = self._reader.backbone
        backbone.network.requires_grad_(False).to(backbone.stored_dtype).to(torch.float32)
        return self._reader


class PreferenceSteps:
    """What the steps of one run share."""

    def __init__(
        self,
        config: RewardModelConfig,
        seed: int,
        network: RewardNetwork,
        preferences: Preferences,
        dialogues: list[Dialogue],
        threshold: float,
    ) -> None:
        self._config, self._seed, self._network = config, seed, network
        self._preferences, self._dialogues, self._threshold = preferences, dialogues, threshold
        self._lengths = [len(dialogues[2 * i]) + len(dialogues[2 * i + 1].completion) for i in range(len(preferences))]
        self._per_epoch = ceil(len(preferences) / config.batch_size)
        units = preferences.units
        bootstrap = np.random.default_rng(seed).exponential(size=(config.heads, units.max() + 1))[:, units]
        self._weights = _tensor(preferences.weights * (bootstrap if config.heads > 1 else 1.0))
        self._targets, self._margins = _tensor(preferences.targets), _tensor(preferences.margins)
        self._ties = torch.from_numpy(preferences.ties).to(device())
        self._batches: tuple[int, list[list[int]]] = (-1, [])

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
        """Leave the gradient of one batch on the network."""
        rows = self._rows(step)
        rewards = self._network([(self._dialogues[2 * row], self._dialogues[2 * row + 1]) for row in rows])
        differences = (rewards[0::2] - rewards[1::2]).T  # (K, B)
        targets, margins, weights = self._targets[rows], self._margins[rows], self._weights[..., rows]
        if self._threshold > 0:
            losses = rao_kupper_loss(
                differences, targets, self._ties[rows], threshold=self._threshold, margins=margins, weights=weights
            )
        else:
            losses = bradley_terry_loss(differences, targets, margins=margins, weights=weights)
        loss = losses.mean()
        loss.backward()  # type: ignore[no-untyped-call]
        mean, decided = differences.detach().mean(0), ~self._ties[rows]
        hits = ((mean > 0) == (targets > 0.5))[decided].float()
        accuracy = {"train/accuracy": float(hits.mean())} if len(hits) else {}
        return {"train/loss": float(loss.detach())} | accuracy

    def _rows(self, step: int) -> list[int]:
        epoch, place = divmod(step, self._per_epoch)
        if self._batches[0] != epoch:
            batches = epoch_batches(self._lengths, batch_size=self._config.batch_size, epoch=epoch, seed=self._seed)
            self._batches = (epoch, batches)
        return self._batches[1][place]


def _start(features: Tensor, training: Preferences, config: RewardModelConfig, *, seed: int) -> tuple[Tensor, Array]:
    """The heads that fit best while the backbone is frozen (K, F), and the reward differences by these. (n,)"""
    verdicts = linear_verdicts(features, training, config)
    folds = group_folds(training.groups, folds=config.folds, seed=seed)
    precision = config.prior_precision or choose_precision(verdicts, folds)
    heads = fit_ensemble(verdicts, precision=precision, heads=config.heads, seed=seed, units=training.units)
    return torch.from_numpy(heads) * features.shape[1] ** -0.5, verdicts.differences @ heads.mean(0)


def _opinions(differences: Array, first: Array, *, train: list[int], test: list[int], threshold: float) -> Opinions:
    """What the trained model says of all preferences; only those of held-out prompts have an unseen opinion.

    Leaving a preference out would mean training again. What it moved is taken to be how far its own difference went
    from the first evaluation, by the heads on the frozen backbone, to the last: the others' doing is in that as well.
    """
    held_out, shifts = np.full_like(differences, np.nan), np.zeros_like(differences)
    held_out[test] = differences[test]
    shifts[train] = differences[train] - first
    return Opinions(differences, held_out, shifts, threshold)


def _can_share_prompts(reader: FeatureReader, dialogues: list[Dialogue]) -> bool:
    """Tried out on the first pair whose prompt was not cut differently for its two completions."""
    pairs = zip(dialogues[0::2], dialogues[1::2], strict=True)
    shared = next(((a, b) for a, b in pairs if a.prompt == b.prompt), None)
    return shared is not None and reader.can_share_prompts(*shared)


def _split_by_prompt(preferences: Preferences, config: RewardModelConfig, *, seed: int) -> tuple[list[int], list[int]]:
    """Rows to train on and rows to measure on: one fold of the prompts."""
    folds = prompt_folds(preferences, config.folds, seed)
    test = np.flatnonzero(folds == 0)
    if len(np.unique(preferences.groups)) < 2 or not (preferences.decided & preferences.given)[test].any():
        raise DataError(
            f"{len(preferences)} preferences on {len(np.unique(preferences.groups))} prompts leave none to measure on: "
            "label comparisons of more prompts, or train the head only"
        )
    return np.flatnonzero(folds != 0).tolist(), test.tolist()


def _tensor(values: np.ndarray[Any, np.dtype[np.float64]]) -> Tensor:
    return torch.tensor(values, dtype=torch.float32, device=device())
