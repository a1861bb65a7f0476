"""Advantages, KL estimators, clips and the running reward scale, against numbers worked by hand."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.ops.advantages import (
    batch_mean_advantages,
    gae_advantages,
    group_normalised_advantages,
    kl_penalised_token_rewards,
    leave_one_out_advantages,
    rewards_to_go,
    whitened,
)
from rlhf_backend.ops.kl import kl_k1, kl_k3, kl_k3_loss
from rlhf_backend.ops.policy_losses import (
    clipped_share,
    clipped_surrogate_terms,
    explained_variance,
    policy_gradient_terms,
    value_loss_terms,
)
from rlhf_backend.ops.reward_scaling import merged_moments, no_moments, scaled_rewards

ROWS = torch.tensor([0, 0, 0, 1, 2, 2])  # completions of three, one and two tokens


def close(found: torch.Tensor, expected: list[float]) -> None:
    torch.testing.assert_close(found.double(), torch.tensor(expected, dtype=torch.float64), atol=1e-6, rtol=1e-6)


def test_leave_one_out_by_hand() -> None:
    # 1 − (2 + 6)/2, 2 − (1 + 6)/2, 6 − (1 + 2)/2
    advantages = leave_one_out_advantages(torch.tensor([[1.0, 2.0, 6.0]]))
    assert advantages.tolist() == [[-3.0, -1.5, 4.5]]


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=8), st.floats(-50, 50))
def test_advantages_sum_to_zero_and_ignore_a_shift(values: list[float], shift: float) -> None:
    rewards = torch.tensor([values], dtype=torch.float64)
    advantages = leave_one_out_advantages(rewards)
    assert advantages.sum().item() == pytest.approx(0, abs=1e-9)
    torch.testing.assert_close(advantages, leave_one_out_advantages(rewards + shift), atol=1e-9, rtol=0)


@pytest.mark.parametrize("advantages_of", [leave_one_out_advantages, group_normalised_advantages])
def test_one_sample_has_no_baseline(advantages_of: object) -> None:
    with pytest.raises(ValueError, match="at least 2"):
        advantages_of(torch.zeros(3, 1))  # type: ignore[operator]


def test_group_normalised_by_hand() -> None:
    # mean 3, unbiased standard deviation √(4 + 1 + 9)/2 = √7
    found = group_normalised_advantages(torch.tensor([[1.0, 2.0, 6.0], [5.0, 5.0, 5.0]]))
    expected = [-2 / (math.sqrt(7) + 1e-4), -1 / (math.sqrt(7) + 1e-4), 3 / (math.sqrt(7) + 1e-4)]
    close(found, [expected, [0.0, 0.0, 0.0]])  # type: ignore[list-item]


def test_the_score_stands_at_the_last_token_and_the_penalty_at_each() -> None:
    kl = torch.tensor([0.1, -0.2, 0.4, 1.0, 0.0, 2.0])
    found = kl_penalised_token_rewards(torch.tensor([5.0, -1.0, 3.0]), kl, ROWS, kl_coef=0.5)
    close(found, [-0.05, 0.1, 4.8, -1.5, 0.0, 2.0])


def test_rewards_to_go_stay_within_their_completion() -> None:
    found = rewards_to_go(torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0, 32.0]), ROWS)
    close(found, [7.0, 6.0, 4.0, 8.0, 48.0, 32.0])


def test_the_batch_mean_is_that_of_whole_completions() -> None:
    # (7 + 8 + 48)/3 = 21, however many tokens each has
    returns = rewards_to_go(torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0, 32.0]), ROWS)
    close(batch_mean_advantages(returns, ROWS, 3), [-14.0, -15.0, -17.0, -13.0, 27.0, 11.0])


def test_gae_by_hand() -> None:
    rewards = torch.tensor([0.5, -1.0, 2.0, 3.0, 0.0, 1.0])
    values = torch.tensor([1.0, 0.5, -0.5, 1.0, 2.0, 4.0])
    # δ = .5 + .5 − 1, −1 − .5 − .5, 2 − 0 + .5 | 3 − 1 | 0 + 4 − 2, 1 − 4; A_t = δ_t + λ·A_{t+1}
    close(gae_advantages(rewards, values, ROWS, gae_lambda=0.5), [-0.375, -0.75, 2.5, 2.0, 0.5, -3.0])


def test_gae_with_lambda_one_is_rewards_to_go_less_values_and_with_zero_one_step() -> None:
    generator = torch.Generator().manual_seed(0)
    rewards, values = torch.randn(2, 6, generator=generator)
    full = gae_advantages(rewards, values, ROWS, gae_lambda=1.0)
    torch.testing.assert_close(full, rewards_to_go(rewards, ROWS) - values)
    one_step = gae_advantages(rewards, values, ROWS, gae_lambda=0.0)
    following = torch.tensor([values[1], values[2], 0.0, 0.0, values[5], 0.0])
    torch.testing.assert_close(one_step, rewards + following - values)


def test_whitened_by_hand() -> None:
    # mean 2, standard deviation √((1 + 0 + 1 + 0)/4)
    close(whitened(torch.tensor([1.0, 2.0, 3.0, 2.0])), [-math.sqrt(2), 0.0, math.sqrt(2), 0.0])
    assert whitened(torch.full((3,), 7.0)).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("estimator", [kl_k1, kl_k3])
def test_unbiased_estimators_average_to_the_kl(estimator: object) -> None:
    log_p = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64).log()
    log_q = torch.tensor([0.2, 0.2, 0.6], dtype=torch.float64).log()
    truth = (log_p.exp() * (log_p - log_q)).sum()
    assert (log_p.exp() * estimator(log_p, log_q)).sum().item() == pytest.approx(truth.item())  # type: ignore[operator]


def test_kl_estimators_by_hand() -> None:
    log_p, log_q = torch.tensor([math.log(0.5)]), torch.tensor([math.log(0.25)])
    close(kl_k1(log_p, log_q), [math.log(2)])
    close(kl_k3(log_p, log_q), [0.5 - 1 + math.log(2)])
    close(kl_k3_loss(log_p, torch.tensor([math.log(0.4)]), log_q), [1.25 * (0.5 - 1 + math.log(2))])


@given(st.floats(-5, 0), st.floats(-5, 0))
def test_k3_is_never_negative(log_p: float, log_q: float) -> None:
    p, q = torch.tensor(log_p, dtype=torch.float64), torch.tensor(log_q, dtype=torch.float64)
    assert kl_k3(p, q).item() >= -1e-12


def test_the_gradient_of_the_weighed_k3_is_that_of_the_kl_and_of_k3_alone_is_not() -> None:
    logits = torch.tensor([0.3, -0.2, 0.8], dtype=torch.float64, requires_grad=True)
    log_p = logits.log_softmax(-1)
    log_q = torch.tensor([0.2, 0.2, 0.6], dtype=torch.float64).log()
    chances = log_p.detach().exp()
    (truth,) = torch.autograd.grad((log_p.exp() * (log_p - log_q)).sum(), logits, retain_graph=True)
    (ours,) = torch.autograd.grad((chances * kl_k3_loss(log_p, log_p, log_q)).sum(), logits, retain_graph=True)
    torch.testing.assert_close(ours, truth)
    (naive,) = torch.autograd.grad((chances * kl_k3(log_p, log_q)).sum(), logits, retain_graph=True)
    (reverse,) = torch.autograd.grad((log_q.exp() * (log_q - log_p)).sum(), logits)
    torch.testing.assert_close(naive, reverse)  # that of KL(π_ref ‖ π)
    assert not torch.allclose(naive, truth, atol=1e-2)


def test_advantages_carry_no_gradient() -> None:
    logprobs = torch.tensor([-1.0, -2.0], requires_grad=True)
    policy_gradient_terms(logprobs, logprobs * 3).sum().backward()  # type: ignore[no-untyped-call]
    # −A with A = 3·log π: were the advantage differentiated too, this would double.
    assert logprobs.grad is not None
    assert logprobs.grad.tolist() == [3.0, 6.0]


def test_the_expected_gradient_is_that_of_the_expected_reward() -> None:
    """Over all ordered pairs of samples, weighted by their probability, the leave-one-out gradient is exact."""
    logits = torch.tensor([0.3, -0.2, 0.8], dtype=torch.float64, requires_grad=True)
    rewards = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    log_pi = logits.log_softmax(-1)
    pairs = torch.cartesian_prod(torch.arange(3), torch.arange(3))
    chances = log_pi.detach().exp()[pairs].prod(-1)
    advantages = leave_one_out_advantages(rewards[pairs])
    estimate = sum(
        chance * policy_gradient_terms(log_pi[pair], advantage).mean()
        for chance, pair, advantage in zip(chances, pairs, advantages, strict=True)
    )
    (ours,) = torch.autograd.grad(estimate, logits, retain_graph=True)
    (truth,) = torch.autograd.grad(-(log_pi.exp() * rewards).sum(), logits)
    torch.testing.assert_close(ours, truth)


def test_the_clip_holds_where_the_advantage_asks_for_more() -> None:
    ratios = torch.tensor([1.5, 1.5, 0.5, 0.5, 1.1])
    advantages = torch.tensor([2.0, -2.0, 2.0, -2.0, 3.0])
    fresh = ratios.log().requires_grad_(True)
    terms = clipped_surrogate_terms(fresh, torch.zeros(5), advantages, clip_range=0.2)
    close(terms.detach(), [-2.4, 3.0, -1.0, 1.6, -3.3])
    terms.sum().backward()  # type: ignore[no-untyped-call]
    assert fresh.grad is not None
    close(fresh.grad, [0.0, 3.0, -1.0, 0.0, -3.3])  # −ρ·A, or 0 beyond the clip
    assert clipped_share(fresh, torch.zeros(5), clip_range=0.2).item() == pytest.approx(0.8)


def test_at_ratio_one_the_surrogate_has_the_gradient_of_the_policy_gradient() -> None:
    logprobs = torch.tensor([-0.5, -2.0, -0.1], requires_grad=True)
    advantages = torch.tensor([1.0, -3.0, 0.5])
    (clipped,) = torch.autograd.grad(
        clipped_surrogate_terms(logprobs, logprobs, advantages, clip_range=0.2).sum(), logprobs
    )
    (plain,) = torch.autograd.grad(policy_gradient_terms(logprobs, advantages).sum(), logprobs)
    torch.testing.assert_close(clipped, plain)


def test_value_losses_by_hand() -> None:
    values = torch.tensor([2.0, 0.5, 1.1], requires_grad=True)
    returns, old = torch.tensor([3.0, 3.0, 0.0]), torch.tensor([1.0, 1.0, 1.0])
    close(value_loss_terms(values, returns).detach(), [0.5, 3.125, 0.605])
    terms = value_loss_terms(values, returns, old, clip_range=0.2)
    # 2 is cut to 1.2, whose error of 1.8 is the larger; .5 to .8, whose 2.2 is not; 1.1 is within.
    close(terms.detach(), [1.62, 3.125, 0.605])
    terms.sum().backward()  # type: ignore[no-untyped-call]
    assert values.grad is not None
    close(values.grad, [0.0, -2.5, 1.1])
    with pytest.raises(ValueError, match="none were given"):
        value_loss_terms(values, returns, clip_range=0.2)


def test_explained_variance_by_hand() -> None:
    returns = torch.tensor([0.0, 2.0, 4.0])
    assert explained_variance(returns + 5, returns).item() == pytest.approx(1.0)
    assert explained_variance(torch.zeros(3), returns).item() == pytest.approx(0.0)
    assert explained_variance(-returns, returns).item() == pytest.approx(-3.0)
    assert explained_variance(returns, torch.ones(3)).item() == 0.0


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=20), st.integers(1, 19))
def test_running_moments_do_not_depend_on_how_rewards_came(values: list[float], cut: int) -> None:
    rewards = torch.tensor(values, dtype=torch.float64)
    whole = merged_moments(no_moments(), rewards)
    if cut < len(values):
        halves = merged_moments(merged_moments(no_moments(), rewards[:cut]), rewards[cut:])
        torch.testing.assert_close(halves, whole, atol=1e-6, rtol=1e-9)
    assert whole[0].item() == len(values)
    assert whole[1].item() == pytest.approx(rewards.mean().item(), abs=1e-9)
    assert whole[2].item() == pytest.approx(((rewards - rewards.mean()) ** 2).sum().item(), abs=1e-6)


def test_rewards_are_scaled_and_clipped_by_hand() -> None:
    moments = merged_moments(no_moments(), torch.tensor([0.0, 2.0, 4.0, 2.0]))  # mean 2, deviation √2
    rewards = torch.tensor([2.0, 3.0, 8.0])
    root = math.sqrt(2)
    close(scaled_rewards(rewards, moments, scaling="none", clip=None), [2.0, 3.0, 8.0])
    close(scaled_rewards(rewards, moments, scaling="scale", clip=None), [2 / root, 3 / root, 8 / root])
    close(scaled_rewards(rewards, moments, scaling="normalise", clip=0.8), [0.0, 1 / root, 0.8])
    equal = merged_moments(no_moments(), torch.full((3,), 5.0))
    close(scaled_rewards(torch.tensor([5.0, 6.0]), equal, scaling="normalise", clip=None), [0.0, 1.0])
