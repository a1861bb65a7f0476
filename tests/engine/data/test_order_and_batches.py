"""Which rows go together, and when."""

from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.data.dialogues import Dialogue, collate, length_buckets
from rlhf_backend.data.jsonl import read_rows
from rlhf_backend.data.order import derived_seed, epoch_batches, step_rows
from rlhf_backend.errors import DataError
from rlhf_backend.types import PromptRow


@given(st.integers(1, 20), st.integers(1, 30), st.integers(0, 5))
def test_every_row_is_taken_once_an_epoch(count: int, per_step: int, seed: int) -> None:
    taken = [row for step in range(count) for row in step_rows(count, per_step=per_step, step=step, seed=seed)]
    assert set(Counter(taken).values()) == {per_step}
    assert sorted(taken[:count]) == list(range(count))


def test_a_step_does_not_depend_on_the_steps_before() -> None:
    assert step_rows(7, per_step=3, step=5, seed=1) == step_rows(7, per_step=3, step=5, seed=1)
    assert step_rows(50, per_step=9, step=0, seed=1) != step_rows(50, per_step=9, step=0, seed=2)


def test_places_have_seeds_of_their_own() -> None:
    seeds = {derived_seed(seed, step, place) for seed in (0, 2**62) for step in range(20) for place in range(20)}
    assert len(seeds) == 800
    assert all(0 <= seed < 2**63 for seed in seeds)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=80), st.integers(1, 100))
def test_buckets_hold_every_row_once_within_the_budget(lengths: list[int], tokens: int) -> None:
    buckets = list(length_buckets(lengths, tokens=tokens))
    assert sorted(i for bucket in buckets for i in bucket) == list(range(len(lengths)))
    for bucket in buckets:
        assert len(bucket) == 1 or len(bucket) * max(lengths[i] for i in bucket) <= tokens


@given(st.lists(st.integers(1, 50), min_size=1, max_size=80), st.integers(1, 9))
def test_an_epoch_holds_every_row_once(lengths: list[int], batch_size: int) -> None:
    batches = epoch_batches(lengths, batch_size=batch_size, epoch=1, seed=0)
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    assert max(map(len, batches)) <= batch_size
    assert len(batches) == -(-len(lengths) // batch_size)


def test_batches_are_padded_on_the_right() -> None:
    batch = collate([Dialogue([5, 6], [7]), Dialogue([8], [9, 9, 9])], pad_id=0, device=torch.device("cpu"))
    assert batch.ids.tolist() == [[5, 6, 7, 0], [8, 9, 9, 9]]
    assert batch.prompt_lengths.tolist() == [2, 1]
    assert batch.lengths.tolist() == [3, 4]


def test_an_empty_file_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "prompts.jsonl").write_text("\n")
    with pytest.raises(DataError, match="holds no rows"):
        read_rows(tmp_path / "prompts.jsonl", PromptRow)
    with pytest.raises(DataError, match="is missing"):
        read_rows(tmp_path / "other.jsonl", PromptRow)
