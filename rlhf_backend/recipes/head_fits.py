"""Fits of a linear head to some or all of the preferences, by comparisons alone or by all kinds of feedback.

Comparisons alone take an eighth of the time: their gradient is written out, and they need no tensors.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from rlhf_backend.config import RewardModelConfig
from rlhf_backend.recipes.feedback_head import Evidence, curvature_of_further, fit_feedback_ensemble, fit_heads
from rlhf_backend.recipes.judged import Rows
from rlhf_backend.recipes.reward_material import Material
from rlhf_backend.recipes.reward_objective import Objective
from rlhf_backend.stats.preference_regression import Array, LinearVerdicts, fit, fit_ensemble


@dataclass(frozen=True)
class HeadFits:
    """verdicts: of all rows; what held-out figures are of. evidence: all feedback, None where comparisons are all."""

    verdicts: LinearVerdicts
    evidence: Evidence | None

    def without(self, unseen: Array) -> "HeadFits":
        """The same with other labels to train on. (n,)"""
        evidence = self.evidence
        if evidence is not None:
            pairs = evidence.feedback.pairs
            pairs = replace(pairs, targets=torch.from_numpy(unseen)[pairs.rows])
            evidence = replace(evidence, feedback=replace(evidence.feedback, pairs=pairs))
        return HeadFits(replace(self.verdicts, targets=unseen), evidence)

    def fit(self, rows: Rows, *, precision: float) -> Array:
        """The mode of the posterior on some rows. (F,)"""
        if self.evidence is None:
            return fit(self.verdicts.rows(rows), precision=precision)
        weight: Array = fit_heads(_of_rows(self.evidence, rows), precision=precision).weight[0].numpy()
        return weight

    def ensemble(self, *, precision: float, heads: int, seed: int, units: npt.NDArray[np.int64]) -> Array:
        """Bootstrap heads on everything. (K, F)"""
        if self.evidence is None:
            return fit_ensemble(self.verdicts, precision=precision, heads=heads, seed=seed, units=units)
        return fit_feedback_ensemble(self.evidence, precision=precision, heads=heads, seed=seed)

    def further_curvature(self, mode: Array, *, precision: float) -> Array | None:
        """What feedback beside the comparisons adds to the second derivative of the loss at the mode. (F, F)"""
        if self.evidence is None:
            return None
        start = fit_heads(self.evidence, precision=precision)
        return curvature_of_further(self.evidence, replace(start, weight=torch.from_numpy(mode)[None]))


def head_fits(material: Material, verdicts: LinearVerdicts, config: RewardModelConfig) -> HeadFits:
    """Fits to the material, whose comparisons are `verdicts`."""
    feedback, passages = material.feedback, material.passages
    if feedback is None or passages is None or feedback.only_pairs:
        return HeadFits(verdicts, None)
    unit = material.features.shape[1] ** -0.5
    objective = Objective(config.ties, verdicts.threshold)
    return HeadFits(
        verdicts, Evidence(material.features.double() * unit, passages.double() * unit, feedback, objective)
    )


def _of_rows(evidence: Evidence, rows: Rows) -> Evidence:
    chosen = torch.zeros(len(evidence.features) // 2, dtype=torch.bool)
    chosen[torch.from_numpy(rows)] = True
    return evidence.of_rows(chosen)
