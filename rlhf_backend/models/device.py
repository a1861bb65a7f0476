"""Where tensors live, how much of them fits there, and in which precision matrices are multiplied."""

import os
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import torch

from rlhf_backend.errors import ResourceError
from rlhf_backend.process import neighbours


@cache
def device() -> torch.device:
    """The accelerator if there is one, else the processor."""
    return torch.device("cuda") if torch.cuda.is_available() else torch.device("cpu")


@cache
def bf16_pays() -> bool:
    """Whether the hardware multiplies bfloat16 matrices faster than float32 ones (2.2 times, seen on AVX512-BF16).

    Asked of the hardware, not of a stopwatch: a busy machine would answer otherwise after a resume, and losses change.
    """
    if device().type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def tokens_per_forward() -> int:
    """Positions in one forward pass without need to be larger: a processor is busy with few, and few pad little."""
    return 16_384 if device().type == "cuda" else 2048


_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_ACTIVATIONS_SHARE = 0.25


TRAINED_BYTES = 16
"""Of a weight in training: itself, its gradient and two moments, in float32."""
_WEIGHT_BYTES = 4


def must_be_sharded(parameters: int, what: str, *, instead: str, processes: int) -> bool:
    """Whether this memory cannot hold all weights of `what` in training, but a share of them can be held.

    Each process then has its part of everything, and from time to time all weights alone, to sample, look and write.
    Raises: ResourceError: it cannot hold that either.
    """
    needed, there = TRAINED_BYTES * parameters, memory_bytes()
    if needed <= there:
        return False
    in_shards = _WEIGHT_BYTES * parameters + (TRAINED_BYTES - _WEIGHT_BYTES) * parameters // processes
    if processes > 1 and in_shards <= there:
        return True
    shards = f"({in_shards / 2**30:,.1f} GB in shards of {processes} processes) " if processes > 1 else ""
    raise ResourceError(
        f"training every weight of a {what} of {parameters / 1e6:,.0f} million takes {needed / 2**30:,.1f} GB {shards}"
        f"before the first completion is read; each process has {there / 2**30:,.1f} GB here. {instead}, or share it "
        "among more GPUs (RLHF_ENGINE_PROCESSES)"
    )


@cache
def memory_bytes() -> int:
    """Memory of the accelerator, or this process's part of the machine's; not what happens to be free of it."""
    if device().type == "cuda":
        return int(torch.cuda.get_device_properties(device()).total_memory)
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _CGROUP_LIMIT.read_text().strip() if _CGROUP_LIMIT.is_file() else "max"
    return (min(whole, int(limit)) if limit.isdigit() else whole) // neighbours()


def activation_tokens(config: Any) -> int:
    """Positions whose activations a backward pass may keep: a quarter of the memory.

    A layer keeps at most some 16 vectors of its width and 6 of its inner width in four bytes: Llamas of three shapes in
    bfloat16 autocast took .58 to .77 of that. A function of the machine's memory, not of what is free: a resumed run
    must add up as before.
    """
    width, layers = config.hidden_size, config.num_hidden_layers
    inner = getattr(config, "intermediate_size", None) or 4 * width
    return max(1, int(_ACTIVATIONS_SHARE * memory_bytes() / (4 * layers * (16 * width + 6 * inner))))


def autocast(*, enabled: bool = True) -> AbstractContextManager[Any]:
    """bfloat16 products where they pay; weights and sums stay float32."""
    if enabled and bf16_pays():
        return torch.autocast(device().type, dtype=torch.bfloat16)
    return nullcontext()
