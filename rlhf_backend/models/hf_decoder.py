"""Decoding by the library's own forward pass, for every causal model that keeps a cache of keys and values."""

from typing import Any

import torch
from torch import Tensor

from rlhf_backend.models.device import autocast
from rlhf_backend.models.llama_decoder import LlamaDecoder, is_supported


class HfDecoder:
    """Implements `rollout.Decoder`. Prompts are padded on the left, with position ids, so that all end together."""

    def __init__(self, network: Any, *, mixed_precision: bool = True) -> None:
        self._network = network
        self._mixed_precision = mixed_precision

    @torch.no_grad()
    def prefill(self, ids: Tensor, lengths: Tensor, *, samples: int, new_tokens: int) -> Tensor:
        width = ids.shape[1]
        shifted = torch.arange(width, device=ids.device) - (width - lengths).unsqueeze(-1)
        self._mask = (shifted >= 0).long()
        with autocast(enabled=self._mixed_precision):
            output = self._network(
                input_ids=ids.gather(1, shifted.clamp_min(0)),
                attention_mask=self._mask,
                position_ids=shifted.clamp_min(0),
                use_cache=True,
            )
        self._cache = output.past_key_values
        self._cache.batch_repeat_interleave(samples)
        self._mask = self._mask.repeat_interleave(samples, 0)
        self._positions = lengths.repeat_interleave(samples)
        logits: Tensor = output.logits[:, -1].float()
        return logits

    @torch.no_grad()
    def step(self, tokens: Tensor) -> Tensor:
        self._mask = torch.cat([self._mask, self._mask.new_ones(len(tokens), 1)], 1)
        with autocast(enabled=self._mixed_precision):
            output = self._network(
                input_ids=tokens.unsqueeze(-1),
                attention_mask=self._mask,
                position_ids=self._positions.unsqueeze(-1),
                past_key_values=self._cache,
                use_cache=True,
            )
        self._positions = self._positions + 1
        logits: Tensor = output.logits[:, -1].float()
        return logits

    def keep(self, rows: Tensor) -> None:
        self._cache.batch_select_indices(rows)
        self._mask = self._mask[rows]
        self._positions = self._positions[rows]


def decoder_of(network: Any) -> "LlamaDecoder | HfDecoder":
    """The fastest decoder that knows the network's architecture."""
    return LlamaDecoder(network) if is_supported(network) else HfDecoder(network)
