"""What a labeler's verdicts follow besides the text: the side, the length, the formatting.

Sides are drawn at random, so a labeler who reads takes the left one half of the time, whatever the completions are:
its share needs no adjustment. Longer and more formatted completions may well be better, so there the measure is how
far a labeler departs from the others on the same kind of pairs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, ndtri

from rlhf_backend.stats.estimate import Estimate, Undefined
from rlhf_backend.types import Interval

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PRIOR_SD = 2.0  # of each coefficient, logits: keeps a fit finite where the verdicts can be separated
FEWEST_DIFFERENT = 10
_MARKS = re.compile(r"^ {0,3}(?:#{1,6} |[-*+] |\d{1,3}[.)] |```|\|)|\*\*[^*\n]+\*\*", re.MULTILINE)

NOBODY_ELSE = Undefined("No other labeler has enough verdicts to compare with.")


def format_marks(text: str) -> int:
    """Markdown marks of a completion: headings, list items, fences, table rows and bold passages."""
    return sum(1 for _ in _MARKS.finditer(text))


@dataclass(frozen=True)
class StyledVerdicts:
    """n decided verdicts. Each array (n,).

    length, marks: log₂ of the left completion's characters, and of its marks plus one, over the right one's.
    """

    labelers: Ints
    left_wins: npt.NDArray[np.bool_]
    length: Array
    marks: Array


@dataclass(frozen=True, slots=True)
class Effect:
    """What doubling a feature adds to the logit of being taken; sd is its standard error, n the verdicts behind it."""

    value: float
    sd: float
    n: int

    def share(self, *, confidence: float = 0.95) -> Interval:
        """How often the completion with twice as much of it is taken, all else equal; a half where it has no pull."""
        half = float(ndtri(0.5 + confidence / 2)) * self.sd
        low, value, high = (float(expit(x)) for x in (self.value - half, self.value, self.value + half))
        return Interval(value=value, low=low, high=high, n=self.n)


@dataclass(frozen=True, slots=True)
class StyleEffects:
    """The pull of length at equal formatting, and of formatting at equal length."""

    length: Effect | Undefined
    marks: Effect | Undefined


def style_effects(verdicts: StyledVerdicts) -> dict[int, StyleEffects]:
    """Of each labeler, by a logistic regression of taking the left on both differences and on the side.

    Coefficients have a N(0, 2²) prior; the errors are those of the posterior's normal approximation.
    """
    found = {}
    for labeler in np.unique(verdicts.labelers):
        mine = verdicts.labelers == labeler
        differences = np.stack([verdicts.length[mine], verdicts.marks[mine]], axis=1)
        weights, sd = _logistic(differences, verdicts.left_wins[mine])
        different = (differences != 0).sum(0)
        effects = [
            Effect(float(weights[i + 1]), float(sd[i + 1]), int(different[i]))
            if different[i] >= FEWEST_DIFFERENT
            else Undefined(f"Fewer than {FEWEST_DIFFERENT} of the pairs judged differ in {what}.")
            for i, what in enumerate(("length", "formatting"))
        ]
        found[int(labeler)] = StyleEffects(length=effects[0], marks=effects[1])
    return found


def against_others(effects: Mapping[int, Effect | Undefined], *, confidence: float = 0.95) -> dict[int, Estimate]:
    """Each labeler's effect less the mean of the others', weighted by their precision; logits for a doubling."""
    known = {labeler: effect for labeler, effect in effects.items() if isinstance(effect, Effect)}
    precision = {labeler: effect.sd**-2 for labeler, effect in known.items()}
    total = sum(precision.values())
    weighted = sum(known[labeler].value * precision[labeler] for labeler in known)
    z = float(ndtri(0.5 + confidence / 2))
    found: dict[int, Estimate] = {}
    for labeler, effect in effects.items():
        if isinstance(effect, Undefined):
            found[labeler] = effect
        elif len(known) < 2:
            found[labeler] = NOBODY_ELSE
        else:
            rest = total - precision[labeler]
            value = effect.value - (weighted - effect.value * precision[labeler]) / rest
            half = z * float(np.sqrt(effect.sd**2 + 1 / rest))
            found[labeler] = Interval(value=value, low=value - half, high=value + half, n=effect.n)
    return found


def _logistic(differences: Array, wins: npt.NDArray[np.bool_]) -> tuple[Array, Array]:
    """Coefficients of an intercept and of each difference, and their standard errors. (1 + F,) each"""
    x = np.column_stack([np.ones(len(differences)), differences])
    weights = np.zeros(x.shape[1])
    precision = np.eye(len(weights)) / PRIOR_SD**2
    for _ in range(25):
        p = expit(x @ weights)
        information = (x * (p * (1 - p))[:, None]).T @ x + precision
        step = np.linalg.solve(information, x.T @ (wins - p) - precision @ weights)
        # A step of many logits leaves the region where the quadratic holds.
        weights = weights + step * min(1.0, 2.0 / max(1e-12, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-8:
            break
    return weights, np.sqrt(np.diag(np.linalg.inv(information)))
