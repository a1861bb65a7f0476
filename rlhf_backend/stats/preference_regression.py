"""A linear reward fitted to verdicts: Rao-Kupper likelihood, Gaussian prior, and an ensemble of such fits."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, log_expit

Array = npt.NDArray[np.float64]

# Precisions of the prior that cross-validation chooses from, for feature vectors of about unit length.
PRECISIONS = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)


@dataclass(frozen=True)
class LinearVerdicts:
    """n verdicts on differences of features.

    differences: features of a minus features of b (n, F). targets: 1 for a, 0 for b, .5 for a tie (n,). margins: how
    far the better one must lead (n,). weights: of each verdict (n,). threshold: Rao-Kupper's τ, 0 where no ties occur.
    """

    differences: Array
    targets: Array
    margins: Array
    weights: Array
    threshold: float

    def rows(self, index: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> "LinearVerdicts":
        return replace(
            self,
            differences=self.differences[index],
            targets=self.targets[index],
            margins=self.margins[index],
            weights=self.weights[index],
        )


def verdict_losses(rewards: Array, verdicts: LinearVerdicts) -> Array:
    """Negative log-likelihood of each verdict at reward differences `rewards`, nats, up to a constant for ties. (n,)"""
    for_a, for_b, lead = _terms(verdicts)
    losses: Array = -for_a * log_expit(rewards - lead) - for_b * log_expit(-rewards - lead)
    return losses


def verdict_slopes(rewards: Array, verdicts: LinearVerdicts) -> tuple[Array, Array]:
    """First and second derivative of each verdict's weighted loss by its reward difference. (n,), (n,)"""
    for_a, for_b, lead = _terms(verdicts)
    miss_a, miss_b = expit(lead - rewards), expit(rewards + lead)
    slopes: Array = verdicts.weights * (for_b * miss_b - for_a * miss_a)
    curvatures: Array = verdicts.weights * (for_a * miss_a * (1 - miss_a) + for_b * miss_b * (1 - miss_b))
    return slopes, curvatures


def probability_a(rewards: Array, *, threshold: float) -> Array:
    """Probability that a is preferred, given that the verdict is decided. (n,) → (n,)"""
    p: Array = expit(log_expit(rewards - threshold) - log_expit(-rewards - threshold))
    return p


def fit(
    verdicts: LinearVerdicts, *, precision: float, start: Array | None = None, centre: Array | None = None
) -> Array:
    """The weights (F,) that maximise the posterior under the prior N(centre, 1/precision); `start` saves iterations."""
    x = verdicts.differences
    for_a, for_b, lead = _terms(verdicts)
    middle = np.zeros(x.shape[1]) if centre is None else centre

    def objective(w: Array) -> tuple[float, Array]:
        d = x @ w
        loss = verdicts.weights @ (-for_a * log_expit(d - lead) - for_b * log_expit(-d - lead))
        slope = verdicts.weights * (-for_a * expit(lead - d) + for_b * expit(d + lead))
        gap = w - middle
        return float(loss + precision / 2 * gap @ gap), x.T @ slope + precision * gap

    begin = middle if start is None else start
    tolerances = {"maxiter": 1000, "gtol": 1e-7 * max(1.0, len(x)), "ftol": 1e-13}
    solution: Array = minimize(objective, begin, jac=True, method="L-BFGS-B", options=tolerances).x
    return solution


def fit_ensemble(
    verdicts: LinearVerdicts,
    *,
    precision: float,
    heads: int,
    seed: int,
    units: npt.NDArray[np.int64] | None = None,
) -> Array:
    """`heads` draws from the posterior, roughly, shifted so that their mean is its mode. (K, F)

    Each head sees the verdicts with exponential weights and a prior around a draw of its own from the prior, so heads
    differ both where verdicts contradict each other and where there are none. `units` (n,) numbers from 0 what each
    row came from: the pairs of one ranking are one observation and share a weight. None: each row for itself.
    Source: Newton & Raftery 1994, JRSS B 56:3 (weighted likelihood bootstrap); Osband et al. 2018, arXiv:1806.03335
    (randomised priors).
    """
    mode = fit(verdicts, precision=precision)
    if heads == 1:
        return mode[None]
    rng = np.random.default_rng(seed)
    of_row = np.arange(len(verdicts.weights)) if units is None else units
    draws = []
    for _ in range(heads):
        weights = verdicts.weights * rng.exponential(size=of_row.max() + 1)[of_row]
        centre = rng.normal(scale=precision**-0.5, size=len(mode))
        draws.append(fit(replace(verdicts, weights=weights), precision=precision, start=mode, centre=centre))
    ensemble = np.stack(draws)
    shifted: Array = ensemble - ensemble.mean(0) + mode
    return shifted


def choose_precision(verdicts: LinearVerdicts, folds: npt.NDArray[np.int64]) -> float:
    """The precision of `PRECISIONS` with the least held-out loss over the folds (n,); the strongest of equals."""
    losses = np.zeros(len(PRECISIONS))
    for fold in np.unique(folds):
        train, test = verdicts.rows(folds != fold), verdicts.rows(folds == fold)
        weights: Array | None = None
        for i, precision in enumerate(PRECISIONS):
            weights = fit(train, precision=precision, start=weights)
            losses[i] += test.weights @ verdict_losses(test.differences @ weights, _without_margins(test))
    return PRECISIONS[int(losses.argmin())]


def _without_margins(verdicts: LinearVerdicts) -> LinearVerdicts:
    # Margins shape the fit; how well it predicts is asked of the plain likelihood.
    return replace(verdicts, margins=np.zeros_like(verdicts.margins))


def _terms(verdicts: LinearVerdicts) -> tuple[Array, Array, Array]:
    """Every verdict is a product of σ(d − lead) to the power for_a and σ(−d − lead) to the power for_b."""
    tie = verdicts.targets == 0.5
    for_a = np.where(tie, 1.0, verdicts.targets)
    for_b = np.where(tie, 1.0, 1 - verdicts.targets)
    if verdicts.threshold == 0:  # no ties were seen: what looks like one is half a verdict each way
        for_a, for_b = np.where(tie, 0.5, for_a), np.where(tie, 0.5, for_b)
    return for_a, for_b, verdicts.threshold + np.where(tie, 0.0, verdicts.margins)
