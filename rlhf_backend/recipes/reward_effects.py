"""What a reward model made of each preference it was given: `effects.jsonl`, written with every reward model.

Cost: the predecessor reads every completion once more, unless it reads what this one has read already; leave-one-out
for a linear head as `own_shifts` says. Everything follows from the inputs, so a run that is repeated writes it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.data.jsonl import to_lines
from rlhf_backend.data.preferences import Preferences
from rlhf_backend.data.slices import slice_names
from rlhf_backend.durable import write_text
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.features import FeatureReader
from rlhf_backend.models.reward import RewardModel, load_reward_model
from rlhf_backend.recipes.judged import pair_rewards
from rlhf_backend.recipes.label_smoothing import LabelOutcome
from rlhf_backend.run import Run
from rlhf_backend.stats.preference_regression import Array, probability_a
from rlhf_backend.types import ComparisonRow, PreferenceEffectRow

EFFECTS = "effects.jsonl"
_PHASE = "receipts"
_TOLD = ("a", "b", "tie")
"""Verdicts that say how the two completions compare."""


@dataclass(frozen=True)
class Opinions:
    """Reward differences a − b of each preference (n,), not a number where there is none.

    after: by the new reward model. held_out: by a fit without the preference's prompt. shifts: how far the preference
    itself moved `after`. threshold: Rao-Kupper's, of the new model.
    """

    after: Array
    held_out: Array
    shifts: Array
    threshold: float

    def tempered(self, temperatures: Array, held_out: Array) -> "Opinions":
        """In logits that can be believed: divided by a temperature each; `held_out` are so already. (n,)"""
        return Opinions(self.after / temperatures, held_out, self.shifts / temperatures, self.threshold)

    def rows(self, index: npt.NDArray[np.intp]) -> "Opinions":
        return Opinions(self.after[index], self.held_out[index], self.shifts[index], self.threshold)


@dataclass(frozen=True)
class ReadBefore:
    """What the new reward model read: its reader and the features of a and b in turn. (2n, F)"""

    reader: FeatureReader
    features: Tensor


@dataclass(frozen=True)
class Before:
    """Reward differences a − b of each preference by the predecessor, in logits of its own; not a number where it
    cannot read one (n,). threshold: Rao-Kupper's, of the predecessor. temperatures: which divide them (n,). panel:
    differences of the panel's preferences, where there are any (p,).
    """

    differences: Array
    threshold: float
    temperatures: Array
    panel: Array | None


def read_before(
    run: Run, predecessor: str | None, preferences: Preferences, read: ReadBefore, *, panel: Preferences | None
) -> Before | None:
    """What the reward model before says of the preferences; None without one, or where it cannot be loaded.

    The latter is reported in the log. Raises: RunCancelled, RunInterrupted.
    """
    if predecessor is None:
        return None
    try:
        return _before(run, predecessor, preferences, read, panel)
    except ConfigError as error:
        run.events.warn(f"preferences are not compared with the reward model before: {error}")
        return None


def write_effects(
    run: Run,
    preferences: Preferences,
    opinions: Opinions,
    before: Before | None,
    outcomes: Mapping[int, LabelOutcome],
) -> None:
    """Write `effects.jsonl` whole: a row for each preference of a person that compares, in order of their ids.

    Args:
        outcomes: preference → what became of its label, where labels were smoothed.
    Raises: OSError: no disk.
    """
    likelihoods = np.full(len(preferences), np.nan)
    if before is not None:
        likelihoods = _likelihoods(preferences.rows, before.differences / before.temperatures, before.threshold)
    people = np.flatnonzero(preferences.given)
    rows = effect_rows([preferences.rows[i] for i in people], likelihoods[people], opinions.rows(people))
    write_text(run.directory / EFFECTS, to_lines(_with_label(row, outcomes.get(row.preference_id)) for row in rows))


def effect_rows(rows: Sequence[ComparisonRow], before: Array, opinions: Opinions) -> list[PreferenceEffectRow]:
    """One row for each preference: the mean over its comparisons by their weights. `before`: likelihoods (n,)."""
    told = np.array([row.verdict in _TOLD for row in rows], dtype=bool)
    if not told.any():
        return []
    ids, owner = np.unique([row.id for row, kept in zip(rows, told, strict=True) if kept], return_inverse=True)
    weights = np.array([row.weight for row in rows])[told]
    total = np.bincount(owner, weights)

    def mean(values: Array) -> list[float]:
        means: list[float] = (np.bincount(owner, weights * values[told]) / total).tolist()
        return means

    columns = (
        mean(before),
        mean(_likelihoods(rows, opinions.after, opinions.threshold)),
        mean(_likelihoods(rows, opinions.held_out, opinions.threshold)),
        mean(_pulls(rows, opinions)),
    )
    return [
        PreferenceEffectRow(
            preference_id=int(preference_id), before=_known(was), after=after, held_out=_known(held_out), pull=pull
        )
        for preference_id, was, after, held_out, pull in zip(ids.tolist(), *columns, strict=True)
    ]


def _likelihoods(rows: Sequence[ComparisonRow], differences: Array, threshold: float) -> Array:
    """P(what each row says) at reward differences a − b; of a tie how even the two look. (n,)"""
    p = probability_a(differences, threshold=threshold)
    verdicts = np.array([row.verdict for row in rows])
    likelihoods: Array = np.where(verdicts == "a", p, np.where(verdicts == "b", 1 - p, 1 - np.abs(2 * p - 1)))
    return likelihoods


def _pulls(rows: Sequence[ComparisonRow], opinions: Opinions) -> Array:
    """Shifts towards what each row says: its winner, or evenness. (n,)"""
    verdicts = np.array([row.verdict for row in rows])
    evened = np.abs(opinions.after - opinions.shifts) - np.abs(opinions.after)
    pulls: Array = np.where(verdicts == "a", opinions.shifts, np.where(verdicts == "b", -opinions.shifts, evened))
    return pulls


def _with_label(row: PreferenceEffectRow, outcome: LabelOutcome | None) -> PreferenceEffectRow:
    if outcome is None:
        return row
    return row.model_copy(update={"soft_label": outcome.soft_label, "support": outcome.support})


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _before(
    run: Run, predecessor: str, preferences: Preferences, read: ReadBefore, panel: Preferences | None
) -> Before:
    """Raises: ConfigError: it cannot be loaded."""
    model = load_reward_model(predecessor, warn=run.events.warn)
    features, known = _features_by(model, run, preferences, read)
    rewards = model.scores_of(features).mean.double().numpy() * model.scale
    differences = np.full(len(preferences), np.nan)
    differences[known] = rewards[0::2] - rewards[1::2]
    on_panel = None
    if panel is not None:
        panel_rewards = pair_rewards(model, panel)
        on_panel = panel_rewards[:, 0] - panel_rewards[:, 1]
    return Before(differences, model.tie_threshold, model.temperatures(slice_names(preferences)), on_panel)


def _features_by(model: RewardModel, run: Run, preferences: Preferences, read: ReadBefore) -> tuple[Tensor, list[int]]:
    """Features as `model` reads them, of a and b in turn (2m, F), and the m preferences that fit its context."""
    theirs = model.reader
    if _reads_alike(theirs, read.reader):
        ours, other = read.reader.readout, theirs.readout
        raw = read.features * ours.std.cpu() + ours.mean.cpu()
        return (raw - other.mean.cpu()) / other.std.cpu(), list(range(len(preferences)))
    known, dialogues = [], list[Dialogue]()
    for i, row in enumerate(preferences.rows):
        a, b = theirs.encode(row.prompt, row.completion_a), theirs.encode(row.prompt, row.completion_b)
        if a is not None and b is not None:
            known.append(i)
            dialogues += [a, b]

    def on_read(done: int) -> None:
        run.events.progress(_PHASE, done, len(dialogues))
        run.stop.raise_if_made(done=f"after {done} completions were scored by the reward model before")

    return theirs.read(dialogues, on_progress=on_read), known


def _reads_alike(one: FeatureReader, other: FeatureReader) -> bool:
    """Whether both see the same in a completion, but for what they standardise it by."""
    if one.max_tokens != other.max_tokens or one.readout.pooling != other.readout.pooling:
        return False
    mine, yours = one.backbone.network.state_dict(), other.backbone.network.state_dict()
    mine |= {"readout weight": one.readout.weight, "readout bias": one.readout.bias}
    yours |= {"readout weight": other.readout.weight, "readout bias": other.readout.bias}
    return mine.keys() == yours.keys() and all(_equal(mine[name], yours[name]) for name in mine)


def _equal(one: Tensor | None, other: Tensor | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and torch.equal(one, other)
