"""Reward model from preferences: a Bayesian linear head on frozen features, or the backbone trained as well.

Differs from the papers: ties have a likelihood of their own (Rao-Kupper), strength is a margin (Llama 2), and instead
of one head there are K, whose spread is handed on with every reward.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch

from rlhf_backend.config import RewardModelConfig, RewardModelJob
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.jsonl import read_rows
from rlhf_backend.data.preferences import Preferences, usable_preferences
from rlhf_backend.errors import DataError
from rlhf_backend.models.features import FeatureReader, has_readout, hidden_state_readout, load_readout
from rlhf_backend.models.loading import load_backbone
from rlhf_backend.recipes.reward_head import train_head
from rlhf_backend.recipes.reward_training import train_backbone
from rlhf_backend.run import Run
from rlhf_backend.types import ComparisonRow, RewardModelReport


def train_reward_model(run: Run, job: RewardModelJob) -> RewardModelReport:
    """Fit, measure on held-out preferences, write `model/`.

    Raises: DataError: too few usable preferences. ConfigError: the backbone cannot be loaded.
    """
    rows = read_rows(run.input("comparisons.jsonl"), ComparisonRow)
    reader = open_reader(job.backbone, job.config, run)
    preferences, dialogues, excluded = encode_preferences(rows, reader, job.config)
    _refuse_too_few(preferences, excluded, job.config)
    if job.config.trainable != "head":
        return train_backbone(run, job, reader, preferences, dialogues, excluded)
    return train_head(run, job, reader, preferences, dialogues, excluded)


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


def _refuse_too_few(preferences: Preferences, excluded: Counter[str], config: RewardModelConfig) -> None:
    decided = int(preferences.decided.sum())
    if len(preferences) < config.min_preferences or decided < 2:
        left_out = ", ".join(f"{n} {reason}" for reason, n in excluded.items()) or "none"
        raise DataError(
            f"{len(preferences)} usable preferences, {decided} of them decided (left out: {left_out}): expected at "
            f"least {config.min_preferences}, of which 2 decided. Label more comparisons and start again"
        )
