"""The sections of a reward model's report that ask more than how often it is right."""

from collections.abc import Callable
from math import ceil

import numpy as np

from rlhf_backend.config import RewardModelConfig
from rlhf_backend.data.preferences import Preferences, group_folds
from rlhf_backend.recipes.agreement_ceiling import agreement_ceiling
from rlhf_backend.recipes.judged import Judged, pair_rewards
from rlhf_backend.recipes.reward_drift import drift
from rlhf_backend.recipes.reward_probes import probe_rewards
from rlhf_backend.recipes.reward_slices import figures, slice_figures, top_decile
from rlhf_backend.reward_sections import BestOfNPoint, LearningCurve, SliceFigures
from rlhf_backend.run import Run
from rlhf_backend.stats.best_of_n import JudgedPrompt, best_of_n_curve
from rlhf_backend.stats.drift import hits
from rlhf_backend.stats.learning_curve import HeldOutHits, learning_curve
from rlhf_backend.stats.preference_regression import Array, probability_a
from rlhf_backend.types import RewardModelReport

SHARES = (0.125, 0.25, 0.5, 1.0)
"""Parts of the prompts that the learning curve is fitted to, each within the next."""
_FOLDS, _REPEATS = 5, 2
_MANY = 5000
"""From so many preferences on, one repeat is enough: fits to an eighth of them hardly differ."""
_FEWEST_TRAINED = 15
_PHASE = "evaluation"


def evaluate_reward_model(
    run: Run, config: RewardModelConfig, judged: Judged, report: RewardModelReport, *, predecessor: str | None
) -> RewardModelReport:
    """The report with slices, ceiling and top decile, and where the run asks for it with all further sections.

    Raises: RunCancelled, RunInterrupted: between two sections.
    """
    probabilities = _probabilities(judged.differences, judged, report)
    panel = pair_rewards(judged.model, judged.panel) if judged.panel is not None else np.zeros((0, 2))
    slices = slice_figures(judged.preferences, judged.differences, probabilities)
    sections: dict[str, object] = {
        "slices": slices + _panel_slice(judged, panel, report),
        "ceiling": agreement_ceiling(judged.everything, judged.panel),
        "top_decile": top_decile(judged, probabilities),
    }
    steps: dict[str, Callable[[], object]] = {
        "probes": lambda: probe_rewards(judged, seed=run.seed),
        "best_of_n": lambda: best_of_n(judged, panel),
        "drift": lambda: drift(judged, panel, predecessor=predecessor),
        "learning_curve": lambda: learning_curve_of(judged, seed=run.seed),
    }
    for done, (name, measure) in enumerate(steps.items() if config.evaluate else ()):
        run.events.progress(_PHASE, done, len(steps))
        run.stop.raise_if_made(done="before the evaluation was complete; nothing was written yet")
        sections[name] = measure()
    run.events.progress(_PHASE, len(steps), len(steps))
    return report.model_copy(update=sections)


def best_of_n(judged: Judged, panel_rewards: Array) -> list[BestOfNPoint]:
    """Choosing by unseen rewards among completions of held-out and panel prompts that people compared.

    Args:
        panel_rewards: of a and b of the panel's preferences. (p, 2)
    """
    prompts = _judged_prompts(judged.preferences, judged.rewards)
    if judged.panel is not None:
        prompts += _judged_prompts(judged.panel, panel_rewards)
    return best_of_n_curve(prompts)


def learning_curve_of(judged: Judged, *, seed: int) -> LearningCurve:
    """A linear head fitted to what people said on growing parts of the prompts, judged on prompts it has not seen."""
    if judged.refit is None:
        return LearningCurve(points=[], forecasts=[], says="This reward model cannot be fitted to parts of its data.")
    everything, said, weights = judged.everything, judged.everything.said, judged.everything.given_weights
    people, asked = everything.given, everything.decided & everything.given
    at_hand = float(weights[people].sum())
    folds = group_folds(everything.groups, folds=_FOLDS, seed=seed)
    repeats = _REPEATS if len(everything) < _MANY else 1
    shares = [share for share in SHARES if share * at_hand * (1 - 1 / _FOLDS) >= _FEWEST_TRAINED]
    met, sizes = np.zeros((len(everything), len(shares))), np.zeros(len(shares))
    rng = np.random.default_rng(seed)
    parts = [fold for fold in np.unique(folds) for _ in range(repeats)] if folds.any() else []
    for fold in parts:
        prompts = rng.permutation(np.unique(everything.groups[folds != fold]))
        test = np.flatnonzero((folds == fold) & asked)
        for i, share in enumerate(shares):
            some = prompts[: ceil(share * len(prompts))]
            train = np.flatnonzero(np.isin(everything.groups, some) & people)
            met[test, i] += hits(judged.refit(train, test), said[test]) / repeats
            sizes[i] += weights[train].sum() / len(parts)
    found = HeldOutHits(sizes, met[asked], everything.groups[asked], weights[asked])
    return learning_curve(found, preferences=round(at_hand), seed=seed)


def _probabilities(differences: Array, judged: Judged, report: RewardModelReport) -> Array:
    return probability_a(differences / report.temperature, threshold=judged.threshold)


def _panel_slice(judged: Judged, rewards: Array, report: RewardModelReport) -> list[SliceFigures]:
    if judged.panel is None:
        return []
    rows = np.flatnonzero(np.isfinite(rewards).all(1))
    differences = rewards[rows, 0] - rewards[rows, 1]
    panel = judged.panel.subset(rows)
    if not panel.decided.any():
        return []
    return [figures("split: panel", panel, differences, _probabilities(differences, judged, report))]


def _judged_prompts(preferences: Preferences, rewards: Array) -> list[JudgedPrompt]:
    """Prompts with at least two completions that were compared."""
    said, weights = preferences.said, preferences.given_weights
    prompts = []
    order = np.argsort(preferences.groups, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(preferences.groups[order])) + 1):
        place: dict[str, int] = {}
        of: list[float] = []
        pairs: list[tuple[int, int, int]] = []
        for i in rows:
            row = preferences.rows[i]
            sides = []
            for text, reward in ((row.completion_a, rewards[i, 0]), (row.completion_b, rewards[i, 1])):
                if text not in place:
                    place[text] = len(of)
                    of.append(float(reward))
                sides.append(place[text])
            pairs.append((sides[0], sides[1], i))
        wins = np.zeros((len(of), len(of)))
        for a, b, i in pairs:
            wins[a, b] += weights[i] * said[i]
            wins[b, a] += weights[i] * (1 - said[i])
        if np.isfinite(of).all() and len(of) > 1:
            prompts.append(JudgedPrompt(np.array(of), wins))
    return prompts
