"""Losses of methods that learn from preferences, against hand-worked numbers and known optima."""

import itertools
from collections.abc import Callable
from math import exp, log

import pytest
import torch
from torch import Tensor

from rlhf_backend.ops.dpo_losses import (
    bfpo_targets,
    dpo_loss,
    exploration_bonus,
    implicit_rewards,
    ipo_targets,
    squared_lead_loss,
    xpo_loss,
)

SAFE, UNSAFE = 1.0, 0.0
CELLS = [(SAFE, SAFE, 0.5), (SAFE, UNSAFE, 1.0), (UNSAFE, UNSAFE, -0.5), (UNSAFE, SAFE, -1.0)]
"""Safety of the more helpful one and of the other, and the lead at α = .5 and τ = 1."""


def tensor(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize(("safe_helpful", "safe_other", "lead"), CELLS)
@pytest.mark.parametrize("tau", [1.0, 0.1, 0.01])
def test_the_four_targets_of_bfpo(safe_helpful: float, safe_other: float, lead: float, tau: float) -> None:
    a_helps = bfpo_targets(tensor(1), tensor(safe_helpful), tensor(safe_other), tau=tau, alpha=0.5)
    b_helps = bfpo_targets(tensor(0), tensor(safe_other), tensor(safe_helpful), tau=tau, alpha=0.5)
    assert a_helps.item() * tau == pytest.approx(lead, abs=1e-6)
    assert b_helps.item() * tau == pytest.approx(-lead, abs=1e-6)


@pytest.mark.parametrize(("alpha", "both_safe", "both_unsafe"), [(0, 1, 0), (0.25, 0.75, -0.25), (1, 0, -1)])
def test_alpha_moves_every_target_down(alpha: float, both_safe: float, both_unsafe: float) -> None:
    targets = bfpo_targets(tensor(1, 1), tensor(1, 0), tensor(1, 0), tau=1.0, alpha=alpha)
    assert targets.tolist() == pytest.approx([both_safe, both_unsafe], abs=1e-6)


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0])
def test_a_tie_in_helpfulness_leaves_safety_alone_to_decide(alpha: float) -> None:
    safe_a, safe_b = tensor(1, 1, 0, 0), tensor(1, 0, 1, 0)
    targets = bfpo_targets(tensor(0.5, 0.5, 0.5, 0.5), safe_a, safe_b, tau=0.5, alpha=alpha)
    assert targets.tolist() == pytest.approx([0, 2, -2, 0])


@pytest.mark.parametrize(("safe_helpful", "safe_other", "lead"), CELLS)
def test_the_gradient_of_bfpo_moves_the_helpful_one_as_its_cell_says(
    safe_helpful: float, safe_other: float, lead: float
) -> None:
    helpful, other = (tensor(0).requires_grad_(True) for _ in range(2))
    targets = bfpo_targets(tensor(1), tensor(safe_helpful), tensor(safe_other), tau=0.1, alpha=0.5)
    squared_lead_loss(helpful, other, targets).backward()  # type: ignore[no-untyped-call]
    assert helpful.grad is not None
    assert other.grad is not None
    # Descent moves against the gradient: −2 (0 − lead/τ)·(−1).
    assert helpful.grad.item() == pytest.approx(-2 * lead / 0.1)
    assert other.grad.item() == pytest.approx(2 * lead / 0.1)


def test_ipo_by_hand() -> None:
    # τ = .25 asks for a lead of 2: (1 − 2)² = 1 where a won; b won: (−1 − −2)² with weight 3; a tie: (.5 − 0)².
    leads = ipo_targets(tensor(1, 0, 0.5), tau=0.25)
    assert leads.tolist() == [2, -2, 0]
    loss = squared_lead_loss(tensor(1, 0, 0.5), tensor(0, 1, 0), leads, weights=tensor(1, 3, 1))
    assert loss.item() == pytest.approx((1 + 3 * 1 + 0.25) / 5)


def test_the_lead_of_a_soft_label_has_the_gradient_of_both_answers() -> None:
    ahead = tensor(0.7).requires_grad_(True)
    soft = squared_lead_loss(ahead, tensor(0), ipo_targets(tensor(0.8), tau=0.5))
    both = squared_lead_loss(
        ahead.expand(2), tensor(0, 0), ipo_targets(tensor(1, 0), tau=0.5), weights=tensor(0.8, 0.2)
    )
    (of_soft,), (of_both,) = torch.autograd.grad(soft, ahead), torch.autograd.grad(both, ahead)
    torch.testing.assert_close(of_soft, of_both)


