"""Log-probabilities, masks and pooling."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.ops.logprobs import sum_by_row, token_entropies, token_logprobs
from rlhf_backend.ops.masking import completion_mask, length_mask, predicting_mask
from rlhf_backend.ops.pooling import pool_last, pool_mean


def test_token_logprobs_by_hand() -> None:
    logits = torch.tensor([[0.0, math.log(3.0)], [math.log(9.0), 0.0]])
    assert token_logprobs(logits, torch.tensor([1, 1])).exp().tolist() == pytest.approx([0.75, 0.1])
    # Halving the logits takes roots of the odds: 3 : 1 from 9 : 1.
    assert token_logprobs(logits, torch.tensor([1, 0]), temperature=2.0).exp()[1].item() == pytest.approx(0.75)


def test_half_precision_logits_are_summed_in_float32() -> None:
    logits = torch.zeros(1, 5000, dtype=torch.bfloat16)
    value = token_logprobs(logits, torch.tensor([7]))
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx(-math.log(5000), abs=1e-5)


def test_entropy_is_greatest_where_nothing_is_known() -> None:
    entropies = token_entropies(torch.tensor([[0.0, 0.0, 0.0, 0.0], [50.0, 0.0, 0.0, 0.0]]))
    assert entropies.tolist() == pytest.approx([math.log(4), 0.0], abs=1e-6)


def test_ragged_sums_leave_empty_rows_at_zero() -> None:
    sums = sum_by_row(torch.tensor([1.0, 2.0, 4.0]), torch.tensor([0, 0, 2]), 4)
    assert sums.tolist() == [3.0, 0.0, 4.0, 0.0]


def test_masks_by_hand() -> None:
    prompts, lengths = torch.tensor([2, 1]), torch.tensor([4, 3])
    assert length_mask(lengths, 5).int().tolist() == [[1, 1, 1, 1, 0], [1, 1, 1, 0, 0]]
    assert completion_mask(prompts, lengths, 5).int().tolist() == [[0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
    assert predicting_mask(prompts, lengths, 5).int().tolist() == [[0, 1, 1, 0, 0], [1, 1, 0, 0, 0]]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=5))
def test_each_completion_token_is_predicted_once(sizes: list[tuple[int, int]]) -> None:
    prompts = torch.tensor([p for p, _ in sizes])
    lengths = torch.tensor([p + c for p, c in sizes])
    width = int(lengths.max())
    rows, positions = predicting_mask(prompts, lengths, width).nonzero(as_tuple=True)
    predicted = torch.zeros(len(sizes), width, dtype=torch.bool)
    predicted[rows, positions + 1] = True
    assert torch.equal(predicted, completion_mask(prompts, lengths, width))


def test_an_empty_prompt_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        predicting_mask(torch.tensor([0]), torch.tensor([2]), 3)


def test_pooling_by_hand() -> None:
    hidden = torch.arange(12.0).view(1, 6, 2)
    mask = torch.tensor([[False, True, True, True, False, False]])
    assert pool_last(hidden, mask).tolist() == [[6.0, 7.0]]
    assert pool_mean(hidden, mask).tolist() == [[4.0, 5.0]]


@pytest.mark.parametrize("pool", [pool_last, pool_mean])
def test_what_lies_outside_the_mask_does_not_matter(pool: object) -> None:
    hidden = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0))
    mask = torch.tensor([[False, True, True, False, False], [True, True, True, True, False]])
    changed = torch.where(mask.unsqueeze(-1), hidden, 99.0)
    assert torch.equal(pool(hidden, mask), pool(changed, mask))  # type: ignore[operator]


def test_an_empty_row_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one position"):
        pool_mean(torch.zeros(2, 3, 1), torch.tensor([[True, False, False], [False, False, False]]))
