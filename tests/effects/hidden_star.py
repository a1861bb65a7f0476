"""A bandit whose best arm the reference hardly plays, and online preference learning on it with an exact inner step.

Rewards are uniform on [0, 2.5] but for one arm, the star, of 5. All bandits of a block of seeds are solved at once:
each tensor has the seeds as its first dimension.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from rlhf_backend.ops.dpo_losses import dpo_loss, exploration_bonus, implicit_rewards, xpo_loss

ARMS, BETA, LABELS = 12, 0.5, 100
# Implicit rewards are bounded, as the class of policies in the paper is: |β log π/π_ref| differs by at most this.
BOUND = 5.0
_A, _B = torch.cartesian_prod(torch.arange(ARMS), torch.arange(ARMS)).T
_INNER_STEPS, _INNER_RATE = 120, 0.15


@dataclass(frozen=True)
class Outcome:
    """Reward of the final policies, and whether they play the star more often than not. (S,) each"""

    reward: Tensor
    found: Tensor


def learned(seeds: range, *, star_share: float, alpha: float, against_reference: bool) -> Outcome:
    """100 labels, drawn by Bradley-Terry, of pairs (π, π) or (π, π_ref); after each π minimises the loss over all."""
    rewards, ref = _bandits(seeds, star_share)
    generators = [torch.Generator().manual_seed(10_000 + seed) for seed in seeds]
    each = torch.arange(len(seeds))
    wins = torch.zeros(len(seeds), ARMS, ARMS, dtype=torch.float64)
    anchors = torch.zeros(len(seeds), ARMS, dtype=torch.float64)
    implicit = torch.zeros(len(seeds), ARMS, dtype=torch.float64)
    for _ in range(LABELS):
        policy = (ref + implicit / BETA).softmax(-1)
        draws = torch.stack([torch.rand(3, generator=g, dtype=torch.float64) for g in generators])
        own, other = _drawn(policy, draws[:, 0]), _drawn(ref.exp() if against_reference else policy, draws[:, 1])
        own_wins = draws[:, 2] < (rewards[each, own] - rewards[each, other]).sigmoid()
        distinct = (own != other).double()
        wins[each, torch.where(own_wins, own, other), torch.where(own_wins, other, own)] += distinct
        anchors[each, other] += distinct
        implicit = _minimised(implicit, ref, wins, anchors, alpha)
    policy = (ref + implicit / BETA).softmax(-1)
    return Outcome((policy * rewards).sum(-1), policy[each, rewards.argmax(-1)] > 0.5)


def _bandits(seeds: range, star_share: float) -> tuple[Tensor, Tensor]:
    """Rewards, and log π_ref. (S, ARMS) each"""
    rewards, ref = [], []
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        of_arms = 2.5 * torch.rand(ARMS, generator=generator, dtype=torch.float64)
        star = int(torch.randint(ARMS, (1,), generator=generator))
        of_arms[star] = 5
        shares = torch.full((ARMS,), (1 - star_share) / (ARMS - 1), dtype=torch.float64)
        shares[star] = star_share
        rewards.append(of_arms)
        ref.append(shares.log())
    return torch.stack(rewards), torch.stack(ref)


def _drawn(shares: Tensor, uniforms: Tensor) -> Tensor:
    """One arm for each seed. (S, ARMS), (S,) → (S,)"""
    return (shares.cumsum(-1) < uniforms[:, None]).sum(-1).clamp_max(ARMS - 1)


def _minimised(start: Tensor, ref: Tensor, wins: Tensor, anchors: Tensor, alpha: float) -> Tensor:
    """Implicit rewards of the policy that minimises XPO's loss over all labels so far. (S, ARMS)

    Projected descent from the last minimum: gradient steps of a policy in training would hide the effect, as the bonus
    moves what is never written in proportion to its probability.
    """
    found = start.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([found], lr=_INNER_RATE, betas=(0.8, 0.95))
    preferred = torch.ones(len(_A), dtype=torch.float64)
    for step in range(_INNER_STEPS):
        optimizer.param_groups[0]["lr"] = _INNER_RATE * (1 - step / _INNER_STEPS)
        log_pi = (ref + found / BETA).log_softmax(-1)
        rewards = implicit_rewards(log_pi, ref, beta=BETA)
        pairs = dpo_loss(rewards[:, _A], rewards[:, _B], preferred, weights=wins.flatten(1))
        bonuses = exploration_bonus(log_pi, ref, beta=BETA, limit=20.0)
        optimizer.zero_grad()
        xpo_loss(pairs, bonuses, alpha=alpha, weights=anchors).sum().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        with torch.no_grad():
            found.clamp_(-BOUND / 2, BOUND / 2)
    return found.detach()
