"""What a reward model is fitted to: the rows of a run's inputs, encoded and read once by the frozen backbone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from rlhf_backend.config import RewardModelConfig
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.feedback import Feedback
from rlhf_backend.data.jsonl import read_rows
from rlhf_backend.data.observations import feedback_of
from rlhf_backend.data.preferences import Array, Preferences, usable_preferences
from rlhf_backend.errors import DataError
from rlhf_backend.models.features import FeatureReader, has_readout, hidden_state_readout, load_readout
from rlhf_backend.models.loading import load_backbone
from rlhf_backend.models.passages import passage_features
from rlhf_backend.run import Run
from rlhf_backend.types import ComparisonRow, PreferenceDetailsRow, Row, UnlabeledPairRow

R = TypeVar("R", bound=Row)
_PHASE = "features"


@dataclass(frozen=True)
class RewardInputs:
    """The rows of `inputs/`; all but the comparisons may be missing. `details` by preference id."""

    comparisons: list[ComparisonRow]
    details: dict[int, PreferenceDetailsRow]
    unlabeled: list[UnlabeledPairRow]
    panel: list[ComparisonRow]


@dataclass(frozen=True)
class Material:
    """n preferences, the dialogues of their a and b in turn (2n), and the features of these (2n, F).

    reader: the backbone before any training, with the readout by which the features were read: mean 0, sd 1.
    targets_unseen: of each fold, `preferences.targets` as a model that saw nothing of the fold labeled them (folds, n);
    None where people labeled everything. feedback: all that people said of the completions, with the features of the
    marked passages (M, F); None as long as nobody asked for more than the comparisons.
    """

    preferences: Preferences
    dialogues: list[Dialogue]
    reader: FeatureReader
    features: Tensor
    targets_unseen: Array | None = None
    feedback: Feedback | None = None
    passages: Tensor | None = None

    def targets_without(self, fold: int) -> Array:
        """What a fit that must know nothing of a fold (`prompt_folds`) may be trained on. (n,)"""
        return self.preferences.targets if self.targets_unseen is None else self.targets_unseen[fold]


def read_inputs(run: Run) -> RewardInputs:
    """Raises: DataError: there are no comparisons, a line does not fit, or a preference has two rows of details."""
    details = _optional(run, "details.jsonl", PreferenceDetailsRow)
    by_id = {row.id: row for row in details}
    if len(by_id) < len(details):
        twice = next(id_ for id_, n in Counter(row.id for row in details).items() if n > 1)
        raise DataError(f"details.jsonl has several rows of preference {twice}: expected one at most")
    return RewardInputs(
        comparisons=read_rows(run.input("comparisons.jsonl"), ComparisonRow),
        details=by_id,
        unlabeled=_optional(run, "unlabeled.jsonl", UnlabeledPairRow),
        panel=_optional(run, "panel.jsonl", ComparisonRow),
    )


def open_reader(source: str, config: RewardModelConfig, run: Run) -> FeatureReader:
    """The backbone with the features that it names itself, else with its hidden state."""
    backbone = load_backbone(source, warn=run.events.warn, dtype=torch.float32)
    named = has_readout(source)
    readout = load_readout(Path(source)) if named else hidden_state_readout(backbone.network.config.hidden_size)
    run.events.log(f"reads {len(readout.names)} features of {source}" + ("" if named else ": its last hidden state"))
    return FeatureReader(backbone, readout, config.max_tokens)


def encode_preferences(
    rows: Sequence[ComparisonRow],
    reader: FeatureReader,
    config: RewardModelConfig,
    *,
    details: Mapping[int, PreferenceDetailsRow] | None = None,
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
    preferences, reasons = usable_preferences(
        fitting, margin_per_strength=config.margin_per_strength, details=details, edit_weight=config.edit_weight
    )
    dialogues = [dialogue for row in preferences.rows for dialogue in encoded[id(row)]]
    return preferences, dialogues, excluded + reasons


def refuse_too_few(preferences: Preferences, excluded: Counter[str], config: RewardModelConfig) -> None:
    """Raises: DataError: fewer usable preferences than the run asks for."""
    decided = int(preferences.decided.sum())
    if len(preferences) < config.min_preferences or decided < 2:
        left_out = ", ".join(f"{n} {reason}" for reason, n in excluded.items()) or "none"
        raise DataError(
            f"{len(preferences)} usable preferences, {decided} of them decided (left out: {left_out}): expected at "
            f"least {config.min_preferences}, of which 2 decided. Label more comparisons and start again"
        )


def read_material(run: Run, reader: FeatureReader, preferences: Preferences, dialogues: list[Dialogue]) -> Material:
    """Read every completion once.

    Raises: RunCancelled, RunInterrupted: nothing is kept. DataError: features that are not numbers.
    """

    def on_read(done: int) -> None:
        run.events.progress(_PHASE, done, len(dialogues))
        run.stop.raise_if_made(done=f"after reading {done} completions; nothing was trained yet")

    on_read(0)
    features = reader.read(dialogues, on_progress=on_read)
    _refuse_non_finite(features, preferences)
    reader, features = standardised_reader(reader, features)
    return Material(preferences, dialogues, reader, features)


def with_feedback(run: Run, material: Material, config: RewardModelConfig) -> tuple[Material, Counter[str]]:
    """The material with everything that the settings let the model learn from, and what of it cannot be used.

    Raises: RunCancelled, RunInterrupted. ConfigError: the tokenizer does not tell where marked passages are.
    """
    locate = material.reader.backbone.codec.completion_tokens
    feedback, left_out = feedback_of(material.preferences, config, locate=locate)
    run.events.log("learns from " + ", ".join(f"{n} {kind}" for kind, n in feedback.counts().items()))
    run.stop.raise_if_made(done="before marked passages were read; nothing was trained yet")
    with torch.no_grad():
        passages = passage_features(material.reader, material.dialogues, feedback.passages).cpu()
    return replace(material, feedback=feedback, passages=passages), left_out


def standardised_reader(reader: FeatureReader, features: Tensor) -> tuple[FeatureReader, Tensor]:
    """Reader and features (N, F) with mean 0 and sd 1 over these; named features are standardised by their maker."""
    if reader.readout.weight is not None:
        return reader, features
    readout = reader.readout.standardised(features)
    return replace(reader, readout=readout), (features - readout.mean.cpu()) / readout.std.cpu()


def _refuse_non_finite(features: Tensor, preferences: Preferences) -> None:
    broken = (~features.isfinite().all(-1)).nonzero().flatten().tolist()
    if broken:
        first = preferences.rows[broken[0] // 2]
        raise DataError(
            f"the backbone reads {len(broken)} of {len(features)} completions as features that are not numbers, first "
            f"completion_{'ab'[broken[0] % 2]} of preference {first.id}: its weights are damaged, choose another"
        )


def _optional(run: Run, name: str, kind: type[R]) -> list[R]:
    """The rows of a file that may be missing or empty."""
    path = run.input(name)
    return read_rows(path, kind) if path.is_file() and path.stat().st_size else []
