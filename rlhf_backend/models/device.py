"""Where tensors live, and in which precision matrices are multiplied."""

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import torch


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


def autocast(*, enabled: bool = True) -> AbstractContextManager[Any]:
    """bfloat16 products where they pay; weights and sums stay float32."""
    if enabled and bf16_pays():
        return torch.autocast(device().type, dtype=torch.bfloat16)
    return nullcontext()
