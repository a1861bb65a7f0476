"""Labels that follow the reward model slowly: iterative data smoothing.

A pair that is seen often moves its reward at once, before its label has moved; the label of a pair that was seen once
has relaxed towards what the reward model thought anyway before the reward model can chase it. So rare verdicts are
believed less without anybody counting them.
Source: Zhu, Jordan & Jiao 2024, arXiv:2401.16335.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from rlhf_backend.data.preferences import Preferences


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
            threshold: Rao-Kupper's τ of the loss; 0 for Bradley-Terry and Davidson.
        """
        self.given, self.current = given, given.clone()
        self._rate = torch.as_tensor(rate, dtype=given.dtype, device=given.device) * ~ties
        self._threshold = threshold

    def targets(self, rows: Sequence[int] | Tensor) -> Tensor:
        """Labels to train on now. (..., B)"""
        return self.current[..., rows]

    @torch.no_grad()
    def update(self, rows: Sequence[int] | Tensor, differences: Tensor) -> None:
        """Let the labels of these rows follow reward differences a − b. (..., B)"""
        d = differences.to(self.current)
        believed = torch.sigmoid(logsigmoid(d - self._threshold) - logsigmoid(-d - self._threshold))
        now = self.current[..., rows]
        self.current[..., rows] = now + self._rate[..., rows] * (believed - now)

    def state(self) -> Tensor:
        """What a checkpoint must keep. (..., n)"""
        return self.current

    def restore(self, state: Tensor) -> None:
        """Go on from a checkpoint's labels.

        Raises: ValueError: they belong to other preferences.
        """
        if state.shape != self.current.shape:
            raise ValueError(f"labels of shape {tuple(state.shape)} were kept, expected {tuple(self.current.shape)}")
        self.current.copy_(state)


def soft_labels(preferences: Preferences, *, rate: float, threshold: float, device: torch.device) -> SoftLabels:
    """The buffer of a training run, one label for each row of `preferences`."""
    given = torch.tensor(preferences.targets, dtype=torch.float32, device=device)
    ties = torch.tensor(~preferences.decided, device=device)
    return SoftLabels(given, ties=ties, rate=rate, threshold=threshold)
