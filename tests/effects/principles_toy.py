"""A world of six attributes whose pairs are judged by the one that the shown principles make decisive."""

from dataclasses import dataclass

import numpy as np

from rlhf_backend.stats.preference_regression import Array
from rlhf_backend.stats.principle_regression import PrincipleExamples

ATTRIBUTES, FEATURES = 6, 12


@dataclass(frozen=True)
class Toy:
    """Attributes of a and b (n, 2, 6), features of both (n, 2, F), and one verdict on each pair."""

    attributes: Array
    features: Array
    examples: PrincipleExamples

    @property
    def differences(self) -> Array:
        return (self.features[:, 0] - self.features[:, 1]) * FEATURES**-0.5


def draw_toy(pairs: int, *, seed: int, flips: float) -> Toy:
    """Features mix the attributes and hold noise; `flips` of the verdicts say the opposite."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(99).normal(size=(ATTRIBUTES, FEATURES)) * ATTRIBUTES**-0.5
    attributes = rng.normal(size=(pairs, 2, ATTRIBUTES))
    features = attributes @ mixing + 0.05 * rng.normal(size=(pairs, 2, FEATURES))
    shown = np.zeros((pairs, ATTRIBUTES))
    for row in shown:
        size = min(ATTRIBUTES, rng.geometric(0.2))
        row[rng.choice(ATTRIBUTES, size, replace=False)] = rng.choice([-1.0, 1.0], size)
    signed = shown * (attributes[:, 0] - attributes[:, 1])
    decided = signed[np.arange(pairs), np.abs(signed).argmax(1)] > 0
    targets = (decided != (rng.random(pairs) < flips)).astype(np.float64)
    return Toy(attributes, features, PrincipleExamples(np.arange(pairs), shown, targets, np.ones(pairs)))


def tilted_means(weights: Array, shown: Array, *, seed: int, strength: float = 3.0) -> Array:
    """Mean attributes of the policy exp(strength · r(y, m) / sd) over 20,000 candidates. (6,)"""
    world = draw_toy(20_000, seed=seed, flips=0.0)
    rewards = world.features[:, 0] @ weights.T @ shown
    logits = strength * rewards / rewards.std()
    share = np.exp(logits - logits.max())
    means: Array = (share / share.sum()) @ world.attributes[:, 0]
    return means
