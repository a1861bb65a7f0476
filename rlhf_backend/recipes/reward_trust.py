"""How far the probabilities and the reach of a reward model can be trusted: temperature and training cloud.

Temperatures are fitted to held-out verdicts as people gave them, so a probability is that of the next verdict, their
errors included. Source: temperature scaling, Guo et al. 2017, arXiv:1706.04599. Differs: for verdicts on pairs; prior
around 1, and of a part of the preferences around that of all.
"""

from dataclasses import dataclass

import numpy as np
import torch

from rlhf_backend.data.preferences import Flags, Preferences, group_folds
from rlhf_backend.data.slices import slice_rows
from rlhf_backend.models.out_of_distribution import TrainingCloud, training_cloud
from rlhf_backend.recipes.reward_fit import Fitted
from rlhf_backend.reward_sections import SliceFigures
from rlhf_backend.stats.calibration import fit_temperature
from rlhf_backend.stats.preference_regression import Array

FEWEST_IN_SLICE = 50
_FOLDS = 5
_SLICE_FREEDOM = 0.25
"""Standard deviation of the logarithm of a part's temperature around that of all."""


@dataclass(frozen=True)
class Trust:
    """temperature: divides reward differences, logits, of all preferences; slices: of parts, `tag: …` or `source: …`.

    tempered: held-out differences, each divided by a temperature that was fitted without its prompt (n,).
    """

    temperature: float
    slices: dict[str, float]
    tempered: Array


def calibrated(held_out: Preferences, differences: Array, *, threshold: float, seed: int) -> Trust:
    """Temperatures for held-out reward differences a − b (n,). Ties say nothing about them."""
    told = held_out.decided
    said, weights = held_out.said, held_out.given_weights

    def temperature(rows: Flags, *, around: float = 1.0, freedom: float | None = None) -> float:
        spread = {} if freedom is None else {"freedom": freedom}
        at = np.flatnonzero(rows & told)
        return fit_temperature(differences[at], said[at], weights[at], threshold=threshold, around=around, **spread)

    everything = np.ones(len(held_out), dtype=bool)
    overall = temperature(everything)
    slices = {
        name: temperature(rows, around=overall, freedom=_SLICE_FREEDOM)
        for name, rows in slice_rows(held_out).items()
        if weights[rows & told].sum() >= FEWEST_IN_SLICE
    }
    folds = group_folds(held_out.groups, folds=_FOLDS, seed=seed) if len(held_out) else np.zeros(0, dtype=np.int64)
    tempered = differences.copy()
    for fold in np.unique(folds):
        tempered[folds == fold] /= temperature(folds != fold)
    return Trust(overall, slices, tempered)


def cloud_of(fitted: Fitted, preferences: Preferences, *, is_trained: bool, seed: int) -> TrainingCloud:
    """Where the training completions lie.

    Args:
        is_trained: the backbone was trained as well; only held-out rows then show how far unseen text lies.
    """
    groups = preferences.groups if len(np.unique(preferences.groups)) > 1 else np.arange(len(preferences))
    folds = group_folds(groups, folds=_FOLDS, seed=seed)
    unseen = np.zeros(len(preferences), dtype=bool)
    unseen[fitted.held_out if is_trained else slice(None)] = True
    return training_cloud(
        fitted.features, torch.from_numpy(folds.repeat(2)), torch.from_numpy(unseen.repeat(2)), seed=seed
    )


def with_temperatures(slices: list[SliceFigures], trust: Trust) -> list[SliceFigures]:
    """The slices of a report, those with a temperature of their own with it."""
    return [part.model_copy(update={"temperature": trust.slices.get(part.name)}) for part in slices]
