"""Advantages, KL estimators, and the optimum that policy gradient must reach."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rlhf_backend.ops.advantages import kl_penalised_rewards, leave_one_out_advantages
from rlhf_backend.ops.kl import kl_k1, kl_k2, kl_k3
from rlhf_backend.ops.policy_losses import reinforce_loss


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


def test_one_sample_has_no_baseline() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        leave_one_out_advantages(torch.zeros(3, 1))


@pytest.mark.parametrize("estimator", [kl_k1, kl_k3])
def test_unbiased_estimators_average_to_the_kl(estimator: object) -> None:
    log_p = torch.tensor([0.5, 0.3, 0.2], dtype=torch.float64).log()
    log_q = torch.tensor([0.2, 0.2, 0.6], dtype=torch.float64).log()
    truth = (log_p.exp() * (log_p - log_q)).sum()
    assert (log_p.exp() * estimator(log_p, log_q)).sum().item() == pytest.approx(truth.item())  # type: ignore[operator]


@given(st.floats(-5, 0), st.floats(-5, 0))
def test_k2_and_k3_are_never_negative(log_p: float, log_q: float) -> None:
    p, q = torch.tensor(log_p, dtype=torch.float64), torch.tensor(log_q, dtype=torch.float64)
    assert kl_k2(p, q).item() >= 0
    assert kl_k3(p, q).item() >= -1e-12


def test_advantages_carry_no_gradient() -> None:
    logprobs = torch.tensor([-1.0, -2.0], requires_grad=True)
    loss = reinforce_loss(logprobs, logprobs * 3)
    loss.backward()  # type: ignore[no-untyped-call]
    # −A/B with A = 3·log π: were the advantage differentiated too, this would double.
    assert logprobs.grad is not None
    assert logprobs.grad.tolist() == [1.5, 3.0]


def test_the_expected_gradient_is_that_of_the_expected_reward() -> None:
    """Over all ordered pairs of samples, weighted by their probability, the leave-one-out gradient is exact."""
    logits = torch.tensor([0.3, -0.2, 0.8], dtype=torch.float64, requires_grad=True)
    rewards = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    log_pi = logits.log_softmax(-1)
    pairs = torch.cartesian_prod(torch.arange(3), torch.arange(3))
    chances = log_pi.detach().exp()[pairs].prod(-1)
    advantages = leave_one_out_advantages(rewards[pairs])
    estimate = sum(
        chance * reinforce_loss(log_pi[pair], advantage)
        for chance, pair, advantage in zip(chances, pairs, advantages, strict=True)
    )
    (ours,) = torch.autograd.grad(estimate, logits, retain_graph=True)
    (truth,) = torch.autograd.grad(-(log_pi.exp() * rewards).sum(), logits)
    torch.testing.assert_close(ours, truth)


def test_rloo_with_kl_lands_on_the_known_optimum() -> None:
    """On a bandit the optimum is π_ref·exp(R/β)/Z: a wrong sign, scale or normaliser misses it."""
    generator = torch.Generator().manual_seed(1)
    arms, beta = 8, 0.5
    rewards = torch.randn(arms, generator=generator)
    ref = torch.randn(arms, generator=generator).log_softmax(-1)
    optimum = (ref + rewards / beta).softmax(-1)
    logits = ref.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([logits], lr=0.05)
    steps = 600
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 0.05 * (1 - step / steps)
        log_pi = logits.log_softmax(-1)
        samples = torch.multinomial(log_pi.detach().exp(), 64 * 4, replacement=True, generator=generator).view(64, 4)
        logprobs = log_pi[samples]
        kl = kl_k1(logprobs.detach(), ref[samples])
        advantages = leave_one_out_advantages(kl_penalised_rewards(rewards[samples], kl, kl_coef=beta))
        optimizer.zero_grad()
        reinforce_loss(logprobs.flatten(), advantages.flatten()).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    start = 0.5 * (ref.exp() - optimum).abs().sum().item()
    distance = 0.5 * (logits.detach().softmax(-1) - optimum).abs().sum().item()
    assert start > 0.3
    assert distance < 0.02
