"""A linear reward fitted to verdicts: likelihoods with ties, Gaussian prior, and an ensemble of such fits."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, log_expit

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
TieLikelihood = Literal["rao_kupper", "davidson"]

# Precisions of the prior to choose from, for feature vectors of about unit length.
PRECISIONS = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)


@dataclass(frozen=True)
class LinearVerdicts:
    """n verdicts on differences of features.

    differences: features of a minus features of b (n, F). targets: P(a better), anywhere in [0, 1] (n,). ties: verdicts
    that neither is better (n,). margins: how far the better one must lead, of verdicts that are no ties (n,). weights:
    of each verdict (n,). threshold: Rao-Kupper's τ, 0 where no ties occur; Davidson's ν is e^τ − 1.
    """

    differences: Array
    targets: Array
    ties: Flags
    margins: Array
    weights: Array
    threshold: float
    likelihood: TieLikelihood = "rao_kupper"

    def rows(self, index: npt.NDArray[np.intp] | Flags) -> "LinearVerdicts":
        return replace(
            self,
            differences=self.differences[index],
            targets=self.targets[index],
            ties=self.ties[index],
            margins=self.margins[index],
            weights=self.weights[index],
        )

    @property
    def deciding_threshold(self) -> float:
        """What `probability_a` takes: Davidson's probabilities of a and b, given that one is better, know no ν."""
        return self.threshold if self.likelihood == "rao_kupper" else 0.0


def verdict_losses(rewards: Array, verdicts: LinearVerdicts) -> Array:
    """Negative log-likelihood of each verdict at reward differences `rewards`, nats, up to a constant for ties. (n,)

    The same as `rao_kupper_loss` and `davidson_loss` of `ops/preference_losses.py`, for fits without torch.
    """
    if verdicts.likelihood == "davidson" and verdicts.threshold > 0:
        half, towards = _davidson_terms(rewards, verdicts)
        tied = np.log(np.expm1(verdicts.threshold))
        told = np.where(verdicts.ties, tied, towards * half)
        davidson: Array = np.logaddexp(np.logaddexp(half, -half), tied) - told
        return davidson
    ahead_a, ahead_b, for_a, for_b = _terms(rewards, verdicts)
    losses: Array = -for_a * log_expit(ahead_a) - for_b * log_expit(ahead_b)
    return losses


def verdict_slopes(rewards: Array, verdicts: LinearVerdicts) -> tuple[Array, Array]:
    """First and second derivative of each verdict's weighted loss by its reward difference. (n,), (n,)"""
    if verdicts.likelihood == "davidson" and verdicts.threshold > 0:
        half, towards = _davidson_terms(rewards, verdicts)
        whole = np.logaddexp(np.logaddexp(half, -half), np.log(np.expm1(verdicts.threshold)))
        a, b = np.exp(half - whole), np.exp(-half - whole)
        lean = (a - b - np.where(verdicts.ties, 0.0, towards)) / 2
        return verdicts.weights * lean, verdicts.weights * (a + b - (a - b) ** 2) / 4
    ahead_a, ahead_b, for_a, for_b = _terms(rewards, verdicts)
    miss_a, miss_b = expit(-ahead_a), expit(-ahead_b)
    slopes: Array = verdicts.weights * (for_b * miss_b - for_a * miss_a)
    curvatures: Array = verdicts.weights * (for_a * miss_a * (1 - miss_a) + for_b * miss_b * (1 - miss_b))
    return slopes, curvatures


def probability_a(rewards: Array, *, threshold: float) -> Array:
    """Probability that a is preferred, given that the verdict is decided; `threshold` is Rao-Kupper's. (n,) → (n,)"""
    p: Array = expit(log_expit(rewards - threshold) - log_expit(-rewards - threshold))
    return p


def fit(
    verdicts: LinearVerdicts, *, precision: float, start: Array | None = None, centre: Array | None = None
) -> Array:
    """The weights (F,) that maximise the posterior under the prior N(centre, 1/precision); `start` saves iterations."""
    x = verdicts.differences
    middle = np.zeros(x.shape[1]) if centre is None else centre

    def objective(w: Array) -> tuple[float, Array]:
        d = x @ w
        loss = verdicts.weights @ verdict_losses(d, verdicts)
        slope = verdict_slopes(d, verdicts)[0]
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


def choose_precision(verdicts: LinearVerdicts) -> float:
    """The precision of `PRECISIONS` under which the verdicts are likeliest, the strongest of equals.

    Which pairs were asked about may rest on earlier verdicts, as in an active queue: given these it says nothing of the
    weights, so the likelihood need not know of it. Held-out loss would be that of the pairs chosen, not of the pool.
    Margins shape a fit; what is likely is asked of the plain likelihood. Verdicts are taken to be independent given the
    weights; where they are not, let them weigh as much as they tell (`independent_weights` of `data/preferences.py`).
    Source: MacKay 1992, Neural Computation 4:720 (evidence framework for classifiers). Differs: the best of a grid
    instead of re-estimation.
    """
    plain = replace(verdicts, margins=np.zeros_like(verdicts.margins))
    found, weights = [], None
    for precision in PRECISIONS:
        weights = fit(plain, precision=precision, start=weights)
        found.append(log_evidence(plain, weights, precision=precision))
    return PRECISIONS[int(np.argmax(found))]


def log_evidence(verdicts: LinearVerdicts, mode: Array, *, precision: float) -> float:
    """Log-probability of the verdicts under the prior N(0, 1/precision), by Laplace's method; nats, up to what
    `verdict_losses` leaves out.

    A verdict of weight ½, or a target of ½, is half a verdict: its likelihood is taken to that power.

    Args:
        mode: of the posterior, as `fit` gives it. (F,)
    Cost: n F min(n, F) multiplications.
    Source: Bishop 2006, Pattern Recognition and Machine Learning, eq. 4.137.
    """
    x = verdicts.differences
    rewards = x @ mode
    root = np.sqrt(verdict_slopes(rewards, verdicts)[1])[:, None] * x
    gram = root @ root.T if len(x) < x.shape[1] else root.T @ root  # det(1 + RᵀR) = det(1 + RRᵀ): the smaller serves
    volume = np.log(np.diag(np.linalg.cholesky(np.eye(len(gram)) + gram / precision))).sum()
    return float(-verdicts.weights @ verdict_losses(rewards, verdicts) - precision / 2 * mode @ mode - volume)


def _shifted(rewards: Array, verdicts: LinearVerdicts) -> Array:
    """Reward differences less the lead that each verdict asks for: none of a tie, and none of a coin flip. (n,)"""
    shifted: Array = rewards - np.where(verdicts.ties, 0.0, verdicts.margins * (2 * verdicts.targets - 1))
    return shifted


def _terms(rewards: Array, verdicts: LinearVerdicts) -> tuple[Array, Array, Array, Array]:
    """Every verdict is a product of σ(ahead_a) to the power for_a and σ(ahead_b) to the power for_b. (n,) each"""
    d = _shifted(rewards, verdicts)
    # Without a threshold what looks like a tie is half a verdict each way.
    both = 1.0 if verdicts.threshold > 0 else 0.5
    for_a = np.where(verdicts.ties, both, verdicts.targets)
    for_b = np.where(verdicts.ties, both, 1 - verdicts.targets)
    return d - verdicts.threshold, -d - verdicts.threshold, for_a, for_b


def _davidson_terms(rewards: Array, verdicts: LinearVerdicts) -> tuple[Array, Array]:
    """Half the reward differences, and how far each verdict is for a: −1 … 1. (n,), (n,)"""
    return _shifted(rewards, verdicts) / 2, 2 * verdicts.targets - 1
