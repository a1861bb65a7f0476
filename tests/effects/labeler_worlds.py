"""Crowds with a planted pathology, as arrays."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from rlhf_backend.stats.preference_regression import LinearVerdicts

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Labeled:
    """Verdicts on random pairs; `taste` is each labeler's weight of the first feature, by their number."""

    verdicts: LinearVerdicts
    labelers: Ints
    prompts: Ints
    taste: npt.NDArray[np.float64]


def labeled_world(
    seed: int, *, opposite_taste: float, labelers: int = 8, verdicts: int = 1200, features: int = 12
) -> Labeled:
    """Labelers who share a linear reward but for its first feature, which every second one wants the other way."""
    rng = np.random.default_rng(seed)
    x, shared = rng.normal(size=(verdicts, features)), rng.normal(size=features)
    who = rng.integers(0, labelers, verdicts)
    taste = np.where(np.arange(labelers) % 2 == 0, opposite_taste, -opposite_taste)
    d = x[:, 1:] @ shared[1:] + x[:, 0] * taste[who]
    wins = (rng.random(verdicts) < expit(d)).astype(np.float64)
    none = np.zeros(verdicts)
    return Labeled(
        LinearVerdicts(
            differences=x * features**-0.5,
            targets=wins,
            ties=none.astype(bool),
            margins=none,
            weights=np.ones(verdicts),
            threshold=0.0,
        ),
        who.astype(np.int64),
        np.arange(verdicts) // 3,
        taste,
    )
