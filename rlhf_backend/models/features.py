"""A vector for each completion, read off a backbone's hidden states."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue, DialogueBatch, collate, length_buckets
from rlhf_backend.data.shared_prompt import SharedBatch, collate_shared
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.device import autocast, device, tokens_per_forward
from rlhf_backend.models.loading import LanguageModel
from rlhf_backend.models.shared_attention import read_batch
from rlhf_backend.ops.masking import completion_mask
from rlhf_backend.ops.pooling import pool_last, pool_mean
from rlhf_backend.types import Message

FEATURES_JSON, FEATURES_TENSORS = "features.json", "features.safetensors"
_POOLINGS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"mean": pool_mean, "last": pool_last}


@dataclass(frozen=True)
class Readout:
    """feature = ((pooled @ weightᵀ + bias) − mean) / std, with pooling over the completion's tokens.

    weight (F, H) and bias (F,) are None where the features are the hidden state itself; mean and std are (F,).
    """

    pooling: str
    names: list[str]
    weight: Tensor | None
    bias: Tensor | None
    mean: Tensor
    std: Tensor

    def __call__(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """(B, S, H), (B, S) → (B, F), float32"""
        pooled = _POOLINGS[self.pooling](hidden.float(), mask)
        raw = pooled if self.weight is None or self.bias is None else pooled @ self.weight.T + self.bias
        return (raw - self.mean) / self.std

    def standardised(self, features: Tensor) -> "Readout":
        """This readout with mean and std such that `features` (N, F), read with it, would have mean 0 and std 1."""
        spread = features.std(0)
        std = torch.where(spread > 1e-6, spread, torch.ones_like(spread))
        return replace(self, mean=self.mean + features.mean(0) * self.std, std=self.std * std)

    def save(self, directory: Path) -> None:
        tensors = {"mean": self.mean, "std": self.std, "weight": self.weight, "bias": self.bias}
        save_file(
            {name: t.cpu().contiguous() for name, t in tensors.items() if t is not None}, directory / FEATURES_TENSORS
        )
        (directory / FEATURES_JSON).write_text(json.dumps({"names": self.names, "pooling": self.pooling}, indent=1))


def hidden_state_readout(width: int) -> Readout:
    """The hidden state at the completion's last token, as it is."""
    names = [f"hidden {i}" for i in range(width)]
    ones = torch.ones(width, device=device())
    return Readout("last", names, None, None, torch.zeros_like(ones), ones)


def load_readout(directory: Path) -> Readout:
    """The readout kept in a directory.

    Raises: ConfigError: the two files are missing, or do not describe a readout.
    """
    try:
        described = json.loads((directory / FEATURES_JSON).read_text(encoding="utf-8"))
        tensors = {name: t.float().to(device()) for name, t in load_file(directory / FEATURES_TENSORS).items()}
        readout = Readout(
            pooling=described["pooling"],
            names=described["names"],
            weight=tensors.get("weight"),
            bias=tensors.get("bias"),
            mean=tensors["mean"],
            std=tensors["std"],
        )
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"{directory} describes no features: {type(error).__name__} {error}") from error
    if readout.pooling not in _POOLINGS:
        raise ConfigError(
            f"{directory / FEATURES_JSON}: pooling {readout.pooling!r}, expected one of {sorted(_POOLINGS)}"
        )
    return readout


def has_readout(source: str) -> bool:
    return (Path(source) / FEATURES_JSON).is_file() and (Path(source) / FEATURES_TENSORS).is_file()


@dataclass(frozen=True)
class FeatureReader:
    """A backbone with its readout. `max_tokens` bounds a dialogue; longer prompts lose their beginning.

    While the backbone reads, `in_force` lasts: it may be part of a network that is another model otherwise.
    """

    backbone: LanguageModel
    readout: Readout
    max_tokens: int
    in_force: Callable[[], AbstractContextManager[Any]] = nullcontext

    def encode(self, prompt: Sequence[Message], completion: str) -> Dialogue | None:
        """Token ids, or None where the completion leaves no room for a prompt."""
        limit = min(self.max_tokens, self.backbone.context)
        ids = self.backbone.codec.encode_completion(completion)
        if len(ids) >= limit:
            return None
        return Dialogue(self.backbone.codec.encode_prompt(prompt, max_tokens=limit - len(ids)), ids)

    def features_of(self, batch: DialogueBatch) -> Tensor:
        """With gradients if these are enabled. (B, F)"""
        with self.in_force(), autocast():
            hidden = read_batch(self.backbone.network, batch).last_hidden_state
        return self.readout(hidden, completion_mask(batch.prompt_lengths, batch.lengths, batch.ids.shape[1]))

    def features_of_shared(self, batch: SharedBatch) -> Tensor:
        """Of each completion in turn, with gradients if these are enabled. (C, F)"""
        with self.in_force(), autocast():
            hidden = read_batch(self.backbone.network, batch).last_hidden_state
        return self.readout(hidden[0][batch.completions], batch.mask)

    @torch.no_grad()
    def can_share_prompts(self, a: Dialogue, b: Dialogue) -> bool:
        """Whether the backbone attends as it is told, and heeds positions: tried out on one pair of the same prompt."""
        pad_id = self.backbone.codec.pad_id
        apart = self.features_of(collate([a, b], pad_id=pad_id, device=device()))
        try:
            together = self.features_of_shared(collate_shared([(a, b)], device=device()))
        except (ValueError, TypeError, AttributeError):  # no such attention, or one that does more than ours
            return False
        # Half a tenth of a feature's spread is what bfloat16 products differ by anyway; a seen a would differ more.
        return bool((apart - together).abs().mean() < 0.05 * apart.abs().mean().clamp_min(1e-6))

    @torch.no_grad()
    def read(self, dialogues: Sequence[Dialogue], *, on_progress: Callable[[int], None] | None = None) -> Tensor:
        """Features of all dialogues in their order, on the processor; `on_progress` gets the number done. (N, F)"""
        features = torch.zeros(len(dialogues), len(self.readout.names))
        done = 0
        for index in length_buckets([len(d) for d in dialogues], tokens=tokens_per_forward()):
            batch = collate([dialogues[i] for i in index], pad_id=self.backbone.codec.pad_id, device=device())
            features[index] = self.features_of(batch).cpu()
            done += len(index)
            if on_progress is not None:
                on_progress(done)
        return features
