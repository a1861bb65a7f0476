"""A lean decoder of Llama-architecture models.

Differs from the library's: query, key and value are one product, gate and up another, the cache has its final size
from the start, and nothing is decided per step. On a processor that is worth a factor of two; greedy output is equal.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from rlhf_backend.models.device import bf16_pays, device
from rlhf_backend.models.shared_cache import SharedCache


@dataclass
class _Layer:
    """Weights of one block, in the decoder's precision."""

    input_norm: Tensor
    qkv: Tensor
    out: Tensor
    mlp_norm: Tensor
    gate_up: Tensor
    down: Tensor


def is_supported(network: Any) -> bool:
    """Whether `network` is a Llama without the rarer options (biases, scaled activations)."""
    config = network.config
    return (
        type(network).__name__ == "LlamaForCausalLM"
        and not config.attention_bias
        and not config.mlp_bias
        and config.hidden_act == "silu"
        and getattr(network.model.rotary_emb, "rope_type", "default") in {"default", "linear", "llama3"}
    )


class LlamaDecoder:
    """Implements `rollout.Decoder` with the weights that the network has when this is made: most of them are copied."""

    def __init__(self, network: Any, *, dtype: torch.dtype | None = None) -> None:
        config = network.config
        self._network = network
        self._dtype = dtype or (torch.bfloat16 if bf16_pays() else torch.float32)
        # So few queries are too little for the bfloat16 products of processors: they take longer than float32's.
        self._attention_dtype = self._dtype if device().type == "cuda" else torch.float32
        self._heads, self._kv_heads = config.num_attention_heads, config.num_key_value_heads
        self._head_size = getattr(config, "head_dim", None) or config.hidden_size // self._heads
        self._eps = config.rms_norm_eps
        self._take_weights()

    @torch.no_grad()
    def _take_weights(self) -> None:
        trunk = self._network.model
        self._embedding = trunk.embed_tokens.weight.to(self._dtype)
        self._layers = [
            _Layer(
                input_norm=block.input_layernorm.weight.to(self._dtype),
                qkv=self._fused(block.self_attn.q_proj, block.self_attn.k_proj, block.self_attn.v_proj),
                out=self._fused(block.self_attn.o_proj),
                mlp_norm=block.post_attention_layernorm.weight.to(self._dtype),
                gate_up=self._fused(block.mlp.gate_proj, block.mlp.up_proj),
                down=self._fused(block.mlp.down_proj),
            )
            for block in trunk.layers
        ]
        self._norm = trunk.norm.weight.to(self._dtype)
        self._output = self._fused(self._network.lm_head)

    @torch.no_grad()
    def prefill(self, ids: Tensor, lengths: Tensor, *, samples: int, new_tokens: int) -> Tensor:
        prompts, width = ids.shape
        self._rotary = self._rotary_table(width + new_tokens, ids.device)
        self._cache = SharedCache(lengths, width, samples=samples, new_tokens=new_tokens)
        hidden = F.embedding(ids, self._embedding)
        cos, sin = (table[:width] for table in self._rotary)
        for layer in self._layers:
            query, key, value = self._attention_inputs(layer, hidden, cos, sin)
            self._cache.add_layer(key, value)
            mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=self._grouped)
            hidden = self._block_output(layer, hidden, mixed)
        # Positions count on from each prompt's own end, not from the longest's.
        self._positions = lengths.repeat_interleave(samples)
        return self._logits(hidden[torch.arange(prompts, device=ids.device), lengths - 1])

    @torch.no_grad()
    def step(self, tokens: Tensor) -> Tensor:
        hidden = F.embedding(tokens, self._embedding).unsqueeze(1)
        cos, sin = (table[self._positions][:, None, None] for table in self._rotary)
        for index, layer in enumerate(self._layers):
            query, key, value = self._attention_inputs(layer, hidden, cos, sin)
            hidden = self._block_output(layer, hidden, self._cache.attend(index, query, key, value))
        self._cache.advance()
        self._positions = self._positions + 1
        return self._logits(hidden[:, 0])

    def keep(self, rows: Tensor) -> None:
        self._cache.keep(rows)
        self._positions = self._positions[rows]

    @property
    def _grouped(self) -> bool:
        return bool(self._heads != self._kv_heads)

    def _attention_inputs(
        self, layer: _Layer, hidden: Tensor, cos: Tensor, sin: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Rotated queries and keys, and values. (B, S, H), tables of the positions → 3 × (B, heads, S, head size)"""
        batch, width, _ = hidden.shape
        normed = F.rms_norm(hidden, layer.input_norm.shape, layer.input_norm, self._eps)
        heads = F.linear(normed, layer.qkv).to(self._attention_dtype)
        heads = heads.view(batch, width, -1, self._head_size).transpose(1, 2)
        rotated_heads = self._heads + self._kv_heads
        rotated = heads[:, :rotated_heads]
        first, second = rotated.chunk(2, -1)
        rotated = rotated * cos + torch.cat([-second, first], -1) * sin
        return rotated[:, : self._heads], rotated[:, self._heads :], heads[:, rotated_heads:]

    def _block_output(self, layer: _Layer, hidden: Tensor, mixed: Tensor) -> Tensor:
        """The rest of a block after attention. (B, S, H), (B, heads, S, head size) → (B, S, H)"""
        hidden = hidden + F.linear(mixed.transpose(1, 2).flatten(2).to(self._dtype), layer.out)
        normed = F.rms_norm(hidden, layer.mlp_norm.shape, layer.mlp_norm, self._eps)
        gate, up = F.linear(normed, layer.gate_up).chunk(2, -1)
        return hidden + F.linear(F.silu(gate) * up, layer.down)

    def _logits(self, hidden: Tensor) -> Tensor:
        return F.linear(F.rms_norm(hidden, self._norm.shape, self._norm, self._eps), self._output).float()

    def _rotary_table(self, length: int, place: torch.device) -> tuple[Tensor, Tensor]:
        """cos and sin of each position. 2 × (length, head size)"""
        like = torch.empty(0, dtype=self._attention_dtype, device=place)
        cos, sin = self._network.model.rotary_emb(like, torch.arange(length, device=place).unsqueeze(0))
        return cos[0], sin[0]

    def _fused(self, *modules: Any) -> Tensor:
        return torch.cat([effective_weight(module) for module in modules]).to(self._dtype)


def effective_weight(module: Any) -> Tensor:
    """The weight of a linear layer with its LoRA adapters added, if it has any and they are not switched off."""
    weight: Tensor = module.weight
    for adapter in () if getattr(module, "disable_adapters", False) else getattr(module, "active_adapters", ()):
        weight = weight + module.get_delta_weight(adapter)
    return weight
