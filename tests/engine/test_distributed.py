"""How processes that train together part work, and how one tells the others what went wrong."""

import errno

import pytest
import torch

from rlhf_backend import distributed
from rlhf_backend.distributed import (
    added,
    dismiss,
    even_share,
    first_alone,
    gathered,
    is_first,
    share,
    sum_gradients,
    world,
)
from rlhf_backend.errors import ConfigError, CoreError, DataError, FailureCode, ResourceError, RunCancelled


class Group:
    """What a process of three knows of itself."""

    def __init__(self, rank: int) -> None:
        self.rank, self.world, self.meeting = rank, 3, None


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 12])
def test_shares_are_everything_once_and_in_order(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = [(7 * i) % 11 for i in range(count)]
    parts, even = [], []
    for rank in range(3):
        monkeypatch.setattr(distributed, "_group", Group(rank))
        parts.append(list(share(count)))
        even.append(even_share(sizes))
    assert [i for part in parts for i in part] == list(range(count))
    assert sorted(i for part in even for i in part) == list(range(count))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    loads = [sum(sizes[i] for i in part) for part in even]
    assert max(loads) - min(loads) <= 10


def test_a_process_alone_gets_back_what_it_gives() -> None:
    tensor = torch.ones(2)
    network = torch.nn.Linear(2, 1)
    network(tensor).sum().backward()
    before = [parameter.grad for parameter in network.parameters()]
    sum_gradients(network)
    assert all(parameter.grad is grad for parameter, grad in zip(network.parameters(), before, strict=True))
    parts = [tensor]
    assert gathered(parts) is parts
    assert added(0.1) == 0.1
    assert first_alone(lambda: 3) == 3
    assert (world(), is_first(), list(share(3)), even_share([5, 9])) == (1, True, [0, 1, 2], [0, 1])
    dismiss()


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (ConfigError("a model is missing"), ConfigError, FailureCode.CONFIG),
        (DataError("no rows"), DataError, FailureCode.DATA),
        (RunCancelled("cancelled"), RunCancelled, FailureCode.CANCELLED),
        (MemoryError(), ResourceError, FailureCode.RESOURCE),
        (OSError(errno.ENOSPC, "no space"), ResourceError, FailureCode.RESOURCE),
        (ZeroDivisionError("oops"), CoreError, FailureCode.INTERNAL),
    ],
)
def test_what_goes_wrong_in_one_process_is_what_the_first_fails_of(
    error: Exception, kind: type[CoreError], code: FailureCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "_group", Group(0))
    theirs = distributed._Word(error=distributed._in_words(error))
    monkeypatch.setattr(distributed, "_send", lambda word: [word, theirs])
    with pytest.raises(CoreError) as raised:
        added(1.0)
    assert type(raised.value) is kind
    assert raised.value.code == code
    assert str(error) in str(raised.value)


def test_the_others_end_where_the_first_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "_group", Group(1))
    with pytest.raises(distributed.ShareDone):
        dismiss()
    monkeypatch.setattr(distributed, "_group", Group(0))
    dismiss()
    assert world() == 1


def test_more_processes_than_gpus_are_refused_by_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distributed, "device", lambda: torch.device("cuda"))
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    for name, value in {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "RANK": "0", "LOCAL_RANK": "0"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match="2 processes on this machine find 1 GPUs"), distributed.joined():
        pass
