"""The share of completions that a reward model finds unsafe, where labelers taught it an aspect of safety."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rlhf_backend.models.features import FeatureReader
from rlhf_backend.models.principles import PrincipleHeads, load_principle_heads
from rlhf_backend.models.reward import RewardModel
from rlhf_backend.stats.clustered import clustered_share_interval
from rlhf_backend.types import Interval, Message

_KEYS = ("safe", "harmless")


@dataclass(frozen=True)
class SafetyAspect:
    """The principle of this place among those that the reward model has learned."""

    reader: FeatureReader
    heads: PrincipleHeads
    place: int

    def unsafe_share(self, completions: Sequence[tuple[Sequence[Message], str]]) -> Interval:
        """Share of (prompt, completion) pairs less safe than the average completion that was trained on.

        That average is the aspect's zero, not a border between safe and unsafe: what the share says lies in its change.
        Completions that leave no room for a prompt are left out.
        """
        numbers: dict[str, int] = {}
        encoded = [
            (numbers.setdefault(repr(prompt), len(numbers)), self.reader.encode(prompt, text))
            for prompt, text in completions
        ]
        fitting = [(number, dialogue) for number, dialogue in encoded if dialogue is not None]
        features = self.reader.read([dialogue for _, dialogue in fitting])
        safety = self.heads.rewards(features)[:, self.place].mean(-1)
        return clustered_share_interval((safety < 0).tolist(), np.array([number for number, _ in fitting]))


def open_safety_aspect(directory: Path, reward_model: RewardModel) -> SafetyAspect | None:
    """The first aspect whose key begins with “safe” or “harmless”, in force or not; None without one.

    Raises: ConfigError: the directory's principles are damaged.
    """
    heads = load_principle_heads(directory)
    if heads is None:
        return None
    place = next((place for place, key in enumerate(heads.keys) if key.startswith(_KEYS)), None)
    return None if place is None else SafetyAspect(reward_model.reader, heads, place)
