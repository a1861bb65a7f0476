"""A Bayesian linear head on frozen features: the reward model of few labels, fitted in a second."""

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from rlhf_backend.config import RewardModelConfig, RewardModelJob
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.preferences import Preferences, group_folds
from rlhf_backend.durable import replaced_directory
from rlhf_backend.models.cards import reward_model_card
from rlhf_backend.models.features import FeatureReader
from rlhf_backend.models.loading import directory_size
from rlhf_backend.models.reward import BACKBONE, RewardModel, RewardModelFile, normalised_heads, save_heads
from rlhf_backend.recipes.reward_effects import Opinions, ReadBefore, write_effects
from rlhf_backend.recipes.reward_report import held_out_report
from rlhf_backend.run import Run
from rlhf_backend.stats.influence import own_shifts
from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, choose_precision, fit, fit_ensemble
from rlhf_backend.types import RewardModelReport

# A backbone of at most this size is copied into the reward model, which then stands on its own; a larger one is named.
_COPIED_BYTES = 64 * 2**20
_PHASE = "reward model"


def train_head(
    run: Run,
    job: RewardModelJob,
    reader: FeatureReader,
    preferences: Preferences,
    dialogues: list[Dialogue],
    excluded: Counter[str],
) -> RewardModelReport:
    """Read features, cross-validate, fit, write `effects.jsonl` and `model/`.

    Raises: RunCancelled, RunInterrupted: nothing is kept, the whole takes seconds.
    """
    config, steps = job.config, len(dialogues) + 3
    features = reader.read(dialogues, on_progress=lambda done: _on_read(run, done, steps))
    reader, features = standardised_reader(reader, features)
    verdicts = linear_verdicts(features, preferences, threshold=tie_threshold(preferences, config))
    differences, method = _cross_validate(verdicts, preferences, config, seed=run.seed)
    run.stop.raise_if_made(done="after cross-validation; nothing was trained yet")
    run.events.progress(_PHASE, steps - 2, steps)
    precision = config.prior_precision or choose_precision(verdicts, _folds(preferences, config.folds, run.seed))
    weight = fit_ensemble(verdicts, precision=precision, heads=config.heads, seed=run.seed, units=preferences.units)
    run.events.progress(_PHASE, steps - 1, steps)
    report = held_out_report(
        preferences,
        differences,
        method=method,
        threshold=verdicts.threshold,
        training=preferences,
        excluded=excluded,
        prior_precision=precision,
    )
    opinions = _opinions(verdicts, preferences, weight.mean(0), differences, precision=precision)
    write_effects(run, job.predecessor, preferences, opinions, ReadBefore(reader, features))
    heads = torch.from_numpy(weight) * features.shape[1] ** -0.5  # the fit saw features of unit length
    save_reward_model(run, job, reader, heads, features, report, threshold=verdicts.threshold)
    run.events.progress(_PHASE, steps, steps)
    return report


def tie_threshold(preferences: Preferences, config: RewardModelConfig) -> float:
    """Rao-Kupper's threshold, 0 (plain Bradley-Terry) where no ties were given: its best value is then 0."""
    return config.tie_threshold if not preferences.decided.all() else 0.0


def standardised_reader(reader: FeatureReader, features: Tensor) -> tuple[FeatureReader, Tensor]:
    """Reader and features (N, F) with mean 0 and sd 1 over these; named features are standardised by their maker."""
    if reader.readout.weight is not None:
        return reader, features
    readout = reader.readout.standardised(features)
    return replace(reader, readout=readout), (features - readout.mean.cpu()) / readout.std.cpu()


def linear_verdicts(features: Tensor, preferences: Preferences, *, threshold: float) -> LinearVerdicts:
    """Verdicts on features (2n, F) of a and b in turn, divided by √F: vectors of about unit length."""
    x = features.double().numpy() * features.shape[1] ** -0.5
    said = (preferences.targets, preferences.ties, preferences.margins, preferences.weights)
    return LinearVerdicts(x[0::2] - x[1::2], *said, threshold)


def save_reward_model(
    run: Run,
    job: RewardModelJob,
    reader: FeatureReader,
    heads: Tensor,
    features: Tensor,
    report: RewardModelReport,
    *,
    threshold: float,
) -> None:
    """Write `model/` whole or not at all, rewards normalised on `features` (N, F), of the training completions."""
    offset, scale = normalised_heads(heads, features)
    model = RewardModel(reader, heads, offset, scale)
    with replaced_directory(run.model_directory) as directory:
        trained = job.config.trainable != "head"
        local = Path(job.backbone)
        copied = not trained and local.is_dir() and directory_size(local) <= _COPIED_BYTES
        if trained:
            reader.backbone.network.to(reader.backbone.stored_dtype).save_pretrained(directory / BACKBONE)
            reader.backbone.codec.save(directory / BACKBONE)
        elif copied:
            shutil.copytree(local, directory / BACKBONE, ignore=shutil.ignore_patterns(".*"))
        description = RewardModelFile(
            backbone=BACKBONE if trained or copied else str(local.resolve()) if local.is_dir() else job.backbone,
            trainable=job.config.trainable,
            heads=len(heads),
            scale=scale,
            tie_threshold=threshold,
            max_tokens=reader.max_tokens,
            prior_precision=report.prior_precision,
        )
        save_heads(model, description, directory)
        (directory / "README.md").write_text(reward_model_card(job, report, seed=run.seed), encoding="utf-8")


def _opinions(
    verdicts: LinearVerdicts, preferences: Preferences, mode: Array, held_out: Array, *, precision: float
) -> Opinions:
    """What the fit says of the preferences it was made on, with each one's own share in it."""
    owners = np.array([row.id for row in preferences.rows], dtype=np.int64)
    shifts = own_shifts(verdicts, mode, precision=precision, owners=owners)
    return Opinions(verdicts.differences @ mode, held_out, shifts, verdicts.threshold)


def _cross_validate(
    verdicts: LinearVerdicts, preferences: Preferences, config: RewardModelConfig, *, seed: int
) -> tuple[Array, str]:
    """Reward differences (n,), each predicted without its fold; the prior is chosen anew inside every fold."""
    folds = _folds(preferences, config.folds, seed)
    differences = np.zeros(len(preferences))
    for fold in np.unique(folds):
        train = verdicts.rows(folds != fold)
        precision = config.prior_precision
        if precision is None:
            inner = _inner_folds(folds[folds != fold])
            precision = choose_precision(train, inner)
        weights = fit(train, precision=precision)
        differences[folds == fold] = verdicts.differences[folds == fold] @ weights
    by = "prompt" if len(np.unique(preferences.groups)) > 1 else "preference (there is only one prompt)"
    return differences, f"{len(np.unique(folds))}-fold cross-validation by {by}"


def _folds(preferences: Preferences, folds: int, seed: int) -> npt.NDArray[np.int64]:
    groups = preferences.groups
    if len(np.unique(groups)) < 2:
        groups = np.arange(len(preferences))
    return group_folds(groups, folds=folds, seed=seed)


def _inner_folds(outer: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The remaining folds serve as inner ones: they keep prompts together as well. One alone is cut in two."""
    return outer if len(np.unique(outer)) > 1 else np.arange(len(outer)) % 2


def _on_read(run: Run, done: int, steps: int) -> None:
    run.events.progress(_PHASE, done, steps)
    run.stop.raise_if_made(done=f"after reading {done} completions; nothing was trained yet")
