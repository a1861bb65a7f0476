"""True reward against √KL to the reference: where it was highest, and the curve that over-optimisation usually follows.

Source: Gao et al. 2022, arXiv:2210.10760: with d = √KL, R = d(α − β d) for best-of-n and R = d(α − β ln d) for
reinforcement learning. Differs from the paper: the highest measured point leads, with an interval, and the curve is a
guide, as the form that fits better; of few points a fitted peak is off by more than the measured one.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from rlhf_backend.row import Interval, Row

Array = npt.NDArray[np.float64]
Form = Literal["best_of_n", "reinforcement"]

MIN_POINTS = 4
"""Checkpoints away from the reference below which two parameters say nothing."""
_RESAMPLES = 1000
_TAIL = 0.025
_NORMAL_WIDTH = 3.92
_DRAWN = 40


class FrontierCurve(Row):
    """The form of Gao et al. that fits the points better, in gains over the policy before tuning."""

    form: Form = Field(description="R = d(α − β d), or R = d(α − β ln d), with d = √KL.")
    alpha: Interval
    beta: Interval
    peak_sqrt_kl: float | None = Field(
        description="Where the curve is highest; null where it only rises or only falls."
    )
    points: list[tuple[float, float]] = Field(description="√KL and value, to be drawn.")


class Frontier(Row):
    """How far optimisation helped, by what people said."""

    best: int = Field(description="Place of the highest point among those given.")
    best_sqrt_kl: Interval = Field(description="√KL there, with the range that the highest point may lie in.")
    best_value: Interval
    curve: FrontierCurve | None = Field(description="Null with too few points.")


def frontier(sqrt_kls: Sequence[float], values: Sequence[Interval], *, start: float, seed: int = 0) -> Frontier | None:
    """The highest point and the curve through `start`, the value of the policy before tuning; None without points.

    Args:
        sqrt_kls: √KL to the reference of each checkpoint (n,). values: what people said of it, or gold, n intervals.
    Points are drawn anew within their intervals, as if independent of each other.
    """
    if not values:
        return None
    d = np.array(sqrt_kls, dtype=np.float64)
    means = np.array([value.value for value in values])
    spread = np.array([value.high - value.low for value in values]) / _NORMAL_WIDTH
    draws = means + np.random.default_rng(seed).normal(size=(_RESAMPLES, len(means))) * spread
    best = int(means.argmax())
    return Frontier(
        best=best,
        best_sqrt_kl=_interval(d[best], d[draws.argmax(1)], n=len(d)),
        best_value=values[best],
        curve=_curve(d, means - start, draws - start, start=start),
    )


def gain(d: Array, alpha: float, beta: float, *, form: Form) -> Array:
    """R at √KL d, 0 at the reference. (n,) → (n,)"""
    rise, bend = _FORMS[form](d)
    values: Array = alpha * rise + beta * bend
    return values


def peak(alpha: float, beta: float, *, form: Form) -> float | None:
    """√KL of the highest gain; None where the gain never turns from rising to falling."""
    if beta <= 0 or (form == "best_of_n" and alpha <= 0):
        return None
    return alpha / (2 * beta) if form == "best_of_n" else float(np.exp(min(alpha / beta - 1, 700.0)))


def _best_of_n(d: Array) -> tuple[Array, Array]:
    return d, -np.square(d)


def _reinforcement(d: Array) -> tuple[Array, Array]:
    logs = np.log(np.where(d > 0, d, 1.0))
    return d, -d * logs


_FORMS: dict[Form, Callable[[Array], tuple[Array, Array]]] = {
    "best_of_n": _best_of_n,
    "reinforcement": _reinforcement,
}


def _curve(d: Array, gains: Array, draws: Array, *, start: float) -> FrontierCurve | None:
    """Least squares; both forms are linear in α and β. (n,), (n,), (B, n)"""
    if len(np.unique(d[d > 0])) < MIN_POINTS:
        return None
    designs = {form: np.stack(columns(d), axis=1) for form, columns in _FORMS.items()}
    fits = {form: np.linalg.lstsq(x, gains, rcond=None)[0] for form, x in designs.items()}
    form = min(fits, key=lambda name: float(np.square(designs[name] @ fits[name] - gains).sum()))
    alpha, beta = (float(value) for value in fits[form])
    drawn = np.linalg.lstsq(designs[form], draws.T, rcond=None)[0]
    along = np.linspace(0, d.max(), _DRAWN)
    values = start + gain(along, alpha, beta, form=form)
    return FrontierCurve(
        form=form,
        alpha=_interval(alpha, drawn[0], n=len(d)),
        beta=_interval(beta, drawn[1], n=len(d)),
        peak_sqrt_kl=peak(alpha, beta, form=form),
        points=list(zip(along.tolist(), values.tolist(), strict=True)),
    )


def _interval(value: float, draws: Array, *, n: int) -> Interval:
    low, high = np.quantile(draws, [_TAIL, 1 - _TAIL])
    return Interval.around(value, low, high, n=n)
