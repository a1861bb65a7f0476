"""A linear head fitted by gradient descent, with labels that follow it and, beside it, without.

Smoothing is about the way a fit takes, not about where it ends: a prior and an exact optimum have no way. So the head
is trained here by full-batch descent from zero, without a prior, and every head goes on its own way at once.
Differs from the paper: the step is 1 / (largest curvature of the mean loss) instead of tuned; K bootstrap heads.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from rlhf_backend.config import RewardModelConfig, RewardModelJob
from rlhf_backend.recipes.label_smoothing import SoftLabels, label_outcomes, smoothing_section
from rlhf_backend.recipes.reward_fit import Fitted
from rlhf_backend.recipes.reward_head import cross_validated, head_opinions, linear_verdicts, prompt_folds, unit_length
from rlhf_backend.recipes.reward_material import Material
from rlhf_backend.reward_sections import SmoothingPoint
from rlhf_backend.run import Run
from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, probability_a, verdict_slopes

STEPS = 1500
_POINTS = 24
_REPORTED = 50
_TINY = 1e-12


@dataclass(frozen=True)
class Descents:
    """M descents on the same n verdicts, side by side.

    weights: of each verdict in each descent; 0 leaves it out (M, n). start: where the heads begin (M, F). rates: how
    far labels follow in one step, 0 keeps them (M,). targets: where labels begin (M, n); None: as the verdicts say.
    """

    weights: Array
    start: Array
    rates: Array
    targets: Array | None = None


def descend(
    verdicts: LinearVerdicts, descents: Descents, *, steps: int, on_step: Callable[[int, Array], None] | None = None
) -> tuple[Array, Array]:
    """Weights (M, F) and labels (M, n) after `steps`; `on_step` gets the steps done and the weights after each."""
    x, share = verdicts.differences, descents.weights / descents.weights.sum(1, keepdims=True)
    rate, heads = step_size(verdicts), descents.start.copy()
    begin = verdicts.targets if descents.targets is None else descents.targets
    labels = SoftLabels(
        torch.from_numpy(np.broadcast_to(begin, share.shape).copy()),
        ties=torch.from_numpy(verdicts.ties),
        rate=torch.from_numpy(descents.rates)[:, None],
        threshold=verdicts.deciding_threshold,
    )
    now = heads @ x.T
    for step in range(1, steps + 1):
        slopes, _ = verdict_slopes(now, replace(verdicts, targets=labels.current.numpy(), weights=share))
        heads -= rate * slopes @ x
        now = heads @ x.T
        labels.update(slice(None), torch.from_numpy(now))
        if on_step is not None:
            on_step(step, heads)
    return heads, labels.current.numpy()


def step_size(verdicts: LinearVerdicts) -> float:
    """1 over the largest curvature that the weighted mean loss has anywhere."""
    x = verdicts.differences
    steepest = np.where(verdicts.ties & (verdicts.deciding_threshold > 0), 0.5, 0.25) * verdicts.weights
    largest = float(np.linalg.eigvalsh(x.T @ (steepest[:, None] * x))[-1]) / float(verdicts.weights.sum())
    return 1 / max(largest, _TINY)


def fit_smoothed_head(run: Run, job: RewardModelJob, material: Material) -> Fitted:
    """With and without smoothing for each fold, on everything, and K bootstrap heads, in one go.

    Only comparisons are learned from; the log says so where there is more.
    Raises: RunCancelled, RunInterrupted: nothing is kept.
    """
    config, preferences = job.config, material.preferences
    if material.feedback is not None and not material.feedback.only_pairs:
        run.events.warn("with smoothed labels a head learns from comparisons alone: other feedback is left out")
    verdicts = linear_verdicts(material.features, preferences, config)
    folds = prompt_folds(preferences, config.folds, run.seed)
    curve, m = _Curve(run, verdicts, folds), int(folds.max()) + 1
    heads, labels = descend(verdicts, _all_descents(material, folds, config, run.seed), steps=STEPS, on_step=curve.read)
    whole, bootstrap, now = heads[2 * m], heads[2 * m + 1 :], labels[2 * m]
    rewards = _unseen_rewards(material.features, heads[m : 2 * m], folds)
    # Stopping after so many steps of that size is about a Gaussian prior of this precision.
    # Source: Ali, Kolter & Tibshirani 2019, arXiv:1810.10082.
    precision, believed = float(verdicts.weights.sum()) / (STEPS * step_size(verdicts)), replace(verdicts, targets=now)
    members = bootstrap - bootstrap.mean(0) + whole if len(bootstrap) else whole[None]
    held_out = np.flatnonzero(preferences.given)
    return Fitted(
        reader=material.reader,
        heads=torch.from_numpy(members) * material.features.shape[1] ** -0.5,
        features=material.features,
        held_out=held_out,
        rewards=rewards[held_out],
        method=cross_validated(preferences, folds),
        opinions=head_opinions(believed, preferences, whole, rewards[:, 0] - rewards[:, 1], precision=precision),
        threshold=verdicts.deciding_threshold,
        feedback={"comparisons": len(np.unique(preferences.units))},
        smoothing=smoothing_section(preferences, now, curve.points),
        outcomes=label_outcomes(preferences, now),
    )


def _all_descents(material: Material, folds: npt.NDArray[np.int64], config: RewardModelConfig, seed: int) -> Descents:
    """Plain ones without each fold, smoothed ones without each fold, one on everything, K on bootstrap weights.

    The last begin where they will: a head that saw nothing of a direction keeps its opinion there, as uncertainty.
    """
    preferences, parted, unseen = material.preferences, _without_each(folds), _unseen_targets(material, folds)
    k, m = config.heads if config.heads > 1 else 0, len(parted)
    rng = np.random.default_rng(seed)
    drawn = rng.exponential(size=(k, preferences.units.max() + 1))[:, preferences.units]
    start = np.zeros((2 * m + 1 + k, material.features.shape[1]))
    start[2 * m + 1 :] = rng.normal(size=(k, start.shape[1]))
    return Descents(
        weights=preferences.weights * np.concatenate([parted, parted, np.ones((1, len(folds))), drawn]),
        start=start,
        rates=np.repeat([0.0, config.smoothing_rate], [m, m + 1 + k]),
        targets=np.concatenate([unseen, unseen, np.broadcast_to(preferences.targets, (1 + k, len(folds)))]),
    )


def smoothing_curve(run: Run, material: Material, config: RewardModelConfig, *, updates: int) -> list[SmoothingPoint]:
    """Held-out cross-entropy with and without smoothing, by heads on the features as they are.

    Args:
        updates: how often training updates each label at the run's rate; here labels move as far in all.
    """
    verdicts = linear_verdicts(material.features, material.preferences, config)
    folds = prompt_folds(material.preferences, config.folds, run.seed)
    parted, unseen = _without_each(folds), _unseen_targets(material, folds)
    rate = 1 - (1 - config.smoothing_rate) ** (updates / STEPS)
    descents = Descents(
        weights=verdicts.weights * np.concatenate([parted, parted]),
        start=np.zeros((2 * len(parted), verdicts.differences.shape[1])),
        rates=np.repeat([0.0, rate], len(parted)),
        targets=np.concatenate([unseen, unseen]),
    )
    curve = _Curve(run, verdicts, folds)
    descend(verdicts, descents, steps=STEPS, on_step=curve.read)
    return curve.points


class _Curve:
    """Held-out cross-entropy at some steps, close together at first: what is learned is learned early.

    The first of the descents are those without each fold: plain ones, then smoothed ones.
    """

    def __init__(self, run: Run, verdicts: LinearVerdicts, folds: npt.NDArray[np.int64]) -> None:
        self._run, self._verdicts = run, verdicts
        self._own, self._folds = folds, int(folds.max()) + 1
        self._steps = set(np.geomspace(1, STEPS, _POINTS).round().astype(int).tolist())
        self.points: list[SmoothingPoint] = []

    def read(self, step: int, heads: Array) -> None:
        """Raises: RunCancelled, RunInterrupted."""
        if step % _REPORTED == 0:
            self._run.events.progress("smoothed labels", step, STEPS)
            self._run.stop.raise_if_made(done=f"after {step} steps with smoothed labels; nothing was kept")
        if step in self._steps:
            plain, smoothed = self._entropy(heads[: self._folds]), self._entropy(heads[self._folds : 2 * self._folds])
            self.points.append(SmoothingPoint(step=step, plain=plain, smoothed=smoothed))

    def _entropy(self, heads: Array) -> float:
        decided = ~self._verdicts.ties & (self._own >= 0)
        d = np.einsum("nf,nf->n", self._verdicts.differences, heads[self._own])[decided]
        y, w = self._verdicts.targets[decided], self._verdicts.weights[decided]
        p = np.clip(probability_a(d, threshold=self._verdicts.deciding_threshold), _TINY, 1 - _TINY)
        return float(np.average(-y * np.log(p) - (1 - y) * np.log(1 - p), weights=w))


def _without_each(folds: npt.NDArray[np.int64]) -> Array:
    """1 where a row is outside of a fold, for each fold. (n,) → (folds, n)"""
    outside: Array = (np.arange(folds.max() + 1)[:, None] != folds).astype(np.float64)
    return outside


def _unseen_targets(material: Material, folds: npt.NDArray[np.int64]) -> Array:
    """Labels to begin with, for a fit without each fold. (folds, n)"""
    return np.stack([material.targets_without(fold) for fold in range(folds.max() + 1)])


def _unseen_rewards(features: Tensor, heads: Array, folds: npt.NDArray[np.int64]) -> Array:
    """Rewards of a and b by the head of their own fold, which did not see them. (2n, F), (folds, F) → (n, 2)"""
    rewards: Array = np.einsum("nf,nf->n", unit_length(features), heads[np.repeat(folds, 2)]).reshape(-1, 2)
    return rewards
