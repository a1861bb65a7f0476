"""What a reward model is evaluated on: verdicts by people, and what it made of them without seeing their prompts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rlhf_backend.data.preferences import Preferences
from rlhf_backend.models.reward import RewardModel
from rlhf_backend.stats.preference_regression import Array
from rlhf_backend.types import Message

Rows = npt.NDArray[np.int64]
Text = tuple[Sequence[Message], str]
"""A prompt and its completion."""
Refit = Callable[[Rows, Rows], Array]
"""(rows to train on, rows to judge) → reward differences a − b of the latter, by a linear head on frozen features.

Rows are those of `Judged.everything`.
"""


@dataclass(frozen=True)
class Judged:
    """Verdicts with rewards that were predicted without them, and the finished reward model.

    everything: all N preferences that the model was trained on or kept from. Figures are taken of what people said in
        them (`said`, `given_weights`), whatever training made of it.
    held_out: its rows with an unseen opinion (n,), by people only: all of theirs for a cross-validated head.
    rewards: of a and b of these, by a fit without their prompt, in logits: not divided by `model.scale`. (n, 2)
    model: the finished one, fitted to `everything` or to what is not held out.
    heads: each head's difference a − b of the held-out rows, logits (n, K), where there are heads.
    before: the predecessor's differences a − b of all rows, in logits of its own, not a number where it cannot read
        them; None without a predecessor. (N,)
    panel: verdicts on prompts that are never trained on. before_on_panel: the predecessor's differences of these. (p,)
    """

    everything: Preferences
    held_out: Rows
    rewards: Array
    model: RewardModel
    threshold: float
    heads: Array | None = None
    before: Array | None = None
    panel: Preferences | None = None
    before_on_panel: Array | None = None
    refit: Refit | None = None

    @cached_property
    def preferences(self) -> Preferences:
        """The held-out ones. (n)"""
        return self.everything.subset(self.held_out)

    @cached_property
    def differences(self) -> Array:
        """Held-out reward of a minus that of b, logits. (n,)"""
        difference: Array = self.rewards[:, 0] - self.rewards[:, 1]
        return difference


def head_rewards(model: RewardModel, texts: Sequence[Text]) -> Array:
    """Rewards by each head in standard deviations, not a number where a completion leaves its prompt no room. (N, K)"""
    rewards = np.full((len(texts), len(model.weight)), np.nan)
    if texts:
        fitting, scores = model.score_fitting(texts)
        rewards[fitting] = scores.heads.double().numpy()
    return rewards


def pair_rewards(model: RewardModel, preferences: Preferences) -> Array:
    """Rewards of a and b in logits, not a number where one does not fit. (n, 2)"""
    texts = [(row.prompt, text) for row in preferences.rows for text in (row.completion_a, row.completion_b)]
    rewards: Array = head_rewards(model, texts).mean(1).reshape(-1, 2) * model.scale
    return rewards
