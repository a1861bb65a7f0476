"""How often two people agree on the same pair: no reward model can be expected to meet verdicts much more often."""

from collections import defaultdict

import numpy as np

from rlhf_backend.data.preferences import Preferences
from rlhf_backend.row import Interval
from rlhf_backend.stats.clustered import clustered_mean_interval

FEWEST_PAIRS = 20
"""Pairs that two people judged; with fewer there is no figure."""


def agreement_ceiling(*preferences: Preferences | None) -> Interval | None:
    """Share of pairs of decided verdicts by two people on the same two completions that agree; n of them.

    Pairs of completions are resampled whole. None with fewer than 20 that two people judged. A model that always said
    what most people say would be right somewhat more often than two people agree.
    """
    totals: list[float] = []
    agreeing: list[float] = []
    for some in preferences:
        for verdicts in _verdicts(some) if some is not None else ():
            pairs = len(verdicts) * (len(verdicts) - 1) / 2
            first = sum(verdicts)
            agreeing.append((first * (first - 1) + (len(verdicts) - first) * (len(verdicts) - first - 1)) / 2)
            totals.append(pairs)
    if len(totals) < FEWEST_PAIRS:
        return None
    weights = np.array(totals)
    return clustered_mean_interval(np.array(agreeing) / weights, np.arange(len(weights)), weights)


def _verdicts(preferences: Preferences) -> list[list[bool]]:
    """Of each pair that two people judged: whether each of them preferred the text that comes first in the alphabet.

    Undecided verdicts and those of unknown people are left out; so are soft labels, which are nobody's own verdict.
    """
    by_pair: dict[tuple[int, str, str], dict[int, bool]] = defaultdict(dict)
    counted: dict[tuple[int, str, str], int] = defaultdict(int)
    for row in preferences.rows:
        counted[row.id, row.completion_a, row.completion_b] += 1
    for i, row in enumerate(preferences.rows):
        a, b = row.completion_a, row.completion_b
        if row.annotator is None or row.verdict not in {"a", "b"} or not preferences.given[i]:
            continue
        if counted[row.id, a, b] > 1:
            continue
        key = (int(preferences.groups[i]), min(a, b), max(a, b))
        by_pair[key][row.annotator] = (row.verdict == "a") == (a < b)
    return [list(verdicts.values()) for verdicts in by_pair.values() if len(verdicts) > 1]
