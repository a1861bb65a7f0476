"""Crowd Bradley–Terry: how reliable each labeler is, and how far their verdicts follow the side.

    p(left) = η_k σ(Δ + b_k) + (1 − η_k) σ(−Δ − b_k),    η_k ~ Beta(9, 1),  b_k ~ N(0, 1),  Δ ~ N(0, τ²)

Δ is how much better the left completion of a pair is, the same for all who judge the pair; η_k is the probability that
labeler k answers what they see instead of its opposite; b_k pulls them to the left. A lazy labeler, who takes one side
unread, shows in b and not in η; an adversary in an η below a half.

Source: Chen et al. 2013, WSDM, "Pairwise ranking aggregation in a crowdsourced setting". Differs: b, and Δ is
integrated out on a grid instead of fitted, because a fitted one leans to each labeler's own verdict and flatters all;
its spread τ is estimated along with the rest. The posterior is climbed by its gradient, not by EM: the same maximum,
sooner.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit, log_expit, logit, logsumexp, ndtri

from rlhf_backend.types import Interval

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GRID = 15  # nodes of the Gauss–Hermite rule
MOST_JOINT = 300  # labelers whose errors are worked out together; the cost is cubic
PRIOR_RELIABLE, PRIOR_UNRELIABLE = 9.0, 1.0
PRIOR_MEDIAN, PRIOR_SPREAD = 2.0, 1.0  # log τ ~ N(log 2, 1): differences of a few logits


@dataclass(frozen=True)
class SidedVerdicts:
    """n decided verdicts: pair judged, who judged, and which side of it they took. Each array (n,).

    `a_is_left` says which of the pair's two was on the left, so that a pair shown both ways is one pair.
    """

    pairs: Ints
    labelers: Ints
    a_is_left: npt.NDArray[np.bool_]
    left_wins: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reliability:
    """What is known of one labeler: η in 0 … 1, and b in logits, positive to the left; n is their number of verdicts.

    `overlap` counts their verdicts on pairs that others judged too: without any, η is the prior's.
    """

    labeler: int
    eta: Interval
    side_bias: Interval
    overlap: int


def crowd_fit(verdicts: SidedVerdicts, *, confidence: float = 0.95) -> list[Reliability]:
    """Reliability and side bias of every labeler, in the order of their numbers.

    The intervals are those of a normal approximation on the logit scale, with the information estimated from the
    pairs' scores (Berndt, Hall, Hall & Hausman 1974).
    """
    if not len(verdicts.pairs):
        return []
    problem = _Problem(verdicts)
    start = np.concatenate(
        [np.full(problem.k, float(logit(PRIOR_RELIABLE / 10))), np.zeros(problem.k), [np.log(PRIOR_MEDIAN)]]
    )
    mode: Array = minimize(problem.loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    spread = np.sqrt(problem.variances(mode))
    half = float(ndtri(0.5 + confidence / 2)) * spread
    eta, bias = mode[: problem.k], mode[problem.k : -1]
    n = np.bincount(problem.labelers, minlength=problem.k)
    overlap = np.bincount(problem.labelers, weights=problem.is_shared(), minlength=problem.k)
    return [
        Reliability(
            labeler=int(labeler),
            eta=_interval(expit(eta[i]), expit(eta[i] - half[i]), expit(eta[i] + half[i]), n[i]),
            side_bias=_interval(bias[i], bias[i] - half[problem.k + i], bias[i] + half[problem.k + i], n[i]),
            overlap=int(overlap[i]),
        )
        for i, labeler in enumerate(problem.names)
    ]


def _interval(value: float, low: float, high: float, n: int) -> Interval:
    return Interval(value=float(value), low=float(low), high=float(high), n=int(n))


class _Problem:
    """The posterior of θ = (logit η (K,), b (K,), log τ) with Δ integrated out, and its gradient.

    A verdict's probability depends only on who gave it, on the side they took and on which of the two was there: four
    cases of each labeler. All of it is worked out once for the 4 K cases at each of the Q nodes of Δ, and summed over
    verdicts by one sparse product with the number of verdicts of each case on each pair.
    """

    def __init__(self, verdicts: SidedVerdicts) -> None:
        self.names, self.labelers = np.unique(verdicts.labelers, return_inverse=True)
        self.k = len(self.names)
        _, self.pairs = np.unique(verdicts.pairs, return_inverse=True)
        self.case = self.labelers * 4 + verdicts.a_is_left * 2 + verdicts.left_wins
        ones = np.ones(len(self.pairs))
        self.given = csr_matrix((ones, (self.pairs, self.case)), shape=(self.pairs.max() + 1, 4 * self.k))
        self.turn = np.tile([-1.0, -1.0, 1.0, 1.0], self.k)[:, None]  # +1: a was on the left
        self.sign = np.tile([-1.0, 1.0, -1.0, 1.0], self.k)[:, None]  # +1: the left was taken
        self.nodes, weights = np.polynomial.hermite_e.hermegauss(GRID)
        self.log_weights = np.log(weights / weights.sum())

    def is_shared(self) -> Array:
        """1 where another labeler judged the verdict's pair too. (n,)"""
        seen = np.unique(np.stack([self.pairs, self.labelers], axis=1), axis=0)
        people: Array = (np.bincount(seen[:, 0]) > 1).astype(np.float64)
        return people[self.pairs]

    def loss(self, theta: Array) -> tuple[float, Array]:
        """Negative log posterior and its gradient."""
        log_p, slopes = self._cases(theta)
        evidence, posterior = self._posterior(log_p)
        mass = self.given.T @ posterior  # (4K, Q)
        by_case = [(mass * slope).sum(1) for slope in slopes]
        prior, gradient = self._prior(theta)
        gradient[: self.k] += by_case[0].reshape(-1, 4).sum(1)
        gradient[self.k : -1] += by_case[1].reshape(-1, 4).sum(1)
        gradient[-1] += by_case[2].sum()
        return -(evidence + prior), -gradient

    def variances(self, theta: Array) -> Array:
        """Of every parameter at the mode. (2K + 1,)

        The information is the sum over pairs of the outer products of their scores, plus the prior's curvature. In a
        crowd of more than `MOST_JOINT`, each labeler's two parameters are taken to be independent of all others.
        """
        log_p, slopes = self._cases(theta)
        mine = self._posterior(log_p)[1][self.pairs]
        of_eta, of_bias, of_spread = [(mine * slope[self.case]).sum(1) for slope in slopes]
        eta = expit(theta[: self.k])
        prior = np.array([*((PRIOR_RELIABLE + PRIOR_UNRELIABLE) * eta * (1 - eta)), *np.ones(self.k), PRIOR_SPREAD**-2])
        if self.k > MOST_JOINT:
            return self._variances_apart(of_eta, of_bias, of_spread, prior)
        scores = np.zeros((self.given.shape[0], 2 * self.k + 1))
        np.add.at(scores, (self.pairs, self.labelers), of_eta)
        np.add.at(scores, (self.pairs, self.k + self.labelers), of_bias)
        np.add.at(scores[:, -1], self.pairs, of_spread)
        return np.diag(np.linalg.inv(scores.T @ scores + np.diag(prior)))

    def _variances_apart(self, of_eta: Array, of_bias: Array, of_spread: Array, prior: Array) -> Array:
        def total(values: Array) -> Array:
            return np.bincount(self.labelers, weights=values, minlength=self.k).astype(np.float64)

        eta = total(of_eta**2) + prior[: self.k]
        bias = total(of_bias**2) + prior[self.k : -1]
        determinant = eta * bias - total(of_eta * of_bias) ** 2
        return np.array([*(bias / determinant), *(eta / determinant), 1 / ((of_spread**2).sum() + prior[-1])])

    def _cases(self, theta: Array) -> tuple[Array, tuple[Array, Array, Array]]:
        """log p of each case at each node of Δ, and its derivatives by logit η, b and log τ. (4K, Q) each"""
        eta = np.repeat(expit(theta[: self.k]), 4)[:, None]
        bias, tau = np.repeat(theta[self.k : -1], 4)[:, None], np.exp(theta[-1])
        difference = self.turn * tau * self.nodes  # of the left completion against the right one
        agree = expit(self.sign * (difference + bias))
        p = eta * agree + (1 - eta) * (1 - agree)
        by_lead = self.sign * (2 * eta - 1) * agree * (1 - agree) / p
        by_eta = (2 * agree - 1) * eta * (1 - eta) / p
        return np.log(p), (by_eta, by_lead, by_lead * difference)

    def _posterior(self, log_p: Array) -> tuple[float, Array]:
        """Log-likelihood, and the probability of each node of Δ given a pair's verdicts. (pairs, Q)"""
        joint = self.given @ log_p + self.log_weights
        evidence = logsumexp(joint, axis=1)
        return float(evidence.sum()), np.exp(joint - evidence[:, None])

    def _prior(self, theta: Array) -> tuple[float, Array]:
        eta, bias, spread = theta[: self.k], theta[self.k : -1], (theta[-1] - np.log(PRIOR_MEDIAN)) / PRIOR_SPREAD
        # Beta(9, 1) of η as a density of logit η, so that its mode is the mean, .9.
        value = PRIOR_RELIABLE * log_expit(eta).sum() + PRIOR_UNRELIABLE * log_expit(-eta).sum()
        value -= bias @ bias / 2 + spread**2 / 2
        of_eta = PRIOR_RELIABLE * expit(-eta) - PRIOR_UNRELIABLE * expit(eta)
        return float(value), np.concatenate([of_eta, -bias, [-spread / PRIOR_SPREAD]])
