"""Which prompts a reward model was trained on, kept beside it: its successor is compared with it on others."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rlhf_backend.data.preferences import Flags, Preferences, prompt_key
from rlhf_backend.recipes.judged import Rows

PROMPTS_JSON = "prompts.json"
_DIGITS = 16
"""Of 20,000 prompts two share their first sixteen hexadecimal digits once in a hundred billion models."""


@dataclass(frozen=True)
class TrainedPrompts:
    """Digests of prompts: enough to recognise one, too little to read it."""

    digests: frozenset[str]

    def save(self, directory: Path) -> None:
        """Into a reward model's directory."""
        (directory / PROMPTS_JSON).write_text(json.dumps(sorted(self.digests)) + "\n")

    def has(self, preferences: Preferences) -> Flags:
        """Whether each preference's prompt is among them. (n,)"""
        return np.array([_digest(preferences, i) in self.digests for i in range(len(preferences))], dtype=np.bool_)


def trained_prompts(preferences: Preferences, rows: Rows) -> TrainedPrompts:
    """Of these rows of the preferences."""
    return TrainedPrompts(frozenset(_digest(preferences, int(i)) for i in rows))


def load_trained_prompts(directory: Path) -> TrainedPrompts | None:
    """None of a reward model that keeps no list, or one that cannot be read."""
    try:
        digests = json.loads((directory / PROMPTS_JSON).read_text())
    except (OSError, ValueError):
        return None
    if not isinstance(digests, list):
        return None
    return TrainedPrompts(frozenset(str(digest) for digest in digests))


def _digest(preferences: Preferences, i: int) -> str:
    return prompt_key(preferences.rows[i].prompt)[:_DIGITS]
