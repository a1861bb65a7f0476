"""How long a labeler will take to judge: a constant and a time for each character read."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

READING = 24.0
"""Characters in a second: 238 words a minute, six characters each (Brysbaert 2019, J. Memory and Language 109)."""
DECIDING = 4.0
"""Seconds beside reading, before any verdict was timed."""
_PRIOR_VERDICTS = 20  # the two figures above count as this many timed verdicts
_LONGEST = 600.0  # seconds; a labeler who took longer was interrupted


@dataclass(frozen=True)
class LabelCost:
    """Seconds of work that a comparison is expected to take."""

    base: float = DECIDING
    per_character: float = 1 / READING

    def seconds(self, characters: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Of comparisons with so many characters to read, prompt included. (n,) → (n,)"""
        return self.base + self.per_character * np.asarray(characters, dtype=np.float64)


def label_cost(characters: npt.ArrayLike, seconds: npt.ArrayLike) -> LabelCost:
    """Least squares, with coefficients of at least 0, on verdicts timed so far (n,), (n,); the prior alone without any.

    The longest 5 % of times are cut to the 95th percentile: people are interrupted.
    Source: Settles, Craven & Friedland 2008, NIPS Workshop on Cost-Sensitive Learning: annotation times vary and can be
    learned. Differs: a line instead of a richer regression.
    """
    read, took = np.asarray(characters, dtype=np.float64), np.asarray(seconds, dtype=np.float64)
    if read.shape != took.shape or not (np.isfinite(read).all() and np.isfinite(took).all()):
        raise ValueError(f"expected as many finite lengths as times, found {read.shape} and {took.shape}")
    timed = took > 0
    read, took = read[timed], np.minimum(took[timed], _LONGEST)
    if took.size == 0:
        return LabelCost()
    took = np.minimum(took, np.quantile(took, 0.95))
    prior = np.linspace(0, 2 * max(read.mean(), 1.0), _PRIOR_VERDICTS)
    lengths = np.concatenate([read, prior])
    times = np.concatenate([took, LabelCost().seconds(prior)])
    (base, per_character), _ = nnls(np.stack([np.ones_like(lengths), lengths], axis=1), times)
    return LabelCost(max(float(base), 0.1), float(per_character))
