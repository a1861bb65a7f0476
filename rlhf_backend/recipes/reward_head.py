"""A Bayesian linear head on frozen features: the reward model of few labels, fitted in a second."""

from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from rlhf_backend.config import RewardModelConfig, RewardModelJob
from rlhf_backend.data.preferences import Preferences, group_folds
from rlhf_backend.recipes.head_fits import HeadFits, head_fits
from rlhf_backend.recipes.judged import Refit, Rows
from rlhf_backend.recipes.reward_effects import Opinions
from rlhf_backend.recipes.reward_fit import Fitted
from rlhf_backend.recipes.reward_material import Material
from rlhf_backend.run import Run
from rlhf_backend.stats.influence import own_shifts
from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, choose_precision

_PHASE = "reward model"
_STEPS = 3


def fit_head(run: Run, job: RewardModelJob, material: Material) -> Fitted:
    """Cross-validate and fit.

    Raises: RunCancelled, RunInterrupted: nothing is kept, the whole takes seconds.
    """
    config, preferences = job.config, material.preferences
    run.events.progress(_PHASE, 0, _STEPS)
    fits = head_fits(material, linear_verdicts(material.features, preferences, config), config)
    rewards, method = _cross_validate(fits, material, config, seed=run.seed)
    run.stop.raise_if_made(done="after cross-validation; nothing was trained yet")
    run.events.progress(_PHASE, 1, _STEPS)
    precision = prior_precision(fits.verdicts, preferences, config)
    weight = fits.ensemble(precision=precision, heads=config.heads, seed=run.seed, units=preferences.units)
    run.events.progress(_PHASE, 2, _STEPS)
    held_out = np.flatnonzero(preferences.given)
    further = fits.further_curvature(weight.mean(0), precision=precision)
    opinions = head_opinions(
        fits.verdicts, preferences, weight.mean(0), rewards[:, 0] - rewards[:, 1], precision=precision, further=further
    )
    run.events.progress(_PHASE, _STEPS, _STEPS)
    return Fitted(
        reader=material.reader,
        heads=torch.from_numpy(weight) * material.features.shape[1] ** -0.5,  # the fit saw features of unit length
        features=material.features,
        held_out=held_out,
        rewards=rewards[held_out],
        method=method,
        opinions=opinions,
        threshold=fits.verdicts.deciding_threshold,
        feedback=trained_on(material),
        prior_precision=precision,
    )


def head_refit(material: Material, config: RewardModelConfig) -> Refit:
    """Fits of the same kind to some of the preferences, all with the prior that serves best on all of them.

    A prior does not grow with the data, and to choose one takes ten times as long as to fit with it.
    """
    fits = head_fits(material, linear_verdicts(material.features, material.preferences, config), config)

    @cache
    def precision() -> float:
        return prior_precision(fits.verdicts, material.preferences, config)

    def refit(train: Rows, test: Rows) -> Array:
        differences: Array = fits.verdicts.differences[test] @ fits.fit(train, precision=precision())
        return differences

    return refit


def trained_on(material: Material) -> dict[str, int]:
    """Kind of feedback → how much of it there is."""
    if material.feedback is None:
        return {"comparisons": len(np.unique(material.preferences.units))}
    return material.feedback.counts()


def tie_threshold(preferences: Preferences, config: RewardModelConfig) -> float:
    """The threshold of ties, 0 (plain Bradley-Terry) where no ties were given: its best value is then 0."""
    return config.tie_threshold if preferences.ties.any() else 0.0


def linear_verdicts(features: Tensor, preferences: Preferences, config: RewardModelConfig) -> LinearVerdicts:
    """Verdicts on features (2n, F) of a and b in turn, divided by √F: vectors of about unit length."""
    x = unit_length(features)
    return LinearVerdicts(
        differences=x[0::2] - x[1::2],
        targets=preferences.targets,
        ties=preferences.ties,
        margins=preferences.margins,
        weights=preferences.weights,
        threshold=tie_threshold(preferences, config),
        likelihood=config.ties,
    )


def unit_length(features: Tensor) -> Array:
    """Features divided by √F: vectors of about unit length. (N, F)"""
    x: Array = features.double().numpy() * features.shape[1] ** -0.5
    return x


def head_opinions(
    verdicts: LinearVerdicts,
    preferences: Preferences,
    mode: Array,
    held_out: Array,
    *,
    precision: float,
    further: Array | None = None,
) -> Opinions:
    """What the fit says of the preferences it was made on, with each one's own share in it: that of its comparison.

    further: as `own_shifts` has it.
    """
    owners = np.array([row.id for row in preferences.rows], dtype=np.int64)
    shifts = own_shifts(verdicts, mode, precision=precision, owners=owners, further=further)
    return Opinions(verdicts.differences @ mode, held_out, shifts, verdicts.deciding_threshold)


def _cross_validate(fits: HeadFits, material: Material, config: RewardModelConfig, *, seed: int) -> tuple[Array, str]:
    """Rewards of a and b (n, 2), each predicted without its fold."""
    folds = prompt_folds(material.preferences, config.folds, seed)
    x, rewards = unit_length(material.features), np.zeros((len(folds), 2))
    for fold in range(folds.max() + 1):
        train, unseen = np.flatnonzero(folds != fold), fits.without(material.targets_without(fold))
        precision = prior_precision(unseen.verdicts, material.preferences, config, rows=train)
        weights = unseen.fit(train, precision=precision)
        test = np.flatnonzero(folds == fold)
        rewards[test] = np.stack([x[2 * test] @ weights, x[2 * test + 1] @ weights], axis=1)
    return rewards, cross_validated(material.preferences, folds)


def cross_validated(preferences: Preferences, folds: npt.NDArray[np.int64]) -> str:
    """How the held-out preferences were chosen."""
    by = "prompt" if len(np.unique(preferences.groups)) > 1 else "preference (there is only one prompt)"
    return f"{folds.max() + 1}-fold cross-validation by {by}"


def prior_precision(
    verdicts: LinearVerdicts, preferences: Preferences, config: RewardModelConfig, *, rows: Rows | None = None
) -> float:
    """The prior asked for, or the one under which the verdicts of people, all or those among some rows, are likeliest.

    It is a belief about the weights, whatever kind of feedback follows, so comparisons alone are asked: they are the
    quickest to fit and what the reward model is measured by.
    """
    if config.prior_precision is not None:
        return config.prior_precision
    people = np.flatnonzero(preferences.given) if rows is None else rows[preferences.given[rows]]
    told = replace(verdicts.rows(people), weights=preferences.subset(people).independent_weights)
    return choose_precision(told)


def prompt_folds(preferences: Preferences, folds: int, seed: int) -> npt.NDArray[np.int64]:
    """A fold for each verdict of a person, the same for those on a prompt where there are several prompts; −1 for what
    a model labeled, which is never held out. (n,)
    """
    given = np.flatnonzero(preferences.given)
    groups = preferences.groups[given]
    if len(np.unique(groups)) < 2:
        groups = np.arange(len(given))
    found = np.full(len(preferences), -1, dtype=np.int64)
    found[given] = group_folds(groups, folds=folds, seed=seed)
    return found
