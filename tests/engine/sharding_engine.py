"""The exact engine on a machine of `MEMORY_BYTES` that reads little at once; what its optimizer holds is noted."""

import gc
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

import torch

from rlhf_backend import runtime
from rlhf_backend.__main__ import main
from rlhf_backend.models import device
from tests.engine.tiny import StopAfter


class Noting(torch.optim.AdamW):
    """Notes elements after each step: of what it changes, of gradients, moments, and of all tensors there are."""

    def step(self, closure: Any = None) -> Any:
        found = super().step(closure)
        weights = [weight for group in self.param_groups for weight in group["params"]]
        told = {
            "weights": sum(weight.numel() for weight in weights),
            "gradients": sum(weight.grad.numel() for weight in weights),
            "moments": sum(
                self.state[weight][name].numel() for weight in weights for name in ("exp_avg", "exp_avg_sq")
            ),
            "everything": elements(),
        }
        Path(sys.argv[1], f"held-{os.environ['RANK']}.json").write_text(json.dumps(told))
        return found


def elements() -> int:
    """Of the storages of all tensors that Python knows, in float32."""
    gc.collect()
    tensors = [item for item in gc.get_objects() if issubclass(type(item), torch.Tensor)]
    kept = [tensor.to_local() if hasattr(tensor, "to_local") else tensor for tensor in tensors]
    storages: dict[int, int] = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in kept}
    return sum(storages.values()) // 4


def run_out_of_memory() -> None:
    """In the fifth backward pass of this process."""
    left, backward = [5], torch.Tensor.backward

    def failing(tensor: torch.Tensor, *args: Any, **options: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
        backward(tensor, *args, **options)  # type: ignore[no-untyped-call]

    torch.Tensor.backward = failing  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    device.bf16_pays = lambda: False  # type: ignore[assignment]
    device.memory_bytes = lambda: int(os.environ["MEMORY_BYTES"])  # type: ignore[assignment]
    device.tokens_per_forward = lambda: 48
    torch.optim.AdamW = Noting  # type: ignore[misc]
    if "STOP_AFTER" in os.environ:
        stopping = partial(StopAfter, checks=int(os.environ["STOP_AFTER"]))
        runtime.StopRequest = stopping  # type: ignore[assignment,attr-defined]
    if os.environ.get("FAILING_RANK") == os.environ["RANK"]:
        run_out_of_memory()
    main()
