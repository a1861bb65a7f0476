"""Held-out figures on parts of the preferences: where the reward model is right, and where it is not."""

from collections.abc import Iterator

import numpy as np

from rlhf_backend.data.preferences import Flags, Preferences
from rlhf_backend.data.slices import rows_by_name
from rlhf_backend.recipes.judged import Judged
from rlhf_backend.recipes.reward_report import accuracy_interval, calibration
from rlhf_backend.reward_sections import SliceFigures, TopDecile
from rlhf_backend.stats.calibration import calibration_bins, expected_calibration_error
from rlhf_backend.stats.preference_regression import Array

FEWEST = 20
"""Fewer decided preferences than this make no slice."""
FEWEST_CALIBRATED = 50
_MOST_OF_A_KIND = 12
_STRENGTHS = {1: "slight", 2: "clear", 3: "strong", 4: "very strong"}
_QUARTERS = ("shortest quarter", "second quarter", "third quarter", "longest quarter")
_SAMPLED = frozenset({"normal", "chat", "panel"})
"""Sources whose completions a policy of the project wrote."""


def slice_figures(preferences: Preferences, differences: Array, probabilities: Array) -> list[SliceFigures]:
    """Slices with enough decided preferences, kind by kind, the largest first; not one that is the whole.

    Args:
        differences: held-out rewards of a minus b (n,). probabilities: that a is better (n,).
    """
    decided, weights = preferences.decided, preferences.given_weights
    found = []
    for kind, slices in _slices(preferences):
        sizes = {name: float(weights[rows & decided].sum()) for name, rows in slices.items() if not rows.all()}
        largest = sorted(sizes, key=lambda name: (-sizes[name], name))
        kept = [name for name in largest if round(sizes[name]) >= FEWEST][:_MOST_OF_A_KIND]
        if kind in {"strength", "length"}:  # an order of their own
            kept = [name for name in slices if name in kept]
        for name in kept:
            rows = np.flatnonzero(slices[name] & decided)
            found.append(figures(f"{kind}: {name}", preferences.subset(rows), differences[rows], probabilities[rows]))
    return found


def figures(name: str, preferences: Preferences, differences: Array, probabilities: Array) -> SliceFigures:
    """Accuracy, and where there are enough of them calibration, on the decided ones of some preferences."""
    decided = preferences.decided
    said, weights = preferences.said[decided], preferences.given_weights[decided]
    accuracy = accuracy_interval(differences[decided], said, weights)
    error = None
    if accuracy.n >= FEWEST_CALIBRATED:
        error = expected_calibration_error(calibration(probabilities[decided], said, weights))
    return SliceFigures(name=name, accuracy=accuracy, calibration_error=error)


def top_decile(judged: Judged, probabilities: Array) -> TopDecile | None:
    """Calibration on pairs whose better-scored completion is in the top tenth; None with fewer than 30.

    The tenth is that of completions which policies of the project wrote, where the preferences name enough of them.

    Args:
        probabilities: that a is better, of the held-out preferences. (n,)
    """
    preferences, rewards = judged.preferences, judged.rewards
    sampled = np.array([d is not None and d.source in _SAMPLED for d in preferences.details], dtype=bool)
    pool = sampled if sampled.sum() >= FEWEST_CALIBRATED else np.ones(len(preferences), dtype=bool)
    edge = np.quantile(rewards[pool], 0.9) if pool.any() else np.inf
    rows = pool & preferences.decided & (rewards.max(1) >= edge)
    weights = preferences.given_weights[rows]
    n = round(float(weights.sum()))
    if n < 30:
        return None
    a_leads = judged.differences[rows] >= 0
    predicted = np.where(a_leads, probabilities[rows], 1 - probabilities[rows])
    observed = np.where(a_leads, preferences.said[rows], 1 - preferences.said[rows])
    bins = calibration_bins(predicted.tolist(), observed.tolist(), weights=weights.tolist())
    return TopDecile(calibration=bins, calibration_error=expected_calibration_error(bins), n=n)


def _slices(preferences: Preferences) -> Iterator[tuple[str, dict[str, Flags]]]:
    """Kind of slice → name → rows."""
    rows, details = preferences.rows, preferences.details
    yield "tag", rows_by_name([tuple(sorted(set(d.tags))) if d else () for d in details])
    yield "source", rows_by_name([(d.source,) if d and d.source else () for d in details])
    yield "labeler", rows_by_name([() if row.annotator is None else (str(row.annotator),) for row in rows])
    strengths = rows_by_name([(_STRENGTHS[row.strength],) if row.verdict in {"a", "b"} else () for row in rows])
    if len(strengths) > 1:
        yield "strength", {name: strengths[name] for name in _STRENGTHS.values() if name in strengths}
    lengths = np.array([len(row.completion_a) + len(row.completion_b) for row in rows], dtype=np.float64)
    if len(rows) >= 4 * FEWEST:
        edges = np.quantile(lengths, [0.25, 0.5, 0.75])
        quarter = np.searchsorted(edges, lengths, side="right")
        yield "length", {name: quarter == i for i, name in enumerate(_QUARTERS)}
