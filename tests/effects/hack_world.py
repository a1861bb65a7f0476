"""A reward model that overrates a habit, samples of a reference, and people's verdicts on some of them.

Completions have five features: quality, which is normal; a habit, which is exponential: most have little of it, some
much; and three that mean nothing. The reward model likes quality and, wrongly, the habit; people like quality and
dislike the habit, so that true reward peaks: tilting by exp(R/β) drives up quality at a steady rate, the habit ever
faster.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from rlhf_backend.stats.preference_regression import LinearVerdicts, choose_precision, fit_ensemble

Array = npt.NDArray[np.float64]
LIKED = 0.4
"""What a unit of the habit is worth to the reward model, in units of quality."""


@dataclass(frozen=True)
class World:
    """`dislike`: what a unit of the habit takes away from a completion's worth; below 0 people like it as well."""

    dislike: float

    @property
    def worth(self) -> Array:
        return np.array([1.0, -self.dislike, 0.0, 0.0, 0.0])

    def samples(self, rng: np.random.Generator, prompts: int, count: int) -> Array:
        """Features of the reference's completions. (P, N, 5)"""
        x = rng.normal(size=(prompts, count, 5))
        x[..., 1] = rng.exponential(size=(prompts, count))
        return x

    def rewards(self, features: Array) -> Array:
        """In standard deviations over the reference's completions, as reward models give them."""
        rewards: Array = (features[..., 0] + LIKED * (features[..., 1] - 1)) / np.hypot(1.0, LIKED)
        return rewards

    def exact(self, beta: float) -> float:
        """True worth of the tilted reference, above the reference's own; −∞ where the habit has no mean any more."""
        strength = 1 / (beta * np.hypot(1.0, LIKED))
        if LIKED * strength >= 1:
            return float(-np.inf if self.dislike > 0 else np.inf)
        return float(strength - self.dislike * (1 / (1 - LIKED * strength) - 1))

    def judge(self, rng: np.random.Generator, verdicts: int, *, fits: int = 32, coin_flips: bool = False) -> Array:
        """Heads fitted to verdicts on pairs of the reference's completions, as the pre-flight fits them. (fits, 5)"""
        a, b = self.samples(rng, verdicts, 2).swapaxes(0, 1)
        chance = np.full(verdicts, 0.5) if coin_flips else expit(2.0 * (a - b) @ self.worth)
        said = LinearVerdicts(
            differences=a - b,
            targets=(rng.random(verdicts) < chance).astype(np.float64),
            ties=np.zeros(verdicts, dtype=np.bool_),
            margins=np.zeros(verdicts),
            weights=np.ones(verdicts),
            threshold=0.0,
        )
        return fit_ensemble(said, precision=choose_precision(said), heads=fits, seed=int(rng.integers(2**31)))
