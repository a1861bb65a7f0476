"""A linear reward with eight heads, fitted where the gold reward is nearly linear and asked far beyond.

Gold: Σ w_j sin(x_j) over 12 features. Training completions have features of spread .6, where the sine is nearly a line;
completions asked about have spreads from .6 to 2.4, where it turns round.
"""

from dataclasses import dataclass

import numpy as np
import torch

from rlhf_backend.models.out_of_distribution import training_cloud
from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, choose_precision, fit_ensemble

FEATURES, HEADS = 12, 8
HOME = 0.6


@dataclass(frozen=True)
class Asked:
    """n pairs: whether the ensemble ranks them as the gold reward does, how far outside the farther of the two lies,
    mean and standard deviation of their reward difference over the heads, and how wrong that mean is. (n,) each
    """

    right: Array
    ood: Array
    mean: Array
    sd: Array
    error: Array

    def quartiles(self, by: Array) -> list[float]:
        """Accuracy in the four quarters of the pairs, in ascending order of `by`."""
        order = np.argsort(by, kind="stable")
        return [float(self.right[part].mean()) for part in np.array_split(order, 4)]


def asked(*, seed: int, labels: int = 600, farthest: float = 4.0, pairs: int = 2000) -> Asked:
    """Pairs whose features are up to `farthest` times as spread as those trained on."""
    rng = np.random.default_rng(seed)
    gold = rng.normal(size=FEATURES)
    gold *= 4 / np.linalg.norm(gold)
    train = HOME * rng.normal(size=(2, labels, FEATURES))
    lead = (np.sin(train[0]) - np.sin(train[1])) @ gold
    verdicts = LinearVerdicts(
        differences=train[0] - train[1],
        targets=(rng.random(labels) < 1 / (1 + np.exp(-lead))).astype(np.float64),
        ties=np.zeros(labels, dtype=np.bool_),
        margins=np.zeros(labels),
        weights=np.ones(labels),
        threshold=0.0,
    )
    precision = choose_precision(verdicts)
    heads = fit_ensemble(verdicts, precision=precision, heads=HEADS, seed=seed)
    cloud = training_cloud(
        torch.from_numpy(np.concatenate([train[0], train[1]])),
        torch.from_numpy(np.tile(np.arange(labels) % 5, 2)),
        torch.ones(2 * labels, dtype=torch.bool),
        seed=seed,
    )
    spread = HOME * rng.uniform(1, farthest, size=(pairs, 1))
    a, b = spread * rng.normal(size=(2, pairs, FEATURES))
    by_head = (a - b) @ heads.T
    truth = (np.sin(a) - np.sin(b)) @ gold
    ood = torch.maximum(cloud(torch.from_numpy(a)), cloud(torch.from_numpy(b))).double().numpy()
    mean = by_head.mean(1)
    return Asked(
        ((mean > 0) == (truth > 0)).astype(np.float64), ood, mean, by_head.std(1, ddof=1), np.abs(mean - truth)
    )
