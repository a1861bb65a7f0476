"""What a reward model is evaluated on: verdicts by people, and what it made of them without seeing their prompts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rlhf_backend.data.preferences import Preferences
from rlhf_backend.models.reward import RewardModel
from rlhf_backend.stats.preference_regression import Array

Rows = npt.NDArray[np.int64]
Refit = Callable[[Rows, Rows], Array]
"""(rows to train on, rows to judge) → reward differences a − b of the latter, by a linear head on frozen features.

Rows are those of `Judged.given`.
"""


@dataclass(frozen=True)
class Judged:
    """Verdicts with rewards that were predicted without them, and the finished reward model.

    given: all N preferences that the run was given, with targets and weights as people gave them.
    held_out: rows of `given` with an unseen opinion (n,): all of them for a cross-validated head.
    rewards: of a and b of these, by a fit without their prompt, in logits: not divided by `model.scale`. (n, 2)
    model: the finished one, fitted to `given` or to what is not held out.
    heads: each head's difference a − b of the held-out rows, logits (n, K), where there are heads.
    before: the predecessor's differences a − b of all rows, in logits of its own, not a number where it cannot read
        them; None without a predecessor. (N,)
    panel: verdicts on prompts that are never trained on.
    """

    given: Preferences
    held_out: Rows
    rewards: Array
    model: RewardModel
    threshold: float
    heads: Array | None = None
    before: Array | None = None
    panel: Preferences | None = None
    refit: Refit | None = None

    @cached_property
    def preferences(self) -> Preferences:
        """The held-out ones. (n)"""
        return self.given.subset(self.held_out.tolist())

    @cached_property
    def differences(self) -> Array:
        """Held-out reward of a minus that of b, logits. (n,)"""
        difference: Array = self.rewards[:, 0] - self.rewards[:, 1]
        return difference
