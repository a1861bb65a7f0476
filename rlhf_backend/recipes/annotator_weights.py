"""How far each labeler can be believed, found beside a linear reward, and what their verdicts weigh after that.

In turn: a fit to the verdicts as they are believed so far predicts each prompt's pairs without it; against these
predictions the crowd model finds reliability and side bias of every labeler; these say how far verdicts are believed.
Source: Chen et al. 2013, WSDM. Differs: `stats/crowd_rewards.py` says how.

A held-out figure of the reward model that comes of it has two numbers of each labeler in it that have seen all of their
verdicts. Figures are measured on verdicts as they were given, by all labelers alike.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rlhf_backend.config import RewardModelConfig
from rlhf_backend.data.preferences import Preferences
from rlhf_backend.recipes.reward_head import linear_verdicts, prompt_folds
from rlhf_backend.recipes.reward_material import Material
from rlhf_backend.reward_sections import LabelerWeight
from rlhf_backend.run import Run
from rlhf_backend.stats.crowd_rewards import BelievedVerdicts, Crowd, PredictedVerdicts, believed, estimate_crowd
from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, choose_precision, fit

_ROUNDS = 6
_SETTLED = 0.005  # largest change of a reliability that ends the rounds

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class WeighedLabelers:
    """Preferences with the weights and soft targets of their labelers, and what was found of each."""

    preferences: Preferences
    labelers: list[LabelerWeight]


def weighed_material(run: Run, material: Material, config: RewardModelConfig) -> tuple[Material, list[LabelerWeight]]:
    """What a reward model is fitted to, with each labeler's verdicts as far as they can be believed."""
    if config.annotators == "equal":
        return material, []
    run.stop.raise_if_made(done="before labelers were weighed; nothing was trained yet")
    weighed = weigh_annotators(
        material.preferences,
        linear_verdicts(material.features, material.preferences, config),
        prompt_folds(material.preferences, config.folds, run.seed),
        log=run.events.log,
        precision=config.prior_precision,
    )
    return replace(material, preferences=weighed.preferences), weighed.labelers


def weigh_annotators(
    preferences: Preferences,
    verdicts: LinearVerdicts,
    folds: Ints,
    *,
    log: Callable[[str], None],
    precision: float | None = None,
) -> WeighedLabelers:
    """The preferences as far as their labelers can be believed.

    Args:
        verdicts: the same preferences on features (n). folds: of the same prompt for rows of the same prompt. (n,)
        precision: of the prior on the reward's weights; None takes the one that makes the verdicts likeliest.

    Verdicts of nobody known count as they were given: one anonymous crowd, taken to be reliable. With fewer than two
    known labelers nobody can be told from the others, and all stays as it is. Ties count by their labeler's weight.
    """
    names = np.array([-1 if row.annotator is None else row.annotator for row in preferences.rows], dtype=np.int64)
    known = (names >= 0) & preferences.given
    told = known & preferences.decided
    people, labelers = np.unique(names[told], return_inverse=True)
    log(_told(preferences, known, told))
    if len(people) < 2:
        log(f"{len(people)} known labelers: all verdicts count the same, there is nobody to compare them with")
        return WeighedLabelers(preferences, [])
    precision = precision or choose_precision(replace(verdicts, weights=preferences.independent_weights))
    crowd, worth = _settle(preferences, verdicts, folds, told, labelers, precision)
    weights, targets = preferences.weights.copy(), preferences.targets.copy()
    weights[told], targets[told] = worth.weights, worth.targets
    given = np.bincount(labelers, preferences.weights[told])
    shares = np.bincount(labelers, worth.weights) / np.maximum(given, 1e-12)
    tied = known & preferences.ties
    place = np.minimum(np.searchsorted(people, names[tied]), len(people) - 1)
    weights[tied] *= np.where(people[place] == names[tied], shares[place], shares.mean())
    found = [
        LabelerWeight(annotator=int(name), reliability=eta, side_bias=bias, weight=float(share))
        for name, eta, bias, share in zip(people, crowd.eta, crowd.side_bias, shares, strict=True)
    ]
    return WeighedLabelers(replace(preferences, targets=targets, weights=weights), found)


def _settle(
    preferences: Preferences,
    verdicts: LinearVerdicts,
    folds: Ints,
    told: npt.NDArray[np.bool_],
    labelers: Ints,
    precision: float,
) -> tuple[Crowd, BelievedVerdicts]:
    """Labelers and predictions in turn, until no reliability moves by more than `_SETTLED`."""
    unpredicted = _unpredicted(preferences, told, labelers)
    reliability: Array = np.full(labelers.max() + 1, np.inf)
    current = verdicts
    for _ in range(_ROUNDS):
        given = replace(unpredicted, leads=_held_out(current, folds, precision)[told])
        crowd = estimate_crowd(given)
        worth = believed(given, crowd)
        targets, weights = verdicts.targets.copy(), verdicts.weights.copy()
        targets[told], weights[told] = worth.targets, worth.weights
        current = replace(verdicts, targets=targets, weights=weights)
        moved = np.array([eta.value for eta in crowd.eta]) - reliability
        reliability = reliability + moved if np.isfinite(reliability).all() else np.array([e.value for e in crowd.eta])
        if np.abs(moved).max() < _SETTLED:
            break
    return crowd, worth


def _unpredicted(preferences: Preferences, told: npt.NDArray[np.bool_], labelers: Ints) -> PredictedVerdicts:
    """The decided verdicts of known labelers, without predictions yet."""
    rows = np.flatnonzero(told)
    pairs: dict[tuple[int, str, str], int] = {}
    seen = [
        (int(preferences.groups[i]), preferences.rows[i].completion_a, preferences.rows[i].completion_b) for i in rows
    ]
    shown = [detail.left_is_a if detail is not None else None for detail in (preferences.details[i] for i in rows)]
    return PredictedVerdicts(
        labelers=labelers.astype(np.int64),
        pairs=np.array([pairs.setdefault(pair, len(pairs)) for pair in seen], dtype=np.int64),
        leads=np.zeros(len(rows)),
        sides=np.array([0.0 if left is None else 1.0 if left else -1.0 for left in shown]),
        a_wins=preferences.said[rows] == 1,
        weights=preferences.weights[rows],
    )


def _held_out(verdicts: LinearVerdicts, folds: Ints, precision: float) -> Array:
    """Reward differences a − b, each predicted without its fold. (n,)"""
    leads, start = np.zeros(len(folds)), None
    for fold in np.unique(folds):
        out = folds == fold
        start = fit(verdicts.rows(~out), precision=precision, start=start)
        leads[out] = verdicts.differences[out] @ start
    return leads


def _told(preferences: Preferences, known: npt.NDArray[np.bool_], told: npt.NDArray[np.bool_]) -> str:
    given = int(preferences.given.sum())
    sided = sum(detail is not None and detail.left_is_a is not None for detail in preferences.details)
    return (
        f"labelers are weighed by {int(told.sum())} decided verdicts; {given - int(known.sum())} of {given} are by "
        f"nobody known and count as given; of {given - min(sided, given)} it is unknown what was shown on the left"
    )
