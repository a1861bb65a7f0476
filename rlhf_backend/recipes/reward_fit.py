"""A reward model that was just fitted: what is calibrated, evaluated and written next."""

from dataclasses import dataclass, field

from torch import Tensor

from rlhf_backend.models.features import FeatureReader
from rlhf_backend.recipes.judged import Rows
from rlhf_backend.recipes.label_smoothing import LabelOutcome
from rlhf_backend.recipes.reward_effects import Opinions
from rlhf_backend.reward_sections import Smoothing
from rlhf_backend.stats.preference_regression import Array


@dataclass(frozen=True)
class Fitted:
    """Of n preferences.

    reader, heads: what the model is made of; heads weigh the features (K, F). features: of a and b in turn, by the
    reader as it is now (2n, F). held_out: rows by people that a fit has an unseen opinion of (m,), rewards: of their a
    and b by that fit, logits (m, 2). method: how these rows were held out. opinions: on all rows. threshold: what
    `probability_a` takes. feedback: kind → how much was trained on. outcomes: preference → what became of its label,
    where labels were smoothed.
    """

    reader: FeatureReader
    heads: Tensor
    features: Tensor
    held_out: Rows
    rewards: Array
    method: str
    opinions: Opinions
    threshold: float
    feedback: dict[str, int]
    prior_precision: float | None = None
    smoothing: Smoothing | None = None
    outcomes: dict[int, LabelOutcome] = field(default_factory=dict)

    @property
    def differences(self) -> Array:
        """Held-out reward of a minus that of b, logits. (m,)"""
        differences: Array = self.rewards[:, 0] - self.rewards[:, 1]
        return differences
