"""What of a model fits in memory, and what is said where it does not."""

import pytest

from rlhf_backend.errors import ResourceError
from rlhf_backend.models.device import must_be_sharded

MILLION = 10**6


@pytest.mark.parametrize(
    ("processes", "memory", "expected"),
    [(1, 16, False), (2, 16, False), (2, 15, True), (2, 10, True), (4, 7, True), (4, 16, False)],
)
def test_weights_are_sharded_where_they_do_not_fit_with_their_optimizer(
    processes: int, memory: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.memory_bytes", lambda: memory * MILLION)
    assert must_be_sharded(MILLION, "policy", instead="Train less", processes=processes) == expected


@pytest.mark.parametrize(
    ("processes", "memory", "said"),
    [
        (1, 15, r"a policy of 1,000 million takes 14\.9 GB before .* has 14\.0 GB here\. Train less, or share it"),
        (2, 9, r"takes 14\.9 GB \(9\.3 GB in shards of 2 processes\) before .* has 8\.4 GB here"),
        (4, 6, r"\(6\.5 GB in shards of 4 processes\)"),
    ],
)
def test_what_does_not_fit_in_shards_either_is_refused_with_all_figures(
    processes: int, memory: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.memory_bytes", lambda: memory * 1000 * MILLION)
    with pytest.raises(ResourceError, match=said):
        must_be_sharded(1000 * MILLION, "policy", instead="Train less", processes=processes)
