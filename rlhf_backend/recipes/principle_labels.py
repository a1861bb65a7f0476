"""Verdicts on aspects as labels under principles."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rlhf_backend.config import Principle
from rlhf_backend.data.preferences import Preferences
from rlhf_backend.stats.principle_regression import Array
from rlhf_backend.types import AspectVerdict, PreferenceDetailsRow

FEWEST_LABELS = 20
"""A principle with fewer decided verdicts is not learned: its reward would be noise of full weight."""


@dataclass(frozen=True)
class PrincipleLabels:
    """Verdicts under the keys that have enough, > 0 for a, 0 even, nan where none was given (N, P), and the number of
    verdicts under every key there is.
    """

    keys: tuple[str, ...]
    scores: Array
    counts: dict[str, int]


def principle_labels(preferences: Preferences, principles: Sequence[Principle]) -> PrincipleLabels:
    """Each preference counts once, whatever the number of its rows; keys of principles come first, in their order."""
    given = _first_rows(preferences)
    verdicts = [(key, verdict.verdict) for details in given.values() for key, verdict in details.aspects.items()]
    counts = Counter(key for key, _ in verdicts)
    decided = Counter(key for key, verdict in verdicts if verdict != "tie")
    named = [principle.key for principle in principles]
    order = [*named, *sorted(set(decided) - set(named))]
    keys = tuple(key for key in order if decided[key] >= FEWEST_LABELS)
    scores = np.full((len(preferences), len(keys)), np.nan)
    for row, details in given.items():
        for place, key in enumerate(keys):
            if key in details.aspects:
                scores[row, place] = _score(details.aspects[key])
    return PrincipleLabels(keys, scores, counts)


def _first_rows(preferences: Preferences) -> dict[int, PreferenceDetailsRow]:
    """Row → details, of the first row of each preference that has any."""
    seen: set[int] = set()
    found = {}
    for row, details in enumerate(preferences.details):
        if details is not None and details.id not in seen:
            seen.add(details.id)
            found[row] = details
    return found


def _score(verdict: AspectVerdict) -> float:
    return {"a": 1.0, "b": -1.0, "tie": 0.0}[verdict.verdict] * verdict.strength
