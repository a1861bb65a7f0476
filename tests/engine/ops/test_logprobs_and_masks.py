"""Log-probabilities, masks and pooling."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.ops.logprobs import logprobs_and_entropies, sum_by_row, token_logprobs
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
    logits = torch.tensor([[0.0, 0.0, 0.0, 0.0], [50.0, 0.0, 0.0, 0.0]])
    _, entropies = logprobs_and_entropies(logits, torch.tensor([0, 0]))
    assert entropies.tolist() == pytest.approx([math.log(4), 0.0], abs=1e-6)


@pytest.mark.parametrize("at_once", [1, 40, 10**6])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_values_and_slopes_are_those_of_the_log_softmax_however_many_rows_are_worked_on_at_once(
    at_once: int, temperature: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlhf_backend.ops.logprobs._PROCESSOR_SCORES", at_once)
    torch.manual_seed(0)
    logits = (4 * torch.randn(7, 12, dtype=torch.float64)).requires_grad_()
    tokens, kept = torch.randint(12, (7,)), logits.detach().clone()
    log_p = (logits / temperature).log_softmax(-1)
    values, entropies = logprobs_and_entropies(logits, tokens, temperature=temperature)
    torch.testing.assert_close(values, log_p.gather(-1, tokens[:, None]).squeeze(-1))
    torch.testing.assert_close(entropies, -(log_p.exp() * log_p).sum(-1))
    assert not entropies.requires_grad
    assert torch.equal(logits, kept)
    assert torch.autograd.gradcheck(lambda x: token_logprobs(x, tokens, temperature=temperature), logits)


def test_the_gradient_has_the_precision_of_the_logits() -> None:
    logits = torch.randn(3, 5).bfloat16().requires_grad_()
    token_logprobs(logits, torch.tensor([0, 1, 2])).sum().backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert logits.grad.dtype == torch.bfloat16


def test_no_positions_give_no_values() -> None:
    values, entropies = logprobs_and_entropies(torch.zeros(0, 5), torch.zeros(0, dtype=torch.long))
    assert values.shape == entropies.shape == (0,)


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
