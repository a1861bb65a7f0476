"""A reward model beside its predecessor."""

from pathlib import Path

import numpy as np

from rlhf_backend.data.preferences import Flags, Preferences
from rlhf_backend.recipes.judged import Judged
from rlhf_backend.recipes.trained_prompts import load_trained_prompts
from rlhf_backend.reward_sections import Drift
from rlhf_backend.stats.drift import accuracy_change, flip_share, rank_correlation
from rlhf_backend.stats.preference_regression import Array

_FEWEST_COMPARED = 30


def drift(judged: Judged, panel_rewards: Array, *, predecessor: str | None) -> Drift | None:
    """This reward model against its predecessor; None without one that can be read.

    Flips and correlation are taken from all held-out pairs. Accuracies are compared on the panel and on prompts that
    the predecessor was not trained on either: on its own training prompts it would be flattered.
    """
    if judged.before is None or predecessor is None:
        return None
    preferences, theirs = judged.preferences, judged.before[judged.held_out]
    known = np.isfinite(theirs)
    if known.sum() < _FEWEST_COMPARED:
        return None
    groups, weights = preferences.groups, preferences.given_weights
    new = known & preferences.decided & _new_to(predecessor, preferences)
    mine = [judged.differences[new]]
    parts = [(theirs[new], preferences.said[new], groups[new], weights[new])]
    if judged.panel is not None and (on_panel := judged.before_on_panel) is not None:
        at = np.flatnonzero(np.isfinite(on_panel) & judged.panel.decided & np.isfinite(panel_rewards).all(1))
        apart = groups.max() + 1 + judged.panel.groups[at]
        mine.append(panel_rewards[at, 0] - panel_rewards[at, 1])
        parts.append((on_panel[at], judged.panel.said[at], apart, judged.panel.given_weights[at]))
    compared = [np.concatenate(columns) for columns in zip(*parts, strict=True)]
    enough = len(compared[0]) >= _FEWEST_COMPARED
    return Drift(
        flips=flip_share(judged.differences[known], theirs[known], groups[known], weights[known]),
        rank_correlation=rank_correlation(judged.differences[known], theirs[known]),
        accuracy_change=accuracy_change(np.concatenate(mine), *compared) if enough else None,
        says=_drift_says(len(parts[0][0]), len(compared[0]) - len(parts[0][0]), enough=enough),
        n=int(known.sum()),
    )


def _new_to(predecessor: str, preferences: Preferences) -> Flags:
    trained = load_trained_prompts(Path(predecessor))
    return ~trained.has(preferences) if trained is not None else np.zeros(len(preferences), dtype=np.bool_)


def _drift_says(unseen: int, panel: int, *, enough: bool) -> str:
    parts = [f"{unseen:,} on prompts that the reward model before was not trained on"] if unseen else []
    parts += [f"{panel:,} of the panel"] if panel else []
    if enough:
        return f"Accuracies are compared on pairs that neither has seen: {' and '.join(parts)}."
    return (
        f"Accuracies are not compared: the reward model before was trained on these prompts, and only {unseen + panel} "
        f"pairs are new to both (at least {_FEWEST_COMPARED} are needed)."
    )
