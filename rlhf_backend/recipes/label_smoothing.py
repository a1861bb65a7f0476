"""Labels that follow the reward model slowly: iterative data smoothing.

A pair that is seen often moves its reward at once, before its label has moved; the label of a pair that was seen once
has relaxed towards what the reward model thought anyway before the reward model can chase it. So rare verdicts are
believed less without anybody counting them.
Source: Zhu, Jordan & Jiao 2024, arXiv:2401.16335.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from rlhf_backend.data.preferences import Array, Preferences
from rlhf_backend.reward_sections import LabelMovement, RefusedLabel, Smoothing, SmoothingPoint

REFUSED_FROM = 0.4
"""A label that went further than this from what was said is refused."""
_LISTED = 200
_BINS = 10


class SoftLabels:
    """P(a better) of each preference in training: the verdict at first, then y ← (1 − b) y + b P(a better | Δ).

    Ties keep their label: they ask for evenness, which no training overdoes. The verdicts themselves stay in `given`.
    """

    def __init__(self, given: Tensor, *, ties: Tensor, rate: float | Tensor, threshold: float = 0.0) -> None:
        """
        Args:
            given: P(a better) as people said it. (..., n)
            ties: True where the verdict is a tie. (n,)
            rate: b, the step of one update: .003 for each step of full-batch descent, .3 for each epoch. One number,
                or something that broadcasts with `given`.
            threshold: Rao-Kupper's τ of the loss; 0 for Bradley-Terry and Davidson, whose decided verdicts know none.
        """
        self.given, self.current = given, given.clone()
        self._rate = torch.as_tensor(rate, dtype=given.dtype, device=given.device) * ~ties
        self._threshold = threshold

    def targets(self, rows: Sequence[int] | slice | Tensor) -> Tensor:
        """Labels to train on now. (..., B)"""
        return self.current[..., rows]

    @torch.no_grad()
    def update(self, rows: Sequence[int] | slice | Tensor, differences: Tensor) -> None:
        """Let the labels of these rows follow reward differences a − b. (..., B)"""
        d = differences.to(self.current)
        believed = torch.sigmoid(logsigmoid(d - self._threshold) - logsigmoid(-d - self._threshold))
        now = self.current[..., rows]
        self.current[..., rows] = now + self._rate[..., rows] * (believed - now)


def soft_labels(preferences: Preferences, *, rate: float, threshold: float, device: torch.device) -> SoftLabels:
    """The buffer of a training run, one label for each row of `preferences`."""
    given = torch.tensor(preferences.targets, dtype=torch.float32, device=device)
    ties = torch.tensor(~preferences.decided, device=device)
    return SoftLabels(given, ties=ties, rate=rate, threshold=threshold)


@dataclass(frozen=True)
class LabelOutcome:
    """What became of one preference's label: P(what it says), how far it went, and preferences on the same prompt."""

    soft_label: float
    moved: float
    support: int


def label_outcomes(preferences: Preferences, labels: Array) -> dict[int, LabelOutcome]:
    """Preference → what became of it, at labels P(a better) of each row (n,); ties and self-labels have none.

    Rows of one preference on one pair (a reviewer's soft label) are one label, their mean; of a ranking's pairs the
    mean counts.
    """
    kept = np.flatnonzero(preferences.decided & preferences.given)
    rows, weights = [preferences.rows[i] for i in kept], preferences.given_weights[kept]
    pair = _numbered((row.id, row.completion_a, row.completion_b) for row in rows)
    total = np.bincount(pair, weights)
    soft, trained, said = (
        np.bincount(pair, weights * values[kept]) / total for values in (labels, preferences.targets, preferences.said)
    )
    first = np.unique(pair, return_index=True)[1]
    ids = np.array([row.id for row in rows], dtype=np.int64)[first]
    support = _support(preferences.groups[kept], preferences.units[kept])[first]
    names, at, owner = np.unique(ids, return_index=True, return_inverse=True)
    whole = np.bincount(owner, total)
    believed = np.bincount(owner, total * (1 - np.abs(soft - said))) / whole
    moved = np.bincount(owner, total * np.abs(soft - trained)) / whole
    columns = zip(names.tolist(), believed.tolist(), moved.tolist(), support[at].tolist(), strict=True)
    return {preference: LabelOutcome(soft_label, far, n) for preference, soft_label, far, n in columns}


def smoothing_section(preferences: Preferences, labels: Array, curve: Sequence[SmoothingPoint]) -> Smoothing:
    """The report's section: labels P(a better) of each row at the end (n,), and a curve of held-out cross-entropy."""
    outcomes = label_outcomes(preferences, labels)
    counts, edges = np.histogram([outcome.moved for outcome in outcomes.values()], bins=_BINS, range=(0, 1))
    refused = sorted(
        ((outcome, preference) for preference, outcome in outcomes.items() if outcome.moved > REFUSED_FROM),
        key=lambda found: (-found[0].moved, found[1]),
    )
    plain, smoothed = [point.plain for point in curve], [point.smoothed for point in curve]
    return Smoothing(
        curve=list(curve),
        movement=[
            LabelMovement(low=float(low), high=float(high), n=int(n))
            for low, high, n in zip(edges[:-1], edges[1:], counts, strict=True)
        ],
        refused=[
            RefusedLabel(preference_id=preference, soft_label=outcome.soft_label, support=outcome.support)
            for outcome, preference in refused[:_LISTED]
        ],
        plain_ratio=plain[-1] / min(plain),
        smoothed_ratio=smoothed[-1] / min(smoothed),
    )


def _numbered(keys: Iterable[Hashable]) -> npt.NDArray[np.int64]:
    """The same number, from 0 in order of appearance, for equal keys."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _support(groups: npt.NDArray[np.int64], units: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Distinct preferences on the prompt of each row. (n,), (n,) → (n,)"""
    prompts = np.unique(np.stack([groups, units]), axis=1)[0]
    names, sizes = np.unique(prompts, return_counts=True)
    support: npt.NDArray[np.int64] = sizes[np.searchsorted(names, groups)]
    return support
