"""Likelihoods of verdicts."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.ops.dpo_losses import dpo_loss, implicit_rewards
from rlhf_backend.ops.preference_losses import bradley_terry_loss, rao_kupper_loss

rewards = st.floats(-20, 20)


def double(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def ties(*values: bool) -> torch.Tensor:
    return torch.tensor(values)


def test_bradley_terry_by_hand() -> None:
    # σ(1) = .731059, σ(2) = .880797; a tie costs the mean of both sides.
    loss = bradley_terry_loss(double(1.0, 2.0, 1.0), double(1.0, 0.0, 0.5))
    expected = (-math.log(0.7310586) - math.log(1 - 0.8807971) - 0.5 * math.log(0.7310586 * (1 - 0.7310586))) / 3
    assert loss.item() == pytest.approx(expected, abs=1e-6)


def test_margins_ask_for_a_lead_of_the_preferred_one() -> None:
    plain = bradley_terry_loss(double(0.5, -0.5), double(1.0, 0.0))
    shifted = bradley_terry_loss(double(1.5, -1.5), double(1.0, 0.0), margins=double(1.0, 1.0))
    assert shifted.item() == pytest.approx(plain.item())


def test_weights_are_shares_of_the_mean() -> None:
    loss = bradley_terry_loss(double(1.0, -3.0), double(1.0, 1.0), weights=double(3.0, 1.0))
    expected = (3 * math.log1p(math.exp(-1)) + math.log1p(math.exp(3))) / 4
    assert loss.item() == pytest.approx(expected)
    left_out = bradley_terry_loss(double(1.0, -3.0), double(1.0, 1.0), weights=double(1.0, 0.0))
    assert left_out.item() == pytest.approx(math.log1p(math.exp(-1)))


@given(rewards, st.floats(0.01, 5))
def test_the_three_verdicts_of_rao_kupper_sum_to_one(difference: float, threshold: float) -> None:
    total = sum(
        math.exp(-rao_kupper_loss(double(difference), double(target), ties(target == 0.5), threshold=threshold).item())
        for target in (0.0, 0.5, 1.0)
    )
    assert total == pytest.approx(1, abs=1e-9)


@given(rewards, st.sampled_from([0.0, 0.5, 1.0]), st.floats(0.05, 3), st.floats(0, 2))
def test_swapping_a_and_b_changes_nothing(difference: float, target: float, threshold: float, margin: float) -> None:
    one = rao_kupper_loss(
        double(difference), double(target), ties(target == 0.5), threshold=threshold, margins=double(margin)
    )
    two = rao_kupper_loss(
        double(-difference), double(1 - target), ties(target == 0.5), threshold=threshold, margins=double(margin)
    )
    assert one.item() == pytest.approx(two.item())


@given(rewards, st.sampled_from([0.0, 1.0]))
def test_rao_kupper_without_ties_tends_to_bradley_terry(difference: float, target: float) -> None:
    plain = bradley_terry_loss(double(difference), double(target))
    limit = rao_kupper_loss(double(difference), double(target), ties(False), threshold=1e-9)
    assert limit.item() == pytest.approx(plain.item(), abs=1e-7)


def test_margins_do_not_touch_ties() -> None:
    with_margin = rao_kupper_loss(double(0.3), double(0.5), ties(True), threshold=0.5, margins=double(7.0))
    assert with_margin.item() == rao_kupper_loss(double(0.3), double(0.5), ties(True), threshold=0.5).item()


@pytest.mark.parametrize("threshold", [None, 0.7])
def test_gradients_agree_with_finite_differences(threshold: float | None) -> None:
    generator = torch.Generator().manual_seed(0)
    differences = torch.randn(6, generator=generator, dtype=torch.float64, requires_grad=True)
    targets, margins = double(1, 0, 0.5, 1, 0, 0.5), double(0, 0.5, 1, 1, 0, 0)
    weights = torch.rand(6, generator=generator, dtype=torch.float64)

    def loss(d: torch.Tensor) -> torch.Tensor:
        if threshold is None:
            return bradley_terry_loss(d, targets, margins=margins, weights=weights)
        return rao_kupper_loss(d, targets, targets == 0.5, threshold=threshold, margins=margins, weights=weights)

    assert torch.autograd.gradcheck(loss, (differences,))


def test_one_loss_for_each_head() -> None:
    differences = torch.tensor([[1.0, -1.0], [2.0, 0.0]])
    losses = rao_kupper_loss(
        differences, torch.tensor([1.0, 0.5]), ties(False, True), threshold=0.5, weights=torch.ones(2, 2)
    )
    single = [rao_kupper_loss(row, torch.tensor([1.0, 0.5]), ties(False, True), threshold=0.5) for row in differences]
    torch.testing.assert_close(losses, torch.stack(single))


@given(rewards)
def test_extreme_rewards_stay_finite(difference: float) -> None:
    far = torch.tensor([difference * 1e4], requires_grad=True)
    loss = rao_kupper_loss(far, torch.tensor([0.5]), ties(True), threshold=0.5)
    loss.backward()  # type: ignore[no-untyped-call]
    assert math.isfinite(loss.item())
    assert far.grad is not None
    assert math.isfinite(far.grad.item())


def test_dpo_by_hand() -> None:
    a = implicit_rewards(double(-10.0), double(-12.0), beta=0.1)
    b = implicit_rewards(double(-9.0), double(-8.0), beta=0.1)
    # β·((−10 + 12) − (−9 + 8)) = .3
    assert dpo_loss(a, b, double(1.0)).item() == pytest.approx(math.log1p(math.exp(-0.3)))
    assert dpo_loss(a, b, double(0.0)).item() == pytest.approx(math.log1p(math.exp(0.3)))


def test_dpo_of_a_tie_is_least_where_both_are_equally_likely() -> None:
    losses = [dpo_loss(double(d), double(0.0), double(0.5)).item() for d in (-1.0, 0.0, 1.0)]
    assert losses[1] == min(losses)
    assert losses[0] == pytest.approx(losses[2])
