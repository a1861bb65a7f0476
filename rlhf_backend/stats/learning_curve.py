"""Held-out accuracy by number of preferences, and how much more of them would raise it.

Source: inverse power laws as Cortes et al. 1994 (NIPS 6, "Learning curves: asymptotic values and rate of convergence")
and Hestness et al. 2017, arXiv:1712.00409; forecasts judged by Viering & Loog 2021, arXiv:2103.10948, whose warning is
heeded: a forecast has an interval, from curves fitted to resampled prompts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rlhf_backend.reward_sections import Forecast, LearningCurve, LearningPoint
from rlhf_backend.row import Interval
from rlhf_backend.stats.clustered import cluster_means

Array = npt.NDArray[np.float64]
RATES = np.array([0.25, 0.35, 0.5, 0.7, 1.0, 1.4])
"""Values of c that are tried: from slower than any linear model learns, to faster than 1/n."""
FORECASTS = (0.5, 1.0, 3.0)
"""How many more preferences are asked about, as shares of those at hand: half as many again, double, four times."""
_WIDER = 1.5
"""Fits of five folds share most of their data, so their accuracies err together, which resampling prompts does not
show: the variance is (1/5 + 1/4)/(1/5) times as large. Source: Nadeau & Bengio 2003, Machine Learning 52:239, §3.
"""
_FEWEST, _FEWEST_PROMPTS, _FEWEST_SIZES = 60, 12, 3


@dataclass(frozen=True)
class HeldOutHits:
    """What fits on growing parts of the preferences foretold.

    sizes: preferences that each fit saw, rising (S,). hits: how far each verdict was met without its prompt, 0 … 1,
    mean over repeats (n, S). groups: its prompt (n,). weights: of the verdicts (n,).
    """

    sizes: Array
    hits: Array
    groups: npt.NDArray[np.int64]
    weights: Array


def learning_curve(found: HeldOutHits, *, preferences: int, seed: int) -> LearningCurve:
    """The points, and forecasts from the preferences at hand; or why there are none."""
    reason = _too_little(found)
    if reason:
        return LearningCurve(points=[], forecasts=[], says=reason)
    means = np.average(found.hits, axis=0, weights=found.weights)
    drawn = cluster_means(found.hits, found.groups, found.weights, seed=seed, resamples=400)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    n = round(float(found.weights.sum()))
    points = [
        LearningPoint(preferences=round(found.sizes[i]), accuracy=Interval.around(means[i], low[i], high[i], n=n))
        for i in range(len(means))
    ]
    if low[-1] <= 0.5:
        says = "The model is not yet clearly better than chance: there is nothing to forecast from."
        return LearningCurve(points=points, forecasts=[], says=says)
    more = [round(share * preferences) for share in FORECASTS]
    asked = preferences + np.array([0, *more], dtype=np.float64)
    curves_through = Curves(found.sizes, np.cov(drawn.T)).fit
    curve, curves = curves_through(means[None], asked)[0], curves_through(means + _WIDER * (drawn - means), asked)
    lowest, highest = np.quantile(curves, [0.025, 0.975], axis=0)
    forecasts = [
        Forecast(more=extra, accuracy=Interval.around(curve[i], lowest[i], highest[i], n=n))
        for i, extra in enumerate(more, start=1)
    ]
    gains = curves[:, -2] - curves[:, 0]
    says = _sentence(more[-2], float(curve[-2] - curve[0]), float(curve[0]), np.quantile(gains, [0.025, 0.975]))
    return LearningCurve(points=points, forecasts=forecasts, says=says)


class Curves:
    """Least-squares fits of a − b·n^−c with ½ ≤ a ≤ 1, b ≥ 0 and c among `RATES`.

    Points are weighted by the inverse of their covariance (S, S): accuracies on the same verdicts move together.
    """

    def __init__(self, sizes: Array, noise: Array) -> None:
        scale = float(np.trace(noise)) / len(sizes)
        # A tenth of the variance for what resampling prompts does not show: which preferences a fit happened to see.
        precision = np.linalg.inv(noise + max(0.1 * scale, 1e-8) * np.eye(len(sizes)))
        self._root = np.linalg.cholesky(precision).T
        self._scale = float(sizes[-1])
        self._sizes = sizes

    def fit(self, accuracies: Array, at: Array) -> Array:
        """Accuracies at numbers of preferences `at` (q,), by the best curve through each row of (B, S). (B, q)"""
        best = np.full(len(accuracies), np.inf)
        values = np.zeros((len(accuracies), len(at)))
        target = accuracies @ self._root.T
        for rate in RATES:
            shape, asked = (self._sizes / self._scale) ** -rate, (at / self._scale) ** -rate
            for a, b in self._candidates(target, shape):
                loss = ((target - (a[:, None] - b[:, None] * shape) @ self._root.T) ** 2).sum(1)
                better = (loss < best) & (b >= 0) & (a <= 1) & (a >= 0.5)
                best = np.where(better, loss, best)
                values[better] = (a[:, None] - b[:, None] * asked)[better]
        return values

    def _candidates(self, target: Array, shape: Array) -> Sequence[tuple[Array, Array]]:
        """The free optimum and those on the edges b = 0 and a = 1, of which the best feasible one is the optimum."""
        ones, slope = self._root @ np.ones_like(shape), -(self._root @ shape)
        free = np.linalg.lstsq(np.stack([ones, slope], 1), target.T, rcond=None)[0]
        flat = np.clip(target @ ones / (ones @ ones), 0.5, 1.0)
        steep = np.maximum((target - ones) @ slope / (slope @ slope), 0.0)
        return (free[0], free[1]), (flat, np.zeros_like(flat)), (np.ones_like(steep), steep)


def _too_little(found: HeldOutHits) -> str | None:
    weight, prompts = float(found.weights.sum()), len(np.unique(found.groups))
    have = f"{weight:.0f} decided preferences on {prompts} prompts are too few for a learning curve: "
    if weight < _FEWEST or prompts < _FEWEST_PROMPTS:
        return f"{have}it needs {_FEWEST} on {_FEWEST_PROMPTS}."
    if len(found.sizes) < _FEWEST_SIZES:
        return f"{have}a reward model cannot be fitted to {_FEWEST_SIZES} parts of them of different size."
    return None


def _sentence(more: int, gain: float, now: float, spread: Array) -> str:
    low, high = (100 * float(edge) for edge in spread)
    return (
        f"{more:,} more preferences for about {100 * gain:+.1f} points of accuracy ({low:+.1f} to {high:+.1f}), "
        f"from {100 * now:.1f} %."
    )
