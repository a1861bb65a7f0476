"""A world in which the optimum of tuning is known: one feature of completions is good up to a point and bad beyond.

A completion is q (6 features, each worth its weight) and z: worth its value up to 1.5, falling twice as fast after. The
reward model reads q, z and how far z is beyond 1.5, so it can learn everything that matters; whether it does depends on
what was labeled. The policy is the reference tilted by the reward, exactly, to a given KL: q moves as a whole, the
distribution of z is tilted on a grid.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit

from rlhf_backend.stats.preference_regression import LinearVerdicts, choose_precision, fit

Array = npt.NDArray[np.float64]
Rng = np.random.Generator

WORTH = np.array([0.8, -0.6, 0.5, 0.4, -0.3, 0.2])
TURN, FALL = 1.5, 2.0
_Z = np.linspace(-12.0, 12.0, 2401)
_FEATURES = len(WORTH) + 2


@dataclass(frozen=True)
class Policy:
    """Independent normal q around `shift` (6,), and the probabilities of z on its grid (2401,)."""

    shift: Array
    of_z: Array

    def sample(self, rng: Rng, count: int) -> Array:
        """Features of completions. (count, 8)"""
        z = _Z[np.minimum(np.searchsorted(self.of_z.cumsum(), rng.random(count)), len(_Z) - 1)]
        q = self.shift + rng.normal(size=(count, len(WORTH)))
        return np.column_stack([q, z, np.maximum(z - TURN, 0)])

    def gold(self) -> float:
        """Expected worth, exactly."""
        return float(self.shift @ WORTH + self.of_z @ (_Z - FALL * np.maximum(_Z - TURN, 0)))


def reference(*, spread: float) -> Policy:
    """z is normal with this standard deviation: with .65 one in 95 passes the turn, with 2 every fourth."""
    density = np.exp(-0.5 * np.square(_Z / spread))
    return Policy(np.zeros(len(WORTH)), density / density.sum())


def tuned(start: Policy, reward: Array, *, kl: float) -> Policy:
    """The policy that a KL-regularised method converges to, with the penalty at which its KL is as given."""

    def at(log_beta: float) -> Policy:
        beta = np.exp(log_beta)
        exponents = (reward[-2] * _Z + reward[-1] * np.maximum(_Z - TURN, 0)) / beta
        tilted = start.of_z * np.exp(exponents - exponents.max())
        return Policy(reward[:-2] / beta, tilted / tilted.sum())

    def excess(log_beta: float) -> float:
        return divergence(at(log_beta), start) - kl

    return at(float(brentq(excess, -6.0, 12.0, xtol=1e-6)))


def divergence(policy: Policy, start: Policy) -> float:
    """KL, nats. Both have the same spread of q."""
    seen = policy.of_z > 0
    of_z = policy.of_z[seen] @ np.log(policy.of_z[seen] / np.maximum(start.of_z[seen], 1e-300))
    return float(0.5 * policy.shift @ policy.shift + of_z)


def judged(rng: Rng, policy: Policy, count: int, *, sharpness: float = 1.5) -> tuple[Array, Array]:
    """Differences of features (count, 8) of pairs that the policy wrote, and who won by a Bradley-Terry labeler."""
    a, b = policy.sample(rng, count), policy.sample(rng, count)
    worth = np.r_[WORTH, 1.0, -FALL]
    won = rng.random(count) < expit(sharpness * (a - b) @ worth)
    return a - b, won.astype(np.float64)


def learned(differences: Array, won: Array) -> Array:
    """The weights of a reward model, prior chosen by the product's own rule. (8,)"""
    count = len(won)
    verdicts = LinearVerdicts(
        differences=differences * _FEATURES**-0.5,
        targets=won,
        ties=np.zeros(count, dtype=np.bool_),
        margins=np.zeros(count),
        weights=np.ones(count),
        threshold=0.0,
    )
    return fit(verdicts, precision=choose_precision(verdicts))


def final_gold(seed: int, *, spread: float, rounds: int, on_policy: bool, labels: int = 400, kl: float = 9.0) -> float:
    """Worth of the policy after so many rounds of labeling and tuning, in standard deviations of the reference's."""
    rng = np.random.default_rng(seed)
    start = reference(spread=spread)
    policy, differences, won = start, np.zeros((0, _FEATURES)), np.zeros(0)
    for _ in range(rounds):
        d, w = judged(rng, policy if on_policy else start, labels // rounds)
        differences, won = np.concatenate([differences, d]), np.concatenate([won, w])
        policy = tuned(start, learned(differences, won), kl=kl)
    return (policy.gold() - start.gold()) / worth_spread(start)


def worth_spread(policy: Policy) -> float:
    values = _Z - FALL * np.maximum(_Z - TURN, 0)
    of_z = policy.of_z @ np.square(values) - (policy.of_z @ values) ** 2
    return float(np.sqrt(WORTH @ WORTH + of_z))
