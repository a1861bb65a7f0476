"""A backbone in training, every weight or LoRA adapters, with K linear heads on its features."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import torch
from torch import Tensor, nn

from rlhf_backend.data.dialogues import Dialogue, collate
from rlhf_backend.data.shared_prompt import collate_shared, tokens_shared
from rlhf_backend.distributed import fewer, gathered, share, world
from rlhf_backend.models.adapters import with_adapters
from rlhf_backend.models.device import activation_tokens, device, must_be_sharded
from rlhf_backend.models.features import FeatureReader
from rlhf_backend.models.scoring import NOTHING
from rlhf_backend.models.shards import Sharded
from rlhf_backend.recipes.reward_objective import Heads

_LORA_RANK = 16

Group = Sequence[Dialogue]
"""Completions that are compared with each other: of one prompt, unless that was cut differently for them."""


class RewardNetwork(nn.Module):
    """The heads' weights are trained; what they have beside these only where feedback other than comparisons needs it.

    `reader` reads the backbone in training. In shards, the one that it was made of is empty until `put_together`.
    Raises: ResourceError: the weights with their optimizer do not fit in memory.
    """

    def __init__(
        self, reader: FeatureReader, heads: Heads, *, lora: bool, share_prompts: bool, only_pairs: bool = True
    ) -> None:
        super().__init__()
        self.reader, self._whole_reader, self._share_prompts = reader, reader, share_prompts
        backbone = reader.backbone.network
        self._lora = lora
        self._sharded: Sharded | None = None
        if lora:
            with_adapters(backbone, _LORA_RANK)
        else:
            backbone.requires_grad_(True)
            weights = sum(p.numel() for p in backbone.parameters())
            instead = "Train LoRA adapters or the head only, choose a smaller backbone"
            if must_be_sharded(weights, "backbone", instead=instead, processes=world()):
                self._sharded = Sharded(backbone)
                backbone = self._sharded.network
                self.reader = replace(reader, backbone=replace(reader.backbone, network=backbone))
        self.backbone: Any = backbone
        weight, *beside = (tensor.float().to(device()) for tensor in heads.tensors())
        self.weight = nn.Parameter(weight)
        self.levels, self.ratings, self.aspects = (nn.Parameter(t, requires_grad=not only_pairs) for t in beside)

    @property
    def is_sharded(self) -> bool:
        return self._sharded is not None

    @property
    def heads(self) -> Heads:
        return Heads(self.weight, self.levels, self.ratings, self.aspects)

    def features(self, groups: Sequence[Group]) -> Tensor:
        """Features of the completions in turn, with gradients if these are enabled. (C, F)"""
        if not groups:
            return self.reader.features_of(collate([NOTHING], pad_id=0, device=device()))[:0]
        if self._share_prompts and all(d.prompt == group[0].prompt for group in groups for d in group):
            return self.reader.features_of_shared(collate_shared(groups, device=device()))
        pad_id = self.reader.backbone.codec.pad_id
        return self.reader.features_of(collate([d for group in groups for d in group], pad_id=pad_id, device=device()))

    def backward(self, groups: Sequence[Group], loss_of: Callable[[Tensor], Tensor]) -> Tensor:
        """Leave the gradient of a loss of the features of these completions (C, F); the loss. Scalar

        Where not all activations fit in memory, the loss and its slope by the features come first, and the features
        once more, part by part: the same gradient. Source: Gao et al. 2021, arXiv:2101.06983.
        """
        if world() > 1:
            return self._backward_together(groups, loss_of)
        parts = self.parts(groups)
        if len(parts) == 1:
            loss = loss_of(self.features(groups))
            loss.backward()  # type: ignore[no-untyped-call]
            return loss.detach()
        with torch.no_grad():
            features = torch.cat([self.features(part) for part in parts])
        loss = loss_of(features.requires_grad_())
        loss.backward()  # type: ignore[no-untyped-call]
        sizes = [sum(len(group) for group in part) for part in parts]
        for part, slope in zip(parts, torch.split(cast("Tensor", features.grad), sizes), strict=True):
            self.features(part).backward(slope)  # type: ignore[no-untyped-call]
        return loss.detach()

    def _backward_together(self, groups: Sequence[Group], loss_of: Callable[[Tensor], Tensor]) -> Tensor:
        """Each process reads its share of the groups, and keeps an equal part of what the loss itself leaves behind."""
        own = [groups[i] for i in share(len(groups))]
        parts = self.parts(own) if own else []
        if self.is_sharded:  # all read equally often, some of them nothing
            parts += [[]] * fewer(len(parts))
        with torch.set_grad_enabled(len(parts) == 1):
            found = [self.features(part) for part in parts]
        whole = torch.cat(gathered([features.detach() for features in found])).requires_grad_()
        loss = loss_of(whole)
        (loss / world()).backward()  # type: ignore[no-untyped-call]
        slopes = world() * cast("Tensor", whole.grad)
        before = sum(len(group) for group in groups[: share(len(groups)).start])
        for part, features in zip(parts, found, strict=True):
            slope = slopes[before : before + len(features)]
            (features if len(parts) == 1 else self.features(part)).backward(slope)  # type: ignore[no-untyped-call]
            before += len(features)
        return loss.detach()

    def parts(self, groups: Sequence[Group]) -> list[list[Group]]:
        """The groups in their order, in parts whose activations fit in memory; one group alone may be larger."""
        limit, parts = activation_tokens(self.reader.backbone.network.config), [[groups[0]]]
        tokens = tokens_shared(groups[0])
        for group in groups[1:]:
            tokens += tokens_shared(group)
            if tokens > limit:
                parts.append([])
                tokens = tokens_shared(group)
            parts[-1].append(group)
        return parts

    def put_together(self) -> None:
        """The steps are over: the first process has all weights. To be called by all processes at once."""
        if self._sharded is not None:
            self._sharded.put_together()
            self._sharded, self.reader = None, self._whole_reader
            self.backbone = self.reader.backbone.network

    def finished_reader(self) -> FeatureReader:
        """The reader with the trained backbone as it will be kept: rounded, or as it was below trained adapters."""
        backbone = self.reader.backbone
        backbone.network.requires_grad_(False)
        if not self._lora:
            backbone.network.to(backbone.stored_dtype).to(torch.float32)
        return self.reader
