"""Principles that a reward model reads: a linear reward for each, added to the general one by the weights in force."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from rlhf_backend.config import Principle
from rlhf_backend.errors import ConfigError
from rlhf_backend.stats.principle_weights import Array, spread_in_force, weights_in_force

PRINCIPLES_JSON, PRINCIPLES_TENSORS = "principles.json", "principles.safetensors"


@dataclass(frozen=True)
class PrincipleHeads:
    """K heads for each of P principles: reward = features · weight − offset, of mean 0 and sd 1 over the heads' mean on
    the training completions.

    weight (P, K, F), offset (P, K). covariance of the normalised general reward and of the principles' over the
    training completions (1 + P, 1 + P).
    """

    keys: tuple[str, ...]
    weight: Tensor
    offset: Tensor
    covariance: Array

    def rewards(self, features: Tensor) -> Tensor:
        """Of features (N, F), by principle and head. (N, P, K)"""
        raw = torch.einsum("nf,pkf->npk", features.double(), self.weight.double())
        return raw - self.offset.double()

    def save(self, directory: Path) -> None:
        tensors = {"weight": self.weight.double().contiguous(), "offset": self.offset.double().contiguous()}
        save_file(tensors, directory / PRINCIPLES_TENSORS)
        described = {"keys": list(self.keys), "covariance": self.covariance.tolist()}
        (directory / PRINCIPLES_JSON).write_text(json.dumps(described, indent=1) + "\n")


@dataclass(frozen=True)
class PrinciplesInForce:
    """Principles with the heads that a reward model has for them."""

    heads: PrincipleHeads
    principles: tuple[Principle, ...]

    def add_to(self, general: Tensor, features: Tensor, tags: Sequence[Collection[str]]) -> Tensor:
        """Rewards of the general heads (N, K) with the principles in force on each completion's prompt, in standard
        deviations of the sum. (N, K)

        Args:
            features: what the rewards were read from. (N, F)
            tags: of each completion's prompt. N
        Source: Sun et al. 2023, arXiv:2310.05910 (SALMON). Differs: the principles' keys are read, not their texts.
        """
        rows = [weights_in_force(self.principles, self.heads.keys, row) for row in tags]
        weights = np.array(rows).reshape(len(rows), len(self.heads.keys))
        added = torch.einsum("np,npk->nk", torch.from_numpy(weights), self.heads.rewards(features))
        spread = torch.from_numpy(spread_in_force(weights, self.heads.covariance))
        return (general + added) / spread[:, None]


def load_principles(
    directory: Path, principles: Sequence[Principle], *, warn: Callable[[str], None]
) -> PrinciplesInForce | None:
    """The principles that can be obeyed; None where none is in force. One that was never learned is reported.

    Raises: ConfigError: the files do not describe principles.
    """
    asked = tuple(principle for principle in principles if principle.weight != 0)
    if not asked:
        return None
    heads = load_principle_heads(directory)
    known = set(heads.keys) if heads is not None else set()
    for principle in asked:
        if principle.key not in known:
            warn(
                f"the reward model has not learned the principle '{principle.key}' and does not obey it: let labelers "
                "judge the aspect of the same key, then train a reward model"
            )
    obeyed = tuple(principle for principle in asked if principle.key in known)
    return PrinciplesInForce(heads, obeyed) if heads is not None and obeyed else None


def load_principle_heads(directory: Path) -> PrincipleHeads | None:
    """All principles that the reward model of a directory has learned, in force or not; None where it learned none.

    Raises: ConfigError: the files do not describe principles.
    """
    if not (directory / PRINCIPLES_JSON).is_file():
        return None
    try:
        described = json.loads((directory / PRINCIPLES_JSON).read_text(encoding="utf-8"))
        tensors = load_file(directory / PRINCIPLES_TENSORS)
        covariance = np.array(described["covariance"], dtype=np.float64)
        heads = PrincipleHeads(tuple(described["keys"]), tensors["weight"], tensors["offset"], covariance)
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"{directory} describes no principles: {type(error).__name__} {error}") from error
    count = len(heads.keys)
    if heads.weight.shape[0] != count or covariance.shape != (count + 1, count + 1):
        raise ConfigError(
            f"{directory / PRINCIPLES_JSON} names {count} principles, its tensors hold {heads.weight.shape[0]}: the "
            "directory is damaged"
        )
    return heads
