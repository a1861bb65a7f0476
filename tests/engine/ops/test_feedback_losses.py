"""Likelihoods of feedback other than a verdict on a pair."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rlhf_backend.ops.preference_losses import (
    bradley_terry_loss,
    davidson_loss,
    davidson_luce_loss,
    level_loss,
    passage_loss,
    rao_kupper_loss,
    rating_loss,
)

rewards = st.floats(-20, 20)
thresholds = st.floats(0.05, 3)


def double(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def flag(value: bool) -> torch.Tensor:
    return torch.tensor([value])


def weak_orders(k: int) -> list[tuple[int, ...]]:
    """Every ranking of k things with ties, as dense ranks."""
    orders = set()
    for ranks in itertools.product(range(k), repeat=k):
        places = {rank: place for place, rank in enumerate(sorted(set(ranks)), start=1)}
        orders.add(tuple(places[rank] for rank in ranks))
    return sorted(orders)


@pytest.mark.parametrize("loss", [rao_kupper_loss, davidson_loss])
def test_a_soft_target_is_a_mean_of_both_verdicts_and_a_coin_flip_is_no_tie(loss: object) -> None:
    d = double(0.8)

    def of(target: float, tie: bool) -> float:
        return loss(d, double(target), flag(tie), threshold=0.5).item()  # type: ignore[operator,no-any-return]

    assert of(0.3, False) == pytest.approx(0.3 * of(1.0, False) + 0.7 * of(0.0, False))
    assert of(0.5, False) == pytest.approx(0.5 * of(1.0, False) + 0.5 * of(0.0, False))
    assert of(0.5, True) != pytest.approx(of(0.5, False))


@given(rewards, thresholds)
def test_the_three_verdicts_of_davidson_sum_to_one(difference: float, threshold: float) -> None:
    said = [(1.0, False), (0.0, False), (0.5, True)]
    losses = [davidson_loss(double(difference), double(t), flag(tie), threshold=threshold) for t, tie in said]
    assert sum(math.exp(-loss.item()) for loss in losses) == pytest.approx(1, abs=1e-9)


@given(thresholds)
def test_equal_rewards_tie_as_often_under_davidson_as_under_rao_kupper(threshold: float) -> None:
    one = rao_kupper_loss(double(0.0), double(0.5), flag(True), threshold=threshold)
    two = davidson_loss(double(0.0), double(0.5), flag(True), threshold=threshold)
    assert one.item() == pytest.approx(two.item())
    assert one.item() == pytest.approx(-math.log(math.tanh(threshold / 2)))


@given(rewards, rewards, thresholds, st.floats(-3, 3), st.floats(0, 3))
def test_the_five_outcomes_of_a_pair_sum_to_one(
    reward_a: float, reward_b: float, threshold: float, middle: float, apart: float
) -> None:
    d, mean = double(reward_a - reward_b), double((reward_a + reward_b) / 2)
    levels = double(middle - apart, middle + apart)
    decided = sum(math.exp(-rao_kupper_loss(d, double(t), flag(False), threshold=threshold).item()) for t in (0.0, 1.0))
    even = math.exp(-rao_kupper_loss(d, double(0.5), flag(True), threshold=threshold).item())
    outcomes = sum(math.exp(-level_loss(mean, levels, torch.tensor([o])).item()) for o in (-1, 0, 1))
    assert outcomes == pytest.approx(1, abs=1e-9)
    assert decided + even * outcomes == pytest.approx(1, abs=1e-9)


def test_levels_by_hand() -> None:
    # At the mean 2 with levels −1 and 1: e^(−3) : 1 : e^1.
    found = [math.exp(-level_loss(double(2.0), double(-1.0, 1.0), torch.tensor([o])).item()) for o in (-1, 0, 1)]
    total = math.exp(-3) + 1 + math.exp(1)
    assert found == pytest.approx([math.exp(-3) / total, 1 / total, math.exp(1) / total])


@given(st.lists(st.floats(-8, 8), min_size=3, max_size=3), st.floats(0.05, 3))
@settings(max_examples=40)
def test_all_rankings_of_three_sum_to_one(values: list[float], threshold: float) -> None:
    orders = weak_orders(3)
    assert len(orders) == 13
    losses = [davidson_luce_loss(double(*values)[None], torch.tensor([o]), threshold=threshold) for o in orders]
    assert sum(math.exp(-loss.item()) for loss in losses) == pytest.approx(1, abs=1e-9)


def test_all_rankings_of_four_sum_to_one_with_and_without_ties() -> None:
    values = double(0.3, -1.0, 2.0, 0.1)[None]
    for orders, threshold in ((weak_orders(4), 0.7), ([*itertools.permutations(range(1, 5))], 0.0)):
        losses = [davidson_luce_loss(values, torch.tensor([o]), threshold=threshold).item() for o in orders]
        assert sum(math.exp(-loss) for loss in losses) == pytest.approx(1, abs=1e-9)


def test_plackett_luce_by_hand() -> None:
    r = double(1.0, 0.0, -1.0)
    e = r.exp()
    expected = -math.log(e[0] / e.sum()) - math.log(e[2] / (e[1] + e[2]))
    assert davidson_luce_loss(r[None], torch.tensor([[1, 3, 2]]), threshold=0.0).item() == pytest.approx(expected)


def test_a_ranking_of_two_is_davidsons_pair_and_missing_places_change_nothing() -> None:
    r = double(0.7, -0.4)
    for ranks, target, tie in (((1, 2), 1.0, False), ((2, 1), 0.0, False), ((1, 1), 0.5, True)):
        pair = davidson_loss(r[:1] - r[1:], double(target), flag(tie), threshold=0.6)
        ranking = davidson_luce_loss(r[None], torch.tensor([ranks]), threshold=0.6)
        longer = davidson_luce_loss(torch.cat([r, double(9.0)])[None], torch.tensor([[*ranks, 0]]), threshold=0.6)
        assert ranking.item() == pytest.approx(pair.item())
        assert longer.item() == pytest.approx(pair.item())


def test_ratings_and_passages_by_hand() -> None:
    line = double(0.2, 0.5)
    loss = rating_loss(double(1.0, -2.0), double(1.0, 0.0), line, weights=double(3.0, 1.0))
    assert loss.item() == pytest.approx((3 * (1 - 0.2 - 0.5) ** 2 / 2 + (0 - 0.2 + 1.0) ** 2 / 2) / 4)
    marked = passage_loss(double(0.5, 0.5), torch.tensor([True, False]))
    assert marked.item() == pytest.approx((math.log1p(math.exp(-0.5)) + math.log1p(math.exp(0.5))) / 2)


@pytest.mark.parametrize(
    "name", ["davidson", "levels", "rankings", "ratings", "slope", "passages", "soft bradley-terry"]
)
def test_gradients_agree_with_finite_differences(name: str) -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(6, generator=generator, dtype=torch.float64, requires_grad=True)
    weights = torch.rand(6, generator=generator, dtype=torch.float64)
    targets, ties = double(1, 0, 0.5, 0.3, 0.5, 0.9), torch.tensor([False, False, True, False, False, False])
    margins, other = double(0, 0.5, 1, 1, 0, 0), torch.randn(6, generator=generator, dtype=torch.float64)
    ranks = torch.tensor([[1, 2, 2], [3, 1, 2]])
    losses = {
        "davidson": lambda v: davidson_loss(v, targets, ties, threshold=0.7, margins=margins, weights=weights),
        "levels": lambda v: level_loss(v[:4], v[4:], torch.tensor([1, 0, -1, 1]), weights=weights[:4]),
        "rankings": lambda v: davidson_luce_loss(v.reshape(2, 3), ranks, threshold=0.4, weights=weights[:2]),
        "ratings": lambda v: rating_loss(v, other, double(0.3, 0.6), weights=weights),
        "slope": lambda v: rating_loss(other, other, v[:2], weights=weights),
        "passages": lambda v: passage_loss(v, targets > 0.5, weights=weights),
        "soft bradley-terry": lambda v: bradley_terry_loss(v, targets, margins=margins, weights=weights),
    }
    assert torch.autograd.gradcheck(losses[name], (x,))


def test_one_loss_for_each_head_of_every_kind() -> None:
    generator = torch.Generator().manual_seed(1)
    r = torch.randn(2, 5, 4, generator=generator, dtype=torch.float64)
    ranks = torch.tensor([[1, 2, 3, 4], [1, 1, 2, 0], [2, 1, 1, 1], [1, 2, 0, 0], [4, 3, 2, 1]])
    both = davidson_luce_loss(r, ranks, threshold=0.5)
    torch.testing.assert_close(both, torch.stack([davidson_luce_loss(part, ranks, threshold=0.5) for part in r]))
    line = torch.randn(2, 2, generator=generator, dtype=torch.float64)
    rated = rating_loss(r[..., 0], r[0, :, 1], line)
    torch.testing.assert_close(rated, torch.stack([rating_loss(r[k, :, 0], r[0, :, 1], line[k]) for k in range(2)]))
    outcomes = torch.tensor([1, 0, -1, 0, 1])
    levels = level_loss(r[..., 0], line, outcomes)
    torch.testing.assert_close(levels, torch.stack([level_loss(r[k, :, 0], line[k], outcomes) for k in range(2)]))


@given(st.floats(-1e5, 1e5))
def test_extreme_rewards_stay_finite(reward: float) -> None:
    far = torch.tensor([[reward, 0.0, -reward]], requires_grad=True)
    loss = davidson_luce_loss(far, torch.tensor([[2, 1, 1]]), threshold=0.5)
    loss = loss + davidson_loss(far[:, 0], torch.tensor([0.2]), flag(False), threshold=0.5)
    loss.backward()  # type: ignore[no-untyped-call]
    assert math.isfinite(loss.item())
    assert far.grad is not None
    assert bool(far.grad.isfinite().all())
