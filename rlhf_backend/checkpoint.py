"""Training state on disk: written whole or not at all, verified before it is believed.

    checkpoint/step-00000010/ tensors.safetensors  state.json  manifest.json (sha256 of each file)

The two newest are kept: were the newest damaged, the run goes on from the one before.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from rlhf_backend.durable import replaced_directory, verify_directory
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.shards import assembled, own_part, part_of

KEPT = 2


@dataclass(frozen=True)
class TrainingState:
    """What a run needs to go on as if it had never stopped.

    `tensors` are flat and named (`model.…`, `optimizer.…`, `rng.…`); `numbers` is JSON. `step` counts finished steps.
    """

    step: int
    tensors: dict[str, Tensor]
    numbers: dict[str, Any] = field(default_factory=dict)


class CheckpointStore:
    """The checkpoints of one run directory."""

    def __init__(self, directory: Path, *, warn: Callable[[str], None]) -> None:
        self._directory = directory
        self._warn = warn

    def save(self, state: TrainingState) -> None:
        """Write `state`, then drop all but the newest two.

        Raises: OSError or SafetensorError: disk full; older checkpoints are then untouched.
        """
        self._directory.mkdir(exist_ok=True)
        with replaced_directory(self._directory / f"step-{state.step:08d}") as part:
            # Tied weights share memory, which safetensors refuses to write; a copy of its own is what a resume needs.
            own = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in state.tensors.items()}
            save_file(own, part / "tensors.safetensors")
            (part / "state.json").write_text(json.dumps({"step": state.step, "numbers": state.numbers}))
        for old in self._all()[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)

    def load_latest(self) -> TrainingState | None:
        """The newest undamaged state, or None; a damaged one is skipped with a warning."""
        for path in self._all():
            try:
                verify_directory(path)
                meta = json.loads((path / "state.json").read_text())
                return TrainingState(meta["step"], load_file(path / "tensors.safetensors"), meta["numbers"])
            except (ConfigError, OSError, ValueError, KeyError) as error:
                self._warn(f"checkpoint {path.name} is left aside: {error}")
        return None

    def _all(self) -> list[Path]:
        return sorted(self._directory.glob("step-*"), reverse=True)


def capture(
    step: int,
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    numbers: dict[str, Any] | None = None,
    beside: Mapping[str, Tensor] | None = None,
) -> TrainingState:
    """The state after `step` finished steps: trainable weights, optimizer moments, random state, what else there is.

    It holds weights in shards as it holds whole ones, so that any number of processes can go on. Then all have to call
    this at once, and the first gets it.
    """
    tensors = {f"model.{name}": assembled(p, own_part(p)) for name, p in model.named_parameters() if p.requires_grad}
    parts = [part for group in optimizer.param_groups for part in group["params"]]
    for index, values in optimizer.state_dict()["state"].items():
        tensors |= {
            f"optimizer.{index}.{key}": assembled(parts[index], torch.as_tensor(value)) for key, value in values.items()
        }
    tensors |= {f"beside.{name}": tensor for name, tensor in (beside or {}).items()}
    tensors["rng.cpu"] = torch.get_rng_state()
    if torch.cuda.is_available():
        tensors["rng.cuda"] = torch.cuda.get_rng_state()
    return TrainingState(step, tensors, numbers or {})


def restore(
    state: TrainingState,
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    beside: Mapping[str, Tensor] | None = None,
) -> None:
    """Put `state` back into a model and optimizer built the same way, and into the tensors beside them.

    Raises: ConfigError: the checkpoint belongs to another model.
    """
    parameters = {name: p for name, p in model.named_parameters() if p.requires_grad}
    saved = {name.removeprefix("model."): t for name, t in state.tensors.items() if name.startswith("model.")}
    if saved.keys() != parameters.keys():
        raise ConfigError("the checkpoint was written by another model: remove the checkpoint directory to start over")
    with torch.no_grad():
        for name, parameter in parameters.items():
            own_part(parameter).copy_(part_of(parameter, saved[name]))
    for name, tensor in (beside or {}).items():
        tensor.copy_(state.tensors[f"beside.{name}"])
    parts = [part for group in optimizer.param_groups for part in group["params"]]
    moments: dict[int, dict[str, Tensor]] = {}
    for name, tensor in state.tensors.items():
        if name.startswith("optimizer."):
            _, index, key = name.split(".")
            moments.setdefault(int(index), {})[key] = part_of(parts[int(index)], tensor)
    optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})
    torch.set_rng_state(state.tensors["rng.cpu"])
    if "rng.cuda" in state.tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(state.tensors["rng.cuda"])