def test_xpo_by_hand() -> None:
    # β = .5; rewards a, b: .5·(1, −1) and .5·(0, 2); a was preferred, then b.
    logprobs_a, logprobs_b = tensor(-2, -4), tensor(-3, -1)
    ref_a, ref_b = tensor(-3, -3), tensor(-3, -3)
    rewards_a, rewards_b = (
        implicit_rewards(of, ref, beta=0.5) for of, ref in ((logprobs_a, ref_a), (logprobs_b, ref_b))
    )
    assert rewards_a.tolist() == [0.5, -0.5]
    assert rewards_b.tolist() == [0, 1]
    bonuses = exploration_bonus(logprobs_b, ref_b, beta=0.5, limit=20.0)
    torch.testing.assert_close(bonuses, logprobs_b)  # inside of the limit it is log π(ỹ)
    loss = xpo_loss(dpo_loss(rewards_a, rewards_b, tensor(1, 0)), bonuses, alpha=0.1)
    by_hand = (log(1 + exp(-0.5)) + log(1 + exp(-1.5))) / 2 + 0.1 * (-3 - 1) / 2
    assert loss.item() == pytest.approx(by_hand, abs=1e-12)


def test_identical_completions_add_nothing_to_xpo() -> None:
    kept, masked = tensor(1, 0), tensor(0, 1)
    logprobs = tensor(-1, -7).requires_grad_(True)
    bonuses = exploration_bonus(logprobs, tensor(-2, -2), beta=1.0, limit=20.0)
    loss = xpo_loss(tensor(0).sum(), bonuses, alpha=1.0, weights=kept)
    assert loss.item() == -1
    (gradient,) = torch.autograd.grad(loss, logprobs, retain_graph=True)
    assert gradient.tolist() == [1, 0]
    assert xpo_loss(tensor(0).sum(), bonuses, alpha=1.0, weights=masked).item() == -7
    assert xpo_loss(tensor(0).sum(), bonuses, alpha=1.0, weights=tensor(0, 0)).item() == 0


def test_the_bonus_pushes_reference_completions_down_until_the_limit() -> None:
    logprobs = tensor(-3, -30).requires_grad_(True)
    ref_logprobs = tensor(-2, -2)
    bonuses = exploration_bonus(logprobs, ref_logprobs, beta=0.5, limit=5.0)
    assert bonuses.tolist() == [-3, -12]  # −2 − 5/.5
    (gradient,) = torch.autograd.grad(bonuses.sum(), logprobs)
    assert gradient.tolist() == [1, 0]  # descent lowers the first, leaves the second alone


def test_without_curiosity_xpo_is_online_dpo_to_the_bit() -> None:
    generator = torch.Generator().manual_seed(0)
    logprobs = torch.randn(2, 8, generator=generator).requires_grad_(True)
    ref_logprobs, targets = torch.randn(2, 8, generator=generator), torch.rand(8, generator=generator)
    weights = torch.tensor([1.0, 0, 1, 1, 1, 0, 1, 1])

    def plain() -> Tensor:
        rewards = implicit_rewards(logprobs, ref_logprobs, beta=0.3)
        return dpo_loss(rewards[0], rewards[1], targets, weights=weights)

    bonuses = exploration_bonus(logprobs[1], ref_logprobs[1], beta=0.3, limit=5.0)
    xpo = xpo_loss(plain(), bonuses, alpha=0.0, weights=weights)
    assert xpo.item() == plain().item()
    assert torch.equal(*(torch.autograd.grad(loss, logprobs)[0] for loss in (xpo, plain())))


# ------------------------------------------------------------------------------- optima of an enumerable bandit

ARMS, BETA = 8, 0.5
PAIRS = torch.tensor(list(itertools.combinations(range(ARMS), 2)))
Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


def bandit() -> tuple[Tensor, Tensor]:
    """Rewards and log π_ref of the arms."""
    generator = torch.Generator().manual_seed(1)
    rewards = torch.randn(ARMS, generator=generator, dtype=torch.float64)
    return rewards, torch.randn(ARMS, generator=generator, dtype=torch.float64).log_softmax(-1)


