"""Preferences and rewards made by hand, for tests of what is measured on them."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from rlhf_backend.data.preferences import Preferences, usable_preferences
from rlhf_backend.models.reward import RewardModel
from rlhf_backend.recipes.judged import Judged
from rlhf_backend.stats.preference_regression import Array
from rlhf_backend.types import ComparisonRow, PreferenceDetailsRow

WORDS = ("river", "lamp", "seven", "quiet", "garden", "copper", "window", "slow", "bread", "north", "paper", "salt")


def comparison(number: int, a: str, b: str, verdict: str, *, prompt: str | None = None, **fields: Any) -> ComparisonRow:
    """A verdict on two texts; without a prompt's text on a prompt of its own."""
    messages = [{"role": "user", "content": prompt or f"Question {number}?"}]
    return ComparisonRow.model_validate(
        {"id": number, "prompt": messages, "completion_a": a, "completion_b": b, "verdict": verdict, **fields}
    )


def preferences_of(rows: Sequence[ComparisonRow], details: dict[int, dict[str, Any]] | None = None) -> Preferences:
    """All rows; details by id."""
    known = {id_: PreferenceDetailsRow.model_validate({"id": id_, **each}) for id_, each in (details or {}).items()}
    preferences, excluded = usable_preferences(rows, margin_per_strength=0.0, details=known)
    assert not excluded
    return preferences


def sentences(rng: np.random.Generator, count: int) -> str:
    """Sentences of drawn words."""
    return " ".join(f"{' '.join(rng.choice(WORDS, size=6)).capitalize()}." for _ in range(count))


def judged_of(preferences: Preferences, rewards: Array, **fields: Any) -> Judged:
    """Rewards (n, 2) of all rows, by a model that is asked nothing."""
    model = cast("RewardModel", SimpleNamespace(scale=1.0))
    return replace(Judged(preferences, np.arange(len(preferences)), rewards, model, threshold=0.0), **fields)
