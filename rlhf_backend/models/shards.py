"""Shards: networks of which each process keeps a part of every weight, of its gradient and of its moments.

A layer is whole for as long as it is read, forwards or backwards; then all but the own part is dropped again. All
processes put it together at the same time, so each has to read a sharded network as often as the others do.

Source: Rajbhandari et al. 2019 (ZeRO), arXiv:1910.02054; Zhao et al. 2023 (FSDP), arXiv:2304.11277. What happens in the
midst of a pass is torch's `fully_shard`.
"""

import copy
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard, register_fsdp_forward_method
from torch.distributed.tensor import DTensor
from torch.nn.utils import clip_grad_norm_, clip_grads_with_norm_, get_total_norm

from rlhf_backend.distributed import added, is_first, rank, tie, world
from rlhf_backend.models.device import device

T = TypeVar("T")

IN_SHARDS = "no process has room for all weights with their optimizer: each of {} keeps its part of them"


class Sharded:
    """A network in shards for the steps, beside the network itself, which is empty except while `whole` lasts.

    Who samples, looks or writes uses the network itself and knows nothing of shards.
    """

    def __init__(self, network: Any) -> None:
        """To be called by all processes at once; from here on they wait for each other in the midst of passes."""
        self._network = network
        tie()
        self.network: Any = sharded(_sharing_tensors(network))
        self._empty()

    @contextmanager
    def whole(self, *, everywhere: bool) -> Iterator[None]:
        """While it lasts, the network itself has its present weights: in all processes, or in the first alone.

        To be entered by all processes at once.
        """
        self._fill(wanted=everywhere or is_first())
        try:
            yield
        finally:
            self._empty()

    def put_together(self) -> None:
        """The steps are over: the first process's network has its weights from here on, and nobody has shards."""
        self._fill(wanted=is_first())
        del self.network

    @torch.no_grad()
    def _fill(self, *, wanted: bool) -> None:
        for weight, shard in self._pairs():
            found = shard.full_tensor()
            if wanted:
                weight.data = found

    def _empty(self) -> None:
        for weight, _ in self._pairs():
            weight.data = weight.data.new_empty(0)

    def _pairs(self) -> Iterator[tuple[nn.Parameter, DTensor]]:
        for weight, shard in zip(self._network.parameters(), self.network.parameters(), strict=True):
            if isinstance(shard, DTensor):
                yield weight, shard


def sharded(network: Any) -> Any:
    """`network`, from here on in shards: each of its layers by itself, and what lies outside of layers together.

    Gradients of all processes are added up, as `distributed.sum_gradients` does it with those of whole weights.
    """
    mesh = init_device_mesh(device().type, (world(),))
    single = {parameter for parameter in network.parameters() if parameter.ndim == 0}  # there is nothing to part
    for module in [*_layers(network), network]:
        fully_shard(module, mesh=mesh, ignored_params=single)
        module.set_gradient_divide_factor(1.0)
        module.set_force_sum_reduction_for_comms(True)
    network.inside = _call
    register_fsdp_forward_method(network, "inside")
    return network


def inside(network: Any, read: Callable[[], T]) -> T:
    """What comes of `read`, which reads parts of a network by themselves: what lies outside of layers is then whole."""
    found: T = network.inside(read) if hasattr(network, "inside") else read()
    return found


def _call(read: Callable[[], T]) -> T:
    return read()


def _sharing_tensors(network: Any) -> Any:
    """A network of the same tensors, which can be given others without changing the first."""
    tensors = [*network.parameters(), *network.buffers()]
    return copy.deepcopy(network, {id(tensor): tensor for tensor in tensors})


def _layers(network: Any) -> Iterator[Any]:
    """The members of its outermost lists: the blocks of a decoder."""
    for child in network.children():
        yield from child if isinstance(child, nn.ModuleList) else _layers(child)


# ------------------------------------------------------------------------------------------------ parts


class Part(nn.Parameter):
    """This process's part of a sharded weight, in the same memory: what an optimizer here changes."""

    weight: Any


def own_part(parameter: nn.Parameter) -> nn.Parameter:
    """What an optimizer of this process changes of a weight: all of it, or the part that lies here."""
    if not isinstance(parameter, DTensor):
        return parameter
    part = Part(parameter.to_local().detach())
    part.weight = parameter
    return part


def clip_gradients(parts: list[nn.Parameter], max_norm: float) -> float:
    """Scale the gradients of these weights down to this norm, all together; the norm that they had.

    Parts of sharded weights take over the gradients that passes have left on the latter.
    """
    here = [part for part in parts if isinstance(part, Part)]
    if not here:
        return float(clip_grad_norm_(parts, max_norm))
    for part in here:
        gradient, part.weight.grad = part.weight.grad, None
        part.grad = None if gradient is None else gradient.to_local()
    norms = [
        float(get_total_norm([p.grad for p in some if p.grad is not None]))
        for some in (here, [part for part in parts if not isinstance(part, Part)])
    ]
    norm = math.sqrt(added(norms[0] ** 2) + norms[1] ** 2)
    clip_grads_with_norm_(parts, max_norm, torch.tensor(norm, device=device()))
    return norm


@torch.no_grad()
def assembled(part: Tensor, values: Tensor) -> Tensor:
    """The whole of which each process has `values`, beside its `part` of a weight; of a whole weight what is given.

    To be called by all processes at once; it is kept on the processor, and only in the first.
    """
    weight = part.weight if isinstance(part, Part) else part
    if not isinstance(weight, DTensor) or values.ndim == 0:
        return values.detach()
    parted = DTensor.from_local(
        values.detach(), weight.device_mesh, weight.placements, shape=weight.shape, stride=weight.stride()
    )
    whole = parted.full_tensor()
    return whole.cpu() if is_first() else whole.new_empty(0)


def part_of(part: Tensor, whole: Tensor) -> Tensor:
    """Of something as large as a weight, what lies where this process has its `part` of that weight."""
    weight = part.weight if isinstance(part, Part) else part
    if not isinstance(weight, DTensor) or whole.ndim == 0:
        return whole
    rows = -(-len(whole) // world())
    return whole[rank() * rows : (rank() + 1) * rows].clone()
