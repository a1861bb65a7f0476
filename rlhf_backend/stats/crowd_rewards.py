"""Crowd Bradley–Terry beside a reward model: labelers are known by how they answer to what the rewards predict.

    p(a) = η_k σ(Δ + s b_k) + (1 − η_k) σ(−Δ − s b_k),    Δ = c λ + τ z,  η_k ~ Beta(9, 1),  b_k, z ~ N(0, 1)

λ is the reward difference a − b that a fit without the pair's prompt predicts, s is 1 where a was shown on the left, −1
where b was, 0 where nobody knows. z is the same for all who judged the pair: what the features do not show, people who
judge the same pair tell of each other. `stats/crowd.py` is the case without rewards, c = 0.

Source: Chen et al. 2013, WSDM, "Pairwise ranking aggregation in a crowdsourced setting". Differs: b; and Δ comes from
a held-out prediction, because a reward that was fitted to a labeler's own verdicts flatters all labelers.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, nnls
from scipy.sparse import csr_matrix
from scipy.special import expit, log_expit, logit, logsumexp, ndtri

from rlhf_backend.stats.crowd import PRIOR_RELIABLE, PRIOR_UNRELIABLE
from rlhf_backend.types import Interval

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_GRID = 9  # nodes for z
_WIDE_GRID = 31  # nodes for Δ over all pairs
_PRIOR_REST = 0.5  # log τ ~ N(log .5, 1): what features leave out is less than what a verdict's noise adds
_LEAST_SPREAD = 1.0  # of Δ, where features predict nothing: weights are worked out for pairs that differ

_ENDS = np.array([-1.0, 0.0, 1.0])


@dataclass(frozen=True)
class PredictedVerdicts:
    """n decided verdicts; each array (n,).

    labelers: from 0. pairs: the same number for the same two completions, from 0. leads: predicted reward a − b, not of
    this fit's own making. sides: 1 where a was on the left, −1 where b was, 0 unknown. a_wins, weights: of the verdict.
    """

    labelers: Ints
    pairs: Ints
    leads: Array
    sides: Array
    a_wins: npt.NDArray[np.bool_]
    weights: Array


@dataclass(frozen=True)
class Crowd:
    """Of each labeler (K,): η and b with intervals. spread: standard deviation of Δ over the pairs, in logits."""

    eta: list[Interval]
    side_bias: list[Interval]
    spread: float


@dataclass(frozen=True)
class BelievedVerdicts:
    """What verdicts are worth to a Bradley–Terry fit: P(a better) and weight of each. (n,)"""

    targets: Array
    weights: Array


def estimate_crowd(verdicts: PredictedVerdicts, *, confidence: float = 0.95) -> Crowd:
    """Reliability and side bias of every labeler at the mode of the posterior.

    The intervals are those of a normal approximation on the logit scale, with the information estimated from the
    verdicts' scores (Berndt, Hall, Hall & Hausman 1974), each labeler's two parameters taken apart from all others'.
    """
    problem = _Problem(verdicts)
    k = problem.k
    start = np.r_[np.full(k, float(logit(PRIOR_RELIABLE / 10))), np.zeros(k + 1), np.log(_PRIOR_REST)]
    mode: Array = minimize(problem.loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    half = float(ndtri(0.5 + confidence / 2)) * np.sqrt(problem.variances(mode))
    n = np.bincount(verdicts.labelers, minlength=k)
    eta, bias = mode[:k], mode[k : 2 * k]

    def interval(ends: Array, i: int) -> Interval:
        low, value, high = ends.tolist()
        return Interval(value=value, low=low, high=high, n=int(n[i]))

    scale, rest = np.exp(mode[-2:])
    return Crowd(
        eta=[interval(expit(eta[i] + half[i] * _ENDS), i) for i in range(k)],
        side_bias=[interval(bias[i] + half[k + i] * _ENDS, i) for i in range(k)],
        spread=float(np.hypot(scale * verdicts.leads.std(), rest)),
    )


def believed(verdicts: PredictedVerdicts, crowd: Crowd) -> BelievedVerdicts:
    """Every verdict as weights α of "a is better" and β of "b is better", by labeler, side and what was said alone.

    The score α (1 − σ(Δ)) − β σ(Δ) of these two comes nearest to that of the crowd model, in the mean over
    Δ ~ N(0, spread²), with α, β ≥ 0. So a plain Bradley–Terry fit finds what the crowd model would, whatever it
    trains, and the pair's own prediction, which has seen other labels, has no part in its label.
    """
    keys = np.stack([verdicts.labelers, verdicts.sides.astype(np.int64), verdicts.a_wins.astype(np.int64)], axis=1)
    cases, place = np.unique(keys, axis=0, return_inverse=True)
    shares = np.array([_shares(crowd, int(k), float(side), bool(a_wins)) for k, side, a_wins in cases])
    alpha, beta = shares[place.ravel()].T
    total = alpha + beta
    targets = np.divide(alpha, total, out=np.full_like(total, 0.5), where=total > 0)
    return BelievedVerdicts(targets, total * verdicts.weights)


def _shares(crowd: Crowd, labeler: int, side: float, a_wins: bool) -> Array:
    nodes, weights = np.polynomial.hermite_e.hermegauss(_WIDE_GRID)
    difference = max(crowd.spread, _LEAST_SPREAD) * nodes
    eta, agree = crowd.eta[labeler].value, expit(difference + side * crowd.side_bias[labeler].value)
    if not a_wins:
        agree = 1 - agree
    p = eta * agree + (1 - eta) * (1 - agree)
    score = (1 if a_wins else -1) * (2 * eta - 1) * agree * (1 - agree) / p
    often = np.sqrt(weights * p)[:, None]  # where such a verdict is given
    believed_scores = np.stack([expit(-difference), -expit(difference)], axis=1)
    solution: Array = nnls(believed_scores * often, score * often[:, 0])[0]
    return solution


class _Problem:
    """The posterior of θ = (logit η (K,), b (K,), log c, log τ) with each pair's z integrated out, and its gradient."""

    def __init__(self, verdicts: PredictedVerdicts) -> None:
        self.k = int(verdicts.labelers.max()) + 1
        self.given = verdicts
        self.sign = np.where(verdicts.a_wins, 1.0, -1.0)[:, None]
        n = len(verdicts.pairs)
        self.of_pair = csr_matrix(
            (verdicts.weights, (verdicts.pairs, np.arange(n))), shape=(verdicts.pairs.max() + 1, n)
        )
        self.nodes, weights = np.polynomial.hermite_e.hermegauss(_GRID)
        self.log_weights = np.log(weights / weights.sum())

    def loss(self, theta: Array) -> tuple[float, Array]:
        """Negative log posterior and its gradient."""
        log_p, by_eta, by_lead = self._terms(theta)
        evidence, mine = self._posterior(log_p)
        of_eta, of_bias, of_scale, of_rest = self._scores(theta, mine, by_eta, by_lead)
        prior, gradient = self._prior(theta)
        gradient[: self.k] += self._by_labeler(of_eta)
        gradient[self.k : -2] += self._by_labeler(of_bias)
        gradient[-2:] += [of_scale.sum(), of_rest.sum()]
        return -(evidence + prior), -gradient

    def variances(self, theta: Array) -> Array:
        """Of η's logits and of b at the mode. (2K,)"""
        log_p, by_eta, by_lead = self._terms(theta)
        of_eta, of_bias, _, _ = self._scores(theta, self._posterior(log_p)[1], by_eta, by_lead)
        reliable = expit(theta[: self.k])
        eta = self._by_labeler(of_eta**2) + (PRIOR_RELIABLE + PRIOR_UNRELIABLE) * reliable * (1 - reliable)
        bias = self._by_labeler(of_bias**2) + 1
        determinant = eta * bias - self._by_labeler(of_eta * of_bias) ** 2
        variances: Array = np.r_[bias / determinant, eta / determinant]
        return variances

    def _terms(self, theta: Array) -> tuple[Array, Array, Array]:
        """log p of each verdict at each node of z, and its derivatives by logit η and by Δ. (n, Q) each"""
        given, k = self.given, self.k
        eta = expit(theta[:k])[given.labelers][:, None]
        scale, rest = np.exp(theta[-2:])
        lead = scale * given.leads + given.sides * theta[k : 2 * k][given.labelers]
        agree = expit(self.sign * (lead[:, None] + rest * self.nodes))
        p = eta * agree + (1 - eta) * (1 - agree)
        slope = agree * (1 - agree) / p
        return np.log(p), (2 * agree - 1) * eta * (1 - eta) / p, self.sign * (2 * eta - 1) * slope

    def _posterior(self, log_p: Array) -> tuple[float, Array]:
        """Log-likelihood, and the probability of each node of z for the pair of each verdict. (n, Q)"""
        joint = self.of_pair @ log_p + self.log_weights
        evidence = logsumexp(joint, axis=1)
        return float(evidence.sum()), np.exp(joint - evidence[:, None])[self.given.pairs]

    def _scores(self, theta: Array, mine: Array, by_eta: Array, by_lead: Array) -> tuple[Array, Array, Array, Array]:
        """Of each verdict by logit η, b, log c and log τ. (n,) each"""
        scale, rest = np.exp(theta[-2:])
        weights = self.given.weights
        of_lead = weights * (mine * by_lead).sum(1)
        return (
            weights * (mine * by_eta).sum(1),
            of_lead * self.given.sides,
            of_lead * scale * self.given.leads,
            weights * ((mine * by_lead) @ self.nodes) * rest,
        )

    def _by_labeler(self, values: Array) -> Array:
        sums: Array = np.bincount(self.given.labelers, weights=values, minlength=self.k).astype(np.float64)
        return sums

    def _prior(self, theta: Array) -> tuple[float, Array]:
        eta, bias = theta[: self.k], theta[self.k : -2]
        scale, rest = theta[-2], theta[-1] - np.log(_PRIOR_REST)
        # Beta(9, 1) of η as a density of logit η, so that its mode is the mean, .9.
        value = PRIOR_RELIABLE * log_expit(eta).sum() + PRIOR_UNRELIABLE * log_expit(-eta).sum()
        value -= (bias @ bias + scale**2 + rest**2) / 2
        of_eta = PRIOR_RELIABLE * expit(-eta) - PRIOR_UNRELIABLE * expit(eta)
        return float(value), np.r_[of_eta, -bias, -scale, -rest]
