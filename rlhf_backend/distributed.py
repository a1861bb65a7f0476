"""Several processes that train one network together: each takes its share of a step, and their gradients are added up.

Every process goes the same way through a recipe. The first alone decides, tells and writes; where another fails, the
first hears of it at their next meeting (`_meet`) and fails for the same reason. A process that is alone meets nobody:
what it gives to a function of this module comes back as it is.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.rendezvous import rendezvous
from torch.distributed.tensor import DTensor

from rlhf_backend.errors import (
    ConfigError,
    CoreError,
    DataError,
    ProcessMissed,
    ResourceError,
    RunCancelled,
    RunInterrupted,
)
from rlhf_backend.failures import explain
from rlhf_backend.models.device import device
from rlhf_backend.process import neighbours, place, processes

T = TypeVar("T")

# Who waits for a look of the monitor or for a file may wait long; a process that dies is noticed at once.
_PATIENCE = timedelta(days=7)
# Elements of gradients that are added up in one message.
_BUCKET = 2**24


class ShareDone(CoreError):  # noqa: N818
    """A process other than the first has done its share: what is left to do is not its own."""


@dataclass(frozen=True)
class _Group:
    """Who trains together. Objects go through `meeting`, between processors; gradients from where they lie.

    store: where a process leaves its error that others wait for in the midst of a pass.
    """

    rank: int
    world: int
    meeting: Any
    store: Any = None


_group: _Group | None = None
_tied = False
_LAST_WORDS = "last_words"


@contextmanager
def joined() -> Iterator[None]:
    """While it lasts, the processes that were started together are one group; `torchrun` says how they find each other.

    Raises: ConfigError: there are not as many GPUs as processes. ResourceError: another process died.
    ProcessMissed: in one that fails where others wait for it in the midst of a pass.
    """
    global _group, _tied
    if processes() == 1:
        yield
        return
    backend = _backend()
    try:
        store, rank, world = next(rendezvous("env://"))
        dist.init_process_group(backend, store=store, rank=rank, world_size=world)
        _group = _Group(rank, world, dist.new_group(backend="gloo", timeout=_PATIENCE), store)
        yield
    except ShareDone:
        raise
    except Exception as error:
        if is_first():
            if _tied and _is_of_another(error):
                raise _departed(error) from error
        else:
            _tell_the_first(error)
        raise
    finally:
        _group, _tied = None, False


def _tell_the_first(error: Exception) -> None:
    """Raises: ProcessMissed: the first cannot be told now, but finds the words when this process is gone."""
    if _tied and _group is not None:
        with suppress(Exception):  # the first may have ended already
            _group.store.set(_LAST_WORDS, _packed(_Word(error=_in_words(error))))
        raise ProcessMissed("this process failed where others wait for it") from error
    with suppress(Exception):
        _send(_Word(error=_in_words(error)))


def world() -> int:
    """How many processes share the work."""
    return 1 if _group is None else _group.world


def rank() -> int:
    """Which of them this one is, from 0."""
    return 0 if _group is None else _group.rank


def is_first() -> bool:
    """Whether this process is the one that decides and writes."""
    return _group is None or _group.rank == 0


def dismiss() -> None:
    """The shared work is over: from here on the first process is alone.

    Raises: ShareDone: in all others.
    """
    global _group, _tied
    if not is_first():
        raise ShareDone("the shared steps are done")
    _group, _tied = None, False


def tie() -> None:
    """From here on processes wait for each other in the midst of passes, where nobody can be told of an error."""
    global _tied
    _tied = True


def is_tied() -> bool:
    """Whether they do."""
    return _tied


# -------------------------------------------------------------------------------------------- shares


def share(count: int) -> range:
    """This process's part of so many things: neighbours, so that parts put together keep the order."""
    if _group is None:
        return range(count)
    return range(_group.rank * count // _group.world, (_group.rank + 1) * count // _group.world)


def even_share(sizes: Sequence[int]) -> list[int]:
    """This process's part of things of these sizes, about as much as each other one's."""
    if _group is None:
        return list(range(len(sizes)))
    return sorted(range(len(sizes)), key=lambda i: -sizes[i])[_group.rank :: _group.world]


# ------------------------------------------------------------------------------------------ meetings


def first_alone(act: Callable[[], T]) -> T:
    """What the first process gets by an act that is its alone; the others wait for it.

    Raises: what the act raises, in the first process; the others end with it.
    """
    if _group is None:
        return act()
    found: T = _meet(act() if is_first() else None)[0]
    return found


def gathered(parts: list[T]) -> list[T]:
    """The parts of all processes, the first's first; tensors come to this process's device."""
    return parts if _group is None else [part for theirs in _meet(parts) for part in theirs]


def added(part: float) -> float:
    """The sum over the processes."""
    return part if _group is None else float(sum(_meet(part)))


def fewer(count: int) -> int:
    """How many fewer this process brings than the one that brings the most."""
    return 0 if _group is None else int(max(_meet(count))) - count


def added_metrics(parts: Mapping[str, float]) -> dict[str, float]:
    """The sum over the processes, name by name."""
    if _group is None:
        return dict(parts)
    found: dict[str, float] = {}
    for theirs in _meet(dict(parts)):
        for name, value in theirs.items():
            found[name] = found.get(name, 0.0) + value
    return found


@dataclass(frozen=True)
class _Word:
    """What a process brings to a meeting: a value, or the kind and the words of its error."""

    value: Any = None
    error: tuple[type[CoreError], str] | None = None


_ERRORS = {error.code: error for error in (CoreError, ConfigError, DataError, ResourceError)}


def _in_words(error: Exception) -> tuple[type[CoreError], str]:
    """An error as others can raise it, whatever it holds."""
    told = explain(error)
    kind = type(error) if isinstance(error, RunCancelled | RunInterrupted) else _ERRORS[told.code]
    return kind, told.message


def _meet(value: Any) -> list[Any]:
    """What every process brings, by rank.

    Raises: the error that one brings. ResourceError: one has died.
    """
    words = _send(_Word(value))
    for word in words:
        if word.error is not None:
            kind, message = word.error
            raise kind(message)
    return [word.value for word in words]


def _send(word: _Word) -> list[_Word]:
    if _group is None:
        return [word]
    found: list[bytes] = [b""] * _group.world
    with _noticing_death():
        dist.all_gather_object(found, _packed(word), group=_group.meeting)
    return [_unpacked(sent) for sent in found]


def _packed(word: _Word) -> bytes:
    buffer = io.BytesIO()
    torch.save(word, buffer)
    return buffer.getvalue()


def _unpacked(sent: bytes) -> _Word:
    found: _Word = torch.load(io.BytesIO(sent), map_location=_to_own_device, weights_only=False)
    return found


@contextmanager
def _noticing_death() -> Iterator[None]:
    """Raises: ResourceError: a process that this one talks to is gone."""
    try:
        yield
    except RuntimeError as error:
        raise _departed(error) from error


def _departed(error: BaseException) -> CoreError:
    """Why another process is gone: what it left to say, or that it said nothing."""
    with suppress(Exception):
        if _tied and _group is not None and _group.store.check([_LAST_WORDS]):
            told = _unpacked(_group.store.get(_LAST_WORDS)).error
            if told is not None:
                return told[0](told[1])
    return ResourceError(
        f"a process beside this one ended without a word, as when the system kills it for memory: {error}"
    )


def _is_of_another(error: Exception) -> bool:
    """Whether the error is one of talking to another process."""
    found = isinstance(error, dist.DistError) or any(word in str(error) for word in ("gloo", "NCCL"))
    return isinstance(error, RuntimeError) and found and not isinstance(error, torch.OutOfMemoryError)


def _to_own_device(storage: Any, location: str) -> Any:
    return storage if location == "cpu" else storage.cuda()


# ------------------------------------------------------------------------------------------- tensors


def sum_gradients(network: torch.nn.Module) -> None:
    """Give every process the sum of all their gradients. A parameter that none has a gradient of keeps none.

    Those of sharded parameters are left: passes have added them up.
    """
    if _group is None:
        return
    trained = [p for p in network.parameters() if p.requires_grad and not isinstance(p, DTensor)]
    found = _meet([parameter.grad is not None for parameter in trained])
    concerned = [parameter for parameter, had in zip(trained, zip(*found, strict=True), strict=True) if any(had)]
    for parameter in concerned:
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
    _for_buckets([parameter.grad for parameter in concerned if parameter.grad is not None], dist.all_reduce)


def spread_from_first(tensors: Sequence[Tensor]) -> None:
    """Put the first process's values in place of the others', whose arithmetic may differ in the last bit."""
    if _group is not None:
        _meet(None)
        whole = [tensor.detach() for tensor in tensors if not isinstance(tensor, DTensor)]
        _for_buckets(whole, lambda flat: dist.broadcast(flat, src=0))


def _for_buckets(tensors: Sequence[Tensor], act: Callable[[Tensor], Any]) -> None:
    """Act on tensors in place, several at once where they are small."""
    bucket: list[Tensor] = []
    for number, tensor in enumerate(tensors):
        bucket.append(tensor)
        following = tensors[number + 1] if number + 1 < len(tensors) else None
        full = sum(part.numel() for part in bucket) >= _BUCKET
        if following is None or full or following.dtype != tensor.dtype:
            flat = torch.cat([part.flatten() for part in bucket]).to(device())
            with _noticing_death():
                act(flat)
            for part, values in zip(bucket, torch.split(flat, [part.numel() for part in bucket]), strict=True):
                part.copy_(values.view_as(part))
            bucket = []


def _backend() -> str:
    """Raises: ConfigError: there are not as many GPUs as processes."""
    if device().type == "cpu":
        return "gloo"
    wanted, there = neighbours(), torch.cuda.device_count()
    if wanted > there:
        raise ConfigError(
            f"{wanted} processes on this machine find {there} GPUs: start as many processes as there are GPUs "
            "(RLHF_ENGINE_PROCESSES, or --nproc-per-node of torchrun), or hide the GPUs with CUDA_VISIBLE_DEVICES="
        )
    torch.cuda.set_device(place())
    return "nccl"
