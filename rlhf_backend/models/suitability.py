"""What an architecture must be able to do, tried out on a few tokens: one that would be read wrongly is refused.

Nothing is known of an architecture by its name: what counts is that a token does not see those behind it, and that
going on from a cache, beside prompts of other lengths, predicts what reading everything anew does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from rlhf_backend.errors import ConfigError
from rlhf_backend.models.hf_decoder import HfDecoder
from rlhf_backend.models.llama_decoder import is_supported

_PROMPTS = ([1, 2, 3, 4], [5])
_NEXT = 6


def refuse_encoder_decoder(config: Any, source: str) -> None:
    """Raises: ConfigError: prompts go through an encoder, so prompt and completion are no single text."""
    if getattr(config, "is_encoder_decoder", False):
        raise ConfigError(
            f"{source} reads prompts with an encoder ({config.model_type}): expected a decoder that reads prompt and "
            "completion as one text, as Llama, Qwen, Gemma or GPT-2 do"
        )


@torch.no_grad()
def refuse_reading_ahead(network: Any, source: str) -> None:
    """Raises: ConfigError: what comes later changes what was read before, or token ids alone cannot be read."""
    vocabulary = network.get_input_embeddings().weight
    ids = torch.arange(1, 7, device=vocabulary.device) % len(vocabulary)
    other = ids.clone()
    other[-1] = (ids[-1] + 1) % len(vocabulary)
    with _explained(source, "read"):
        first, second = (_read(network, tokens.unsqueeze(0))[0, :-1] for tokens in (ids, other))
    if not _is_close(first, second):
        raise ConfigError(
            f"{source} ({type(network).__name__}) is no causal model: each token sees those behind it, as in BERT. "
            "Expected a model that writes from left to right"
        )


@torch.no_grad()
def refuse_unsampleable(network: Any, source: str) -> None:
    """Raises: ConfigError: it keeps no cache of keys and values, or heeds neither padding nor positions."""
    if is_supported(network):
        return  # the lean decoder knows all about these
    place, size = next(network.parameters()).device, len(network.get_input_embeddings().weight)
    prompts = [[token % size for token in prompt] for prompt in _PROMPTS]
    following = torch.full((len(prompts),), _NEXT % size, device=place)
    width = max(map(len, prompts))
    ids = torch.tensor([[*prompt, *[0] * (width - len(prompt))] for prompt in prompts], device=place)
    with _explained(source, "continued from a cache of keys and values"):
        decoder = HfDecoder(network, mixed_precision=False)
        lengths = torch.tensor([len(prompt) for prompt in prompts], device=place)
        decoder.prefill(ids, lengths, samples=1, new_tokens=2)
        found = decoder.step(following)
        whole = [_read(network, torch.tensor([[*prompt, _NEXT % size]], device=place))[0, -1] for prompt in prompts]
    if not _is_close(found, torch.stack(whole)):
        raise ConfigError(
            f"{source} ({type(network).__name__}) predicts something else beside a longer prompt than alone: it heeds "
            "neither padding nor positions, so it cannot be sampled from in batches. Choose another architecture"
        )


def _read(network: Any, ids: Tensor) -> Tensor:
    """Logits, or hidden states where there is no output layer. (B, S, …)"""
    output = network(input_ids=ids, use_cache=False)
    found: Tensor = output.logits if "logits" in output else output.last_hidden_state
    return found.float()


def _is_close(found: Tensor, expected: Tensor) -> bool:
    """To what bfloat16 leaves of a sum. Weights that are no numbers are said where they are used."""
    if not (found.isfinite().all() and expected.isfinite().all()):
        return True
    return bool((found.float() - expected).abs().max() <= 0.05 * expected.std().clamp_min(1e-6))


@contextmanager
def _explained(source: str, what: str) -> Iterator[None]:
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError) as error:
        raise ConfigError(
            f"{source} cannot be {what}: {type(error).__name__}: {error}. Choose a decoder-only transformer"
        ) from error
