"""A linear reward for each of P principles, fitted to verdicts that one of several shown principles decided."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import log_expit

Array = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

PASSES = 4
_MORE_SHOWN = 0.8
_SHOWN_MOST = 8
_FLIPS = 0.1


@dataclass(frozen=True)
class PrincipleExamples:
    """E verdicts on pairs, each under the principles shown.

    pairs: row of the pair's features (E,). shown: m, 1 for a principle, −1 for its negation, 0 where it is not shown
    (E, P). targets: 1 where a was judged better (E,). weights: of each verdict (E,).
    """

    pairs: Rows
    shown: Array
    targets: Array
    weights: Array

    def of_pairs(self, kept: npt.NDArray[np.bool_]) -> "PrincipleExamples":
        """The examples on the pairs marked. (n,)"""
        rows = kept[self.pairs]
        return PrincipleExamples(self.pairs[rows], self.shown[rows], self.targets[rows], self.weights[rows])


def draw_examples(scores: Array, *, seed: int) -> PrincipleExamples:
    """Examples with several principles from verdicts under single ones; the most decided of those shown decides.

    Args:
        scores: verdict on each pair under each principle, its size the strength; 0: even, nan: not given. (n, P)

    Each pair is drawn `PASSES` times and counts once. Principles are shown in a number of Geometric(.2), at most 8,
    half of them negated; scores are in units of their principle's spread; equal ones decide by lot; one label of ten is
    flipped, so that no principle is learned as certain.
    Source: Sun et al. 2023, arXiv:2310.05910 (SALMON), §3.3. Differs: verdicts are people's, not a model's.
    """
    rng = np.random.default_rng(seed)
    given = np.isfinite(scores)
    pairs = np.repeat(np.flatnonzero(given.any(1)), PASSES)
    values = np.nan_to_num(scores / _spreads(scores))[pairs]
    sizes = np.arange(1, _SHOWN_MOST + 1)
    shares = _MORE_SHOWN**sizes / (_MORE_SHOWN**sizes).sum()
    size = rng.choice(sizes, size=len(pairs), p=shares)
    lots = np.where(given[pairs], rng.random(values.shape), np.inf)
    chosen = (lots.argsort(1).argsort(1) < size[:, None]) & given[pairs]
    shown = np.where(chosen, rng.choice([-1.0, 1.0], size=values.shape), 0.0)
    signed = shown * values
    decisive = (np.abs(signed) + 1e-9 * rng.random(values.shape)).argmax(1)
    decided = signed[np.arange(len(pairs)), decisive]
    flipped = rng.random(len(pairs)) < _FLIPS
    kept = decided != 0
    return PrincipleExamples(
        pairs=pairs[kept],
        shown=shown[kept],
        targets=((decided > 0) != flipped)[kept].astype(np.float64),
        weights=np.full(int(kept.sum()), 1 / PASSES),
    )


def fit_principles(
    differences: Array,
    examples: PrincipleExamples,
    *,
    precision: float,
    start: Array | None = None,
    centre: Array | None = None,
) -> Array:
    """Weights W (P, F) of r(m) = mᵀ W φ that maximise the posterior under the prior N(centre, 1/precision).

    Args:
        differences: features of a minus those of b, of about unit length. (n, F)
    """
    shape = (examples.shown.shape[1], differences.shape[1])
    middle = np.zeros(shape) if centre is None else centre
    signs = 2 * examples.targets - 1
    # Features are read once for each pair, not for each of its examples.
    count = len(examples.pairs)
    of_pair = csr_matrix((np.ones(count), (examples.pairs, np.arange(count))), shape=(len(differences), count))

    def objective(flat: Array) -> tuple[float, Array]:
        w = flat.reshape(shape)
        d = signs * (examples.shown * (differences @ w.T)[examples.pairs]).sum(1)
        log_p = log_expit(d)
        slopes = -examples.weights * signs * np.exp(log_expit(-d))
        gap = w - middle
        gradient = (of_pair @ (examples.shown * slopes[:, None])).T @ differences + precision * gap
        return float(-examples.weights @ log_p + precision / 2 * (gap * gap).sum()), gradient.ravel()

    begin = middle if start is None else start
    tolerances = {"maxiter": 300, "gtol": 1e-6 * max(1.0, count), "ftol": 1e-8}
    solution: Array = minimize(objective, begin.ravel(), jac=True, method="L-BFGS-B", options=tolerances).x
    return solution.reshape(shape)


def fit_principles_ensemble(
    differences: Array, examples: PrincipleExamples, *, precision: float, heads: int, seed: int
) -> Array:
    """`heads` rough draws from the posterior whose mean is its mode; all examples of a pair are one observation.

    (P, K, F). Source: as `preference_regression.fit_ensemble`.
    """
    mode = fit_principles(differences, examples, precision=precision)
    if heads == 1:
        return mode[:, None]
    rng = np.random.default_rng(seed)
    draws = []
    for _ in range(heads):
        weights = examples.weights * rng.exponential(size=len(differences))[examples.pairs]
        centre = rng.normal(scale=precision**-0.5, size=mode.shape)
        sample = replace(examples, weights=weights)
        draws.append(fit_principles(differences, sample, precision=precision, start=mode, centre=centre))
    ensemble = np.stack(draws, 1)
    shifted: Array = ensemble - ensemble.mean(1, keepdims=True) + mode[:, None]
    return shifted


def example_losses(differences: Array, examples: PrincipleExamples, weights: Array) -> Array:
    """Negative log-likelihood of each example under W (P, F), nats. (E,)"""
    d = (examples.shown * (differences @ weights.T)[examples.pairs]).sum(1)
    losses: Array = -log_expit((2 * examples.targets - 1) * d)
    return losses


def choose_principle_precision(differences: Array, examples: PrincipleExamples, folds: Rows) -> float:
    """The precision with the least held-out loss over the folds of the pairs (n,); the strongest of equals."""
    candidates = (10.0, 1.0, 0.1, 0.01)
    losses = np.zeros(len(candidates))
    for fold in np.unique(folds[examples.pairs]):
        train, test = examples.of_pairs(folds != fold), examples.of_pairs(folds == fold)
        weights: Array | None = None
        for i, precision in enumerate(candidates):
            weights = fit_principles(differences, train, precision=precision, start=weights)
            losses[i] += test.weights @ example_losses(differences, test, weights)
    return candidates[int(losses.argmin())]


def _spreads(scores: Array) -> Array:
    """Root mean square of the scores of each principle, 1 where all are even or none is given. (P,)"""
    given = np.isfinite(scores)
    squares = np.where(given, np.square(np.nan_to_num(scores)), 0.0).sum(0) / np.maximum(given.sum(0), 1)
    spreads: Array = np.where(squares > 0, np.sqrt(np.maximum(squares, 1e-12)), 1.0)
    return spreads
