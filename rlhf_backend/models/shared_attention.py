"""Attention over completions that share their prompt and stand behind each other in one row.

Transformers hands every layer's queries, keys and values to a function that one can register; ours gathers them into a
causal block (prompt and first completion) and one for each further completion (on prompt and itself), so that it
neither sees the others nor pays for them.
Sharing a prefix in preference training: Wang & Hegde 2024, arXiv:2410.20305. Differs: no padding between attentions.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from rlhf_backend.data.dialogues import DialogueBatch
from rlhf_backend.data.shared_prompt import SharedBatch, SharedLayout

_NAME = "shared_prompts"
# A processor's fused kernel takes twice as long as plain products. These keep their scores for the backward pass: so
# many of all layers together, half a gigabyte in bfloat16.
_PLAIN_SCORES = 2**28


def read_batch(network: Any, batch: DialogueBatch | SharedBatch) -> Any:
    """What `network` returns for a batch, whether its prompts are shared or not.

    Raises: ValueError, TypeError, AttributeError: prompts are shared, and the network cannot attend as it is told.
    """
    if not isinstance(batch, SharedBatch):
        return network(input_ids=batch.ids, use_cache=False)
    with _attending_shared(network):
        return network(input_ids=batch.ids, position_ids=batch.positions, use_cache=False, shared_layout=batch.layout)


@contextmanager
def _attending_shared(network: Any) -> Iterator[None]:
    """`network` takes `shared_layout` and rows of shared prompts while this lasts."""
    from transformers import AttentionInterface

    AttentionInterface.register(_NAME, shared_attention)
    config = network.config
    before = config._attn_implementation_internal
    config._attn_implementation_internal = _NAME
    try:
        yield
    finally:
        config._attn_implementation_internal = before


def shared_attention(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    shared_layout: SharedLayout,
    scaling: float | None = None,
    **options: Any,
) -> tuple[Tensor, None]:
    """What a layer of transformers expects: query (1, H, T, D), key and value (1, G, T, D) → (1, T, H, D).

    Raises: ValueError: the layer asks for what is not done here: a cap of the scores, sinks, a window.
    """
    asked = [name for name in ("softcap", "s_aux", "sliding_window") if options.get(name) is not None]
    if asked or options.get("dropout"):
        raise ValueError(f"attention over shared prompts knows no {', '.join(asked) or 'dropout'}")
    scale = scaling if scaling is not None else query.shape[-1] ** -0.5
    # Rotated queries and keys come in float32 under autocast; the products take them as they take the values.
    q, k, v = (x[0].transpose(0, 1).to(value.dtype) for x in (query, key, value))  # (T, heads, D)
    layout, layers = shared_layout, module.config.num_hidden_layers
    plain = _PLAIN_SCORES // layers if query.device.type == "cpu" else 0
    first = _attend(*(_gathered(x, layout.first) for x in (q, k, v)), visible=None, scale=scale, plain=plain)
    keys, values = _gathered(k, layout.rest), _gathered(v, layout.rest)
    rest = _attend(_gathered(q, layout.queries), keys, values, visible=layout.visible, scale=scale, plain=plain)
    both = torch.cat([x.transpose(1, 2).flatten(0, 1) for x in (first, rest)])
    return both.index_select(0, layout.back).unsqueeze(0), None


def _gathered(x: Tensor, index: Tensor) -> Tensor:
    """(T, heads, D), (N, S) → (N, heads, S, D)"""
    return x.index_select(0, index.flatten()).view(*index.shape, *x.shape[1:]).transpose(1, 2)


def _attend(q: Tensor, k: Tensor, v: Tensor, *, visible: Tensor | None, scale: float, plain: int) -> Tensor:
    """(N, H, S, D), (N, G, U, D) twice → (N, H, S, D); causal where no mask is given.

    plain: up to so many scores, plain products instead of a fused kernel.
    """
    n, heads, s, _ = q.shape
    if k.shape[1] != heads:
        k, v = (x.repeat_interleave(heads // x.shape[1], dim=1) for x in (k, v))
    u = k.shape[2]
    if n * heads * s * u > plain:
        return scaled_dot_product_attention(q, k, v, attn_mask=visible, is_causal=visible is None, scale=scale)
    seen = torch.ones(s, u, dtype=torch.bool).tril() if visible is None else visible
    hidden = torch.zeros(seen.shape, dtype=q.dtype).masked_fill_(~seen, float("-inf"))
    return ((q * scale) @ k.transpose(-1, -2)).add_(hidden).softmax(-1) @ v
