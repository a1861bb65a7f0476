"""How far a completion lies from what a reward model was trained on, in the space of its features.

Two distances, because either misses what the other sees: to the k-th nearest training completion, and Mahalanobis' to
all of them. Each is divided by its 99th percentile over training completions that were held out, by prompt; the score
is the larger of the two, divided by its own such percentile. So 1 is the edge of what was trained on.

Source: nearest neighbours, Sun et al. 2022, arXiv:2204.06507; Mahalanobis, Lee et al. 2018, arXiv:1807.03888, with the
covariance of probabilistic principal components (Tipping & Bishop 1999): exact along the widest axes, equal across
the rest. Differs: features are not scaled to unit length, one class, percentiles instead of a threshold to be chosen.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

CLOUD_TENSORS = "training_cloud.safetensors"
NEIGHBOURS = 5
EDGE = 0.99
_MOST_KEPT = 4096  # training completions that neighbours are looked for among
_MOST_FOR_AXES = 2048
_MOST_AXES = 128
_ROWS_FOR_AXIS = 4
_CHUNK = 1024


@dataclass(frozen=True)
class TrainingCloud:
    """Training completions as their features lie.

    reference (M, F): a sample of them. mean (F,), axes (D, F) of unit length, spread (D,): standard deviations along
    these. rest (): standard deviation across all other directions, each. near, far, edge (): 99th percentiles of
    neighbour distance, Mahalanobis distance, and of the larger of both in units of these.
    """

    reference: Tensor
    mean: Tensor
    axes: Tensor
    spread: Tensor
    rest: Tensor
    near: Tensor
    far: Tensor
    edge: Tensor

    def __call__(self, features: Tensor) -> Tensor:
        """Out-of-distribution scores, above 1 outside of what was trained on. (N, F) → (N,)"""
        return self._larger(*self.distances(features)) / self.edge

    def distances(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """To the k-th nearest training completion, and Mahalanobis'. (N,) each"""
        near, far = [torch.zeros(0)], [torch.zeros(0)]
        for start in range(0, len(features), _CHUNK):
            chunk = features[start : start + _CHUNK].float()
            k = min(NEIGHBOURS, len(self.reference))
            near.append(torch.cdist(chunk, self.reference).kthvalue(k, dim=1).values)
            centred = chunk - self.mean
            along = centred @ self.axes.T
            across = (centred - along @ self.axes).square().sum(1)
            far.append(((along / self.spread).square().sum(1) + across / self.rest.square()).sqrt())
        return torch.cat(near), torch.cat(far)

    def save(self, directory: Path) -> None:
        save_file({name: t.contiguous() for name, t in vars(self).items()}, directory / CLOUD_TENSORS)

    def _larger(self, near: Tensor, far: Tensor) -> Tensor:
        return torch.maximum(near / self.near, far / self.far)


def load_cloud(directory: Path) -> TrainingCloud | None:
    """The cloud kept with a reward model; None of those that were kept before it was measured."""
    path = directory / CLOUD_TENSORS
    return TrainingCloud(**load_file(path)) if path.is_file() else None


def training_cloud(features: Tensor, folds: Tensor, unseen: Tensor, *, seed: int) -> TrainingCloud:
    """The cloud of training completions.

    Args:
        features: (N, F). folds: the same number for completions of one prompt (N,). unseen: completions whose features
        owe nothing to having been trained on; percentiles are taken over them (N,).
    """
    features = features.float().cpu()
    held_out = [(fold, unseen & (folds == fold)) for fold in sorted(set(folds.tolist()))]
    parts = [(_cloud(features[folds != fold], seed), features[rows]) for fold, rows in held_out if rows.any()]
    distances = [cloud.distances(rows) for cloud, rows in parts]
    near, far = (torch.cat([pair[i] for pair in distances]) for i in (0, 1))
    whole = _cloud(features, seed)
    near_edge, far_edge = _edge(near), _edge(far)
    edge = _edge(torch.maximum(near / near_edge, far / far_edge))
    return TrainingCloud(whole.reference, whole.mean, whole.axes, whole.spread, whole.rest, near_edge, far_edge, edge)


def _edge(distances: Tensor) -> Tensor:
    return torch.quantile(distances.double(), EDGE).float().clamp_min(1e-6)


def _principal(centred: Tensor) -> tuple[Tensor, Tensor]:
    """Variances and directions of unit length of (n, F), the widest first. (m,), (m, F)"""
    n, f = centred.shape
    if n < f:
        _, singular, directions = torch.linalg.svd(centred, full_matrices=False)
        return singular.square() / max(n - 1, 1), directions
    variances, columns = torch.linalg.eigh(centred.T @ centred / max(n - 1, 1))  # a third of the time
    return variances.flip(0).clamp_min(0), columns.T.flip(0)


def _cloud(features: Tensor, seed: int) -> TrainingCloud:
    """Not yet in units of anything."""
    generator = torch.Generator().manual_seed(seed % 2**63)
    order = torch.randperm(len(features), generator=generator)
    sample = features[order[:_MOST_FOR_AXES]].double()
    mean = sample.mean(0)
    variances, directions = _principal(sample - mean)
    d = max(1, min(features.shape[1], _MOST_AXES, len(sample) // _ROWS_FOR_AXIS))
    floor = variances.mean().clamp_min(1e-12) * 1e-3
    left = max(features.shape[1] - d, 1)
    one = torch.ones(())
    return TrainingCloud(
        reference=features[order[:_MOST_KEPT]],
        mean=mean.float(),
        axes=directions[:d].float(),
        spread=variances[:d].maximum(floor).sqrt().float(),
        rest=(variances[d:].sum() / left).maximum(floor).sqrt().float(),
        near=one,
        far=one,
        edge=one,
    )
