"""Reward model from preferences: a Bayesian linear head on frozen features, or the backbone trained as well.

Differs from the papers: ties have a likelihood of their own (Rao-Kupper), strength is a margin (Llama 2), and instead
of one head there are K, whose spread is handed on with every reward.
"""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from rlhf_backend.config import RewardModelConfig, RewardModelJob
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.jsonl import read_rows
from rlhf_backend.data.preferences import Preferences, group_folds, usable_preferences
from rlhf_backend.durable import replaced_directory
from rlhf_backend.errors import DataError
from rlhf_backend.models.cards import reward_model_card
from rlhf_backend.models.features import FeatureReader, has_readout, hidden_state_readout, load_readout
from rlhf_backend.models.loading import directory_size, load_backbone
from rlhf_backend.models.reward import BACKBONE, RewardModel, RewardModelFile, normalised_heads, save_heads
from rlhf_backend.recipes.reward_report import held_out_report
from rlhf_backend.run import Run
from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, choose_precision, fit, fit_ensemble
from rlhf_backend.types import ComparisonRow, RewardModelReport

# A backbone of at most this size is copied into the reward model, which then stands on its own; a larger one is named.
_COPIED_BYTES = 64 * 2**20
_PHASE = "reward model"


def train_reward_model(run: Run, job: RewardModelJob) -> RewardModelReport:
    """Fit, measure on held-out preferences, write `model/`.

    Raises: DataError: too few usable preferences. ConfigError: the backbone cannot be loaded.
    """
    rows = read_rows(run.input("comparisons.jsonl"), ComparisonRow)
    reader = open_reader(job.backbone, job.config, run)
    preferences, dialogues, excluded = encode_preferences(rows, reader, job.config)
    _refuse_too_few(preferences, excluded, job.config)
    if job.config.trainable != "head":
        from rlhf_backend.recipes.reward_training import train_backbone

        return train_backbone(run, job, reader, preferences, dialogues, excluded)
    return _train_head(run, job, reader, preferences, dialogues, excluded)


def open_reader(source: str, config: RewardModelConfig, run: Run) -> FeatureReader:
    """The backbone with the features that it names itself, else with its hidden state."""
    backbone = load_backbone(source, warn=run.events.warn, dtype=torch.float32)
    named = has_readout(source)
    readout = load_readout(Path(source)) if named else hidden_state_readout(backbone.network.config.hidden_size)
    run.events.log(f"reads {len(readout.names)} features of {source}" + ("" if named else ": its last hidden state"))
    return FeatureReader(backbone, readout, config.max_tokens)


def encode_preferences(
    rows: Sequence[ComparisonRow], reader: FeatureReader, config: RewardModelConfig
) -> tuple[Preferences, list[Dialogue], Counter[str]]:
    """Usable preferences, their dialogues (a and b in turn: 2n), and the number left out by reason."""
    excluded: Counter[str] = Counter()
    fitting, encoded = [], {}
    for row in rows:
        a, b = reader.encode(row.prompt, row.completion_a), reader.encode(row.prompt, row.completion_b)
        if a is None or b is None:
            excluded["completion longer than max_tokens"] += 1
        else:
            fitting.append(row)
            encoded[id(row)] = (a, b)
    preferences, reasons = usable_preferences(fitting, margin_per_strength=config.margin_per_strength)
    dialogues = [dialogue for row in preferences.rows for dialogue in encoded[id(row)]]
    return preferences, dialogues, excluded + reasons


def tie_threshold(preferences: Preferences, config: RewardModelConfig) -> float:
    """Rao-Kupper's threshold, 0 (plain Bradley-Terry) where no ties were given: its best value is then 0."""
    return config.tie_threshold if not preferences.decided.all() else 0.0


def _train_head(
    run: Run,
    job: RewardModelJob,
    reader: FeatureReader,
    preferences: Preferences,
    dialogues: list[Dialogue],
    excluded: Counter[str],
) -> RewardModelReport:
    config, steps = job.config, len(dialogues) + 3
    features = reader.read(dialogues, on_progress=lambda done: _on_read(run, done, steps))
    if reader.readout.weight is None:
        readout = reader.readout.standardised(features)
        features = (features - readout.mean.cpu()) / readout.std.cpu()
        reader = FeatureReader(reader.backbone, readout, reader.max_tokens)
    verdicts = linear_verdicts(features, preferences, threshold=tie_threshold(preferences, config))
    differences, method = _cross_validate(verdicts, preferences, config, seed=run.seed)
    run.stop.raise_if_made(done="after cross-validation; nothing was trained yet")
    run.events.progress(_PHASE, steps - 2, steps)
    precision = config.prior_precision or choose_precision(verdicts, _folds(preferences, config.folds, run.seed))
    weight = fit_ensemble(verdicts, precision=precision, heads=config.heads, seed=run.seed)
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
    heads = torch.from_numpy(weight) * features.shape[1] ** -0.5  # the fit saw features of unit length
    save_reward_model(run, job, reader, heads, features, report, threshold=verdicts.threshold)
    run.events.progress(_PHASE, steps, steps)
    return report


def linear_verdicts(features: Tensor, preferences: Preferences, *, threshold: float) -> LinearVerdicts:
    """Verdicts on features (2n, F) of a and b in turn, divided by √F: vectors of about unit length."""
    x = features.double().numpy() * features.shape[1] ** -0.5
    return LinearVerdicts(x[0::2] - x[1::2], preferences.targets, preferences.margins, preferences.weights, threshold)


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


def _folds(preferences: Preferences, folds: int, seed: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    groups = preferences.groups
    if len(np.unique(groups)) < 2:
        groups = np.arange(len(preferences))
    return group_folds(groups, folds=folds, seed=seed)


def _inner_folds(outer: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The remaining folds serve as inner ones: they keep prompts together as well. One alone is cut in two."""
    return outer if len(np.unique(outer)) > 1 else np.arange(len(outer)) % 2


def _on_read(run: Run, done: int, steps: int) -> None:
    run.events.progress(_PHASE, done, steps)
    run.stop.raise_if_made(done=f"after reading {done} completions; nothing was trained yet")


def _refuse_too_few(preferences: Preferences, excluded: Counter[str], config: RewardModelConfig) -> None:
    decided = int(preferences.decided.sum())
    if len(preferences) < config.min_preferences or decided < 2:
        left_out = ", ".join(f"{n} {reason}" for reason, n in excluded.items()) or "none"
        raise DataError(
            f"{len(preferences)} usable preferences, {decided} of them decided (left out: {left_out}): expected at "
            f"least {config.min_preferences}, of which 2 decided. Label more comparisons and start again"
        )
