"""Linear heads fitted to all kinds of feedback: the posterior mode under a Gaussian prior, and bootstrap heads.

The same as `stats/preference_regression.py` does for comparisons alone, with the objective of `reward_objective.py`.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.optimize import minimize
from torch import Tensor

from rlhf_backend.data.feedback import Feedback
from rlhf_backend.recipes.reward_objective import Heads, Objective, beside_penalty, fresh_heads, reward_loss
from rlhf_backend.stats.preference_regression import Array


@dataclass(frozen=True)
class Evidence:
    """features: of the completions (N, F), passages: of the marked passages (M, F), float64 on the processor."""

    features: Tensor
    passages: Tensor
    feedback: Feedback
    objective: Objective

    def of_rows(self, chosen: Tensor) -> "Evidence":
        """What some rows of the preferences say. chosen: bool (n,)"""
        passages = self.passages[chosen[self.feedback.passages.rows]]
        return replace(self, feedback=self.feedback.of_rows(chosen), passages=passages)


def fit_heads(
    evidence: Evidence,
    *,
    precision: float,
    start: Heads | None = None,
    centres: Tensor | None = None,
    draws: Tensor | None = None,
) -> Heads:
    """Heads that maximise the posterior under the prior N(centre, 1/precision), all at once.

    Args:
        start: saves iterations; its number of heads counts. One head from zero without it.
        centres: of each head's prior (K, F); zero without.
        draws: weight of each preference in each head. (K, units)
    """
    first = start or fresh_heads(torch.zeros(1, evidence.features.shape[1], dtype=torch.float64), evidence.feedback)
    middle = torch.zeros_like(first.weight) if centres is None else centres
    shapes = [tensor.shape for tensor in first.tensors()]

    def unpacked(flat: Array) -> Heads:
        parts = torch.split(torch.from_numpy(flat), [shape.numel() for shape in shapes])
        return Heads(*(part.reshape(shape).requires_grad_() for part, shape in zip(parts, shapes, strict=True)))

    def value_and_slope(flat: Array) -> tuple[float, Array]:
        heads = unpacked(flat)
        loss = reward_loss(
            heads, evidence.features, evidence.feedback, evidence.objective, passages=evidence.passages, draws=draws
        )
        prior = precision / 2 * ((heads.weight - middle) ** 2).sum(-1) + beside_penalty(heads, precision=precision)
        total = (loss + prior).sum()
        slopes = torch.autograd.grad(total, heads.tensors(), allow_unused=True, materialize_grads=True)
        return float(total.detach()), torch.cat([slope.flatten() for slope in slopes]).numpy()

    begin = torch.cat([tensor.detach().flatten() for tensor in first.tensors()]).numpy()
    tolerances = {"maxiter": 1000, "gtol": 1e-6 * max(1.0, len(evidence.feedback.units)), "ftol": 1e-11}
    solution = minimize(value_and_slope, begin, jac=True, method="L-BFGS-B", options=tolerances).x
    fitted = unpacked(solution)
    return Heads(*(tensor.detach() for tensor in fitted.tensors()))


def fit_feedback_ensemble(evidence: Evidence, *, precision: float, heads: int, seed: int) -> Array:
    """Bootstrap heads around the mode, drawn as `fit_ensemble` does it. (K, F)"""
    mode = fit_heads(evidence, precision=precision)
    if heads == 1:
        return mode.weight.numpy()
    rng = np.random.default_rng(seed)
    draws = torch.from_numpy(rng.exponential(size=(heads, int(evidence.feedback.units.max()) + 1)))
    centres = torch.from_numpy(rng.normal(scale=precision**-0.5, size=(heads, mode.weight.shape[1])))
    repeated = Heads(
        mode.weight.repeat(heads, 1),
        mode.levels.repeat(heads, 1),
        mode.ratings.repeat(heads, 1),
        mode.aspects.repeat(1, heads, 1),
    )
    ensemble = fit_heads(evidence, precision=precision, start=repeated, centres=centres, draws=draws).weight
    return (ensemble - ensemble.mean(0) + mode.weight).numpy()


def curvature_of_further(evidence: Evidence, heads: Heads) -> Array:
    """Second derivative of the losses of all feedback but the pairs' verdicts by the weights, at one head. (F, F)"""
    pairs = evidence.feedback.pairs
    alone = replace(evidence.feedback, pairs=replace(pairs, weights=torch.zeros_like(pairs.weights)))

    def further(weight: Tensor) -> Tensor:
        at = replace(heads, weight=weight[None])
        return reward_loss(at, evidence.features, alone, evidence.objective, passages=evidence.passages).sum()

    hessian: Array = torch.autograd.functional.hessian(further, heads.weight[0]).numpy()  # type: ignore[no-untyped-call]
    return hessian
