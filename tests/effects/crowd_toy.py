"""Verdicts of a simulated crowd on completions of 20 features, and how well a reward fitted to them ranks new pairs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rlhf_backend.data.preferences import Preferences, group_folds, usable_preferences
from rlhf_backend.recipes.annotator_weights import WeighedLabelers, weigh_annotators
from rlhf_backend.simulation.annotators import Annotator
from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, choose_precision, fit
from rlhf_backend.types import ComparisonRow, Message, PreferenceDetailsRow

FEATURES = 20
GOLD_SPREAD = 2.0  # standard deviation of the gold reward: pooled Bradley–Terry then ranks .93 of new pairs


@dataclass(frozen=True)
class CrowdWorld:
    """One verdict on each of n pairs, every pair with a prompt of its own; features divided by √F, a − b. (n, F)"""

    preferences: Preferences
    differences: Array
    gold: Array  # weights of the gold reward (F,)
    unseen: Array  # differences of 4,000 further pairs

    def verdicts(self, preferences: Preferences) -> LinearVerdicts:
        return LinearVerdicts(
            differences=self.differences,
            targets=preferences.targets,
            ties=preferences.ties,
            margins=np.zeros(len(preferences)),
            weights=preferences.weights,
            threshold=0.1 if preferences.ties.any() else 0.0,
        )

    @property
    def folds(self) -> npt.NDArray[np.int64]:
        return group_folds(self.preferences.groups, folds=5, seed=0)

    def pooled(self) -> float:
        """Accuracy on unseen pairs of a fit to the verdicts as given."""
        return self.accuracy(self.preferences)

    def crowd(self) -> tuple[float, WeighedLabelers]:
        """The same after the labelers were weighed."""
        said: list[str] = []
        weighed = weigh_annotators(self.preferences, self.verdicts(self.preferences), self.folds, log=said.append)
        return self.accuracy(weighed.preferences), weighed

    def accuracy(self, preferences: Preferences) -> float:
        verdicts = self.verdicts(preferences)
        weights = fit(verdicts, precision=choose_precision(verdicts))
        return float(((self.unseen @ weights > 0) == (self.unseen @ self.gold > 0)).mean())


def without_bad_ones(crowd: Sequence[Annotator]) -> list[Annotator]:
    """The same people, who always compare: with two of a spread of 2 they would call many pairs both bad."""
    return [replace(annotator, bad_below=-math.inf) for annotator in crowd]


def draw_crowd(
    crowd: Sequence[Annotator], *, labels: int, seed: int, shares: Sequence[float] | None = None
) -> CrowdWorld:
    """Labels by the crowd, each labeler's number drawn with these shares; equal ones without."""
    rng = np.random.default_rng(seed)
    gold = rng.normal(size=FEATURES)
    gold *= GOLD_SPREAD / np.linalg.norm(gold)
    a, b = rng.normal(size=(2, labels, FEATURES))
    unseen = rng.normal(size=(4000, FEATURES)) - rng.normal(size=(4000, FEATURES))
    who = rng.choice(len(crowd), size=labels, p=shares)
    left = rng.random(labels) < 0.5
    rows, details = [], {}
    for i in range(labels):
        verdict = crowd[who[i]].judge(
            rng, gold_a=float(a[i] @ gold), gold_b=float(b[i] @ gold), a_is_left=bool(left[i])
        )
        rows.append(
            ComparisonRow(
                id=i,
                prompt=[Message(role="user", content=f"prompt {i}")],
                completion_a=f"a {i}",
                completion_b=f"b {i}",
                verdict=verdict.choice,
                annotator=int(who[i]),
            )
        )
        details[i] = PreferenceDetailsRow(id=i, left_is_a=bool(left[i]))
    preferences, _ = usable_preferences(rows, margin_per_strength=0.0, details=details)
    scale = FEATURES**-0.5
    return CrowdWorld(preferences, (a - b) * scale, gold, unseen * scale)
