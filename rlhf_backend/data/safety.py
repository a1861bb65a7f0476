"""Which completions people called unsafe, by the flags of their verdicts."""

from collections.abc import Collection

import numpy as np

from rlhf_backend.data.preferences import Flags, Preferences
from rlhf_backend.types import ComparisonRow, PreferenceDetailsRow

_SAFE = {True: "safe", False: "unsafe"}


def safe_sides(preferences: Preferences, unsafe_flags: Collection[str]) -> Flags:
    """False where the verdict marks a, or b, with one of these flags, or with any if none is named. (n, 2)

    What a verdict without details says of safety is not known: both completions count as safe.
    """
    safe = np.ones((len(preferences), 2), dtype=np.bool_)
    for i, (row, details) in enumerate(zip(preferences.rows, preferences.details, strict=True)):
        if details is None:
            continue
        for place, keys in details.flags.items():
            if keys and (not unsafe_flags or not set(unsafe_flags).isdisjoint(keys)):
                safe[i] &= [not flagged for flagged in _at_place(row, details, place)]
    return safe


def pair_types(preferences: Preferences, safe: Flags) -> dict[str, int]:
    """How many decided preferences are of each type: safety of the more helpful completion, then of the other."""
    counts = {f"{_SAFE[helpful]}/{_SAFE[other]}": 0 for helpful in (True, False) for other in (True, False)}
    for target, decided, (a, b) in zip(preferences.targets, preferences.decided, safe, strict=True):
        if decided:
            helpful, other = (a, b) if target > 0.5 else (b, a)
            counts[f"{_SAFE[bool(helpful)]}/{_SAFE[bool(other)]}"] += 1
    return counts


def _at_place(row: ComparisonRow, details: PreferenceDetailsRow, place: int) -> tuple[bool, bool]:
    """Whether a, and whether b, stood at this place; the places of a ranking are those of its completions."""
    if details.completions:
        text = details.completions[place] if place < len(details.completions) else None
        return row.completion_a == text, row.completion_b == text
    return place == 0, place == 1