def distance(p: Tensor, q: Tensor) -> float:
    return 0.5 * float((p - q).abs().sum())


def fitted(loss: Loss, targets: Tensor, ref: Tensor) -> Tensor:
    """The policy that minimises the loss over all pairs of arms. (ARMS,)"""
    logits = ref.clone().requires_grad_(True)
    optimizer = torch.optim.LBFGS([logits], lr=1, max_iter=300, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        log_ratios = logits.log_softmax(-1) - ref
        value = loss(log_ratios[PAIRS[:, 0]], log_ratios[PAIRS[:, 1]], targets)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return logits.detach().softmax(-1)


def dpo(a: Tensor, b: Tensor, targets: Tensor) -> Tensor:
    return dpo_loss(BETA * a, BETA * b, targets)


def ipo(a: Tensor, b: Tensor, targets: Tensor) -> Tensor:
    return squared_lead_loss(a, b, ipo_targets(targets, tau=BETA))


def test_dpo_with_all_expected_labels_lands_on_the_known_optimum() -> None:
    """π_ref·exp(R/β)/Z within a total variation of .02; verdicts turned round, the control, land far from it."""
    rewards, ref = bandit()
    optimum = (ref + rewards / BETA).softmax(-1)
    labels = (rewards[PAIRS[:, 0]] - rewards[PAIRS[:, 1]]).sigmoid()
    assert distance(ref.exp(), optimum) > 0.3
    assert distance(fitted(dpo, labels, ref), optimum) < 0.02
    assert distance(fitted(dpo, 1 - labels, ref), optimum) > 0.5


def test_ipo_with_all_expected_labels_lands_on_the_known_optimum() -> None:
    """π_ref·exp(p(y beats another arm)/τ)/Z, arms drawn alike; DPO's optimum, the control, is another."""
    rewards, ref = bandit()
    beats = (rewards[:, None] - rewards[None, :]).sigmoid().mean(-1)  # an arm against itself is a coin flip
    labels = (rewards[PAIRS[:, 0]] - rewards[PAIRS[:, 1]]).sigmoid()
    optimum = (ref + beats / BETA).softmax(-1)
    assert distance(fitted(ipo, labels, ref), optimum) < 0.02
    assert distance(fitted(dpo, labels, ref), optimum) > 0.1


@pytest.mark.parametrize("rival", ["policy", "reference"])
def test_online_dpo_lands_on_the_known_optimum(rival: str) -> None:
    """Pairs (π, π), or (π, π_ref) as XPO with α = 0 has them, judged by chance: total variation below .02.

    The control leaves the reference out of the log-ratio: it lands elsewhere.
    """
    rewards, ref = bandit()
    optimum = (ref + rewards / BETA).softmax(-1)
    assert distance(tuned_online(rewards, ref, rival=rival, held_to=ref), optimum) < 0.02
    assert distance(tuned_online(rewards, ref, rival=rival, held_to=torch.zeros(ARMS)), optimum) > 0.1


def tuned_online(rewards: Tensor, ref: Tensor, *, rival: str, held_to: Tensor) -> Tensor:
    generator = torch.Generator().manual_seed(2)
    logits = ref.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([logits], lr=0.05)
    averaged, steps = torch.zeros(ARMS, dtype=torch.float64), 1500
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 0.05 * (1 - step / steps)
        log_pi = logits.log_softmax(-1)
        draws = {"policy": log_pi.detach().exp(), "reference": ref.exp()}
        a, b = (
            torch.multinomial(draws[name], 256, replacement=True, generator=generator) for name in ("policy", rival)
        )
        chances = (rewards[a] - rewards[b]).sigmoid()
        verdicts = (torch.rand(256, generator=generator) < chances).double()
        distinct = (a != b).double()
        log_ratios = log_pi - held_to
        pairs = dpo_loss(BETA * log_ratios[a], BETA * log_ratios[b], verdicts, weights=distinct)
        bonuses = exploration_bonus(log_pi[b], ref[b], beta=BETA, limit=20.0)
        optimizer.zero_grad()
        xpo_loss(pairs, bonuses, alpha=0.0, weights=distinct).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if step >= steps // 2:
            averaged += logits.detach().softmax(-1) / (steps - steps // 2)
    return averaged
