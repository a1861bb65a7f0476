"""A world of completions that help more or less and are safe or not, and policies tuned on verdicts and flags of them.

Of ten prompts one is risky: some of its completions are unsafe, those that help more often than others. The policy is
a distribution over each prompt's completions; the loss over all labeled pairs is minimised exactly.
"""

from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor

from rlhf_backend.ops.dpo_losses import bfpo_targets, ipo_targets, squared_lead_loss

PROMPTS, COMPLETIONS, PAIRS, TAU = 10, 40, 800, 0.1
# Labelers: inverse noise of "which helps more?", and how often a flag is wrong.
HELP_BETA, FLAG_ERROR = 3.0, 0.03
UNSAFE_SHARE, LEAN = 0.4, 0.3  # of the risky prompt's completions; how much what helps leans to being unsafe


@dataclass(frozen=True)
class Labels:
    """Pairs a, b, verdicts on which helps more, flags turned into 1 for safe. (n,) each"""

    a: Tensor
    b: Tensor
    a_helps_more: Tensor
    safe_a: Tensor
    safe_b: Tensor

    def ipo_leads(self) -> Tensor:
        return ipo_targets(self.a_helps_more, tau=TAU)

    def bfpo_leads(self, alpha: float) -> Tensor:
        return bfpo_targets(self.a_helps_more, self.safe_a, self.safe_b, tau=TAU, alpha=alpha)

    def log_ratios(self, leads: Tensor, count: int) -> Tensor:
        """log π − log π_ref of the policy at the loss's minimum, up to a constant. (count,)"""
        found = torch.zeros(count, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([found], max_iter=200, line_search_fn="strong_wolfe")

        def closure() -> Tensor:
            optimizer.zero_grad()
            # A slight pull to the reference decides what no pair does.
            value = squared_lead_loss(found[self.a], found[self.b], leads) + 1e-4 * found.square().mean()
            value.backward()  # type: ignore[no-untyped-call]
            return value

        optimizer.step(closure)  # type: ignore[no-untyped-call]
        return found.detach()


@dataclass(frozen=True)
class Prompt:
    """helps, unsafe: of each completion. (COMPLETIONS,) each; the reference writes all alike."""

    helps: Tensor
    unsafe: Tensor
    labels: Labels

    def gain(self, leads: Tensor) -> float:
        """Help of the policy tuned to these leads above that of the reference."""
        return float((self._policy(leads) * self.helps).sum() - self.helps.mean())

    def unsafe_share(self, leads: Tensor) -> float:
        return float((self._policy(leads) * self.unsafe).sum())

    def _policy(self, leads: Tensor) -> Tensor:
        return self.labels.log_ratios(leads, COMPLETIONS).softmax(-1)


def world(seed: int) -> list[Prompt]:
    """The risky prompt first."""
    generator = torch.Generator().manual_seed(seed)
    return [_prompt(generator, UNSAFE_SHARE if number == 0 else 0.0) for number in range(PROMPTS)]


def _prompt(generator: torch.Generator, unsafe_share: float) -> Prompt:
    def uniform(size: int) -> Tensor:
        return torch.rand(size, generator=generator, dtype=torch.float64)

    helps = torch.randn(COMPLETIONS, generator=generator, dtype=torch.float64)
    unsafe = (uniform(COMPLETIONS) < unsafe_share * torch.exp(LEAN * helps - LEAN**2 / 2)).double()
    a, b = (torch.randint(COMPLETIONS, (PAIRS,), generator=generator) for _ in range(2))
    a, b = a[a != b], b[a != b]
    verdicts = (uniform(len(a)) < (HELP_BETA * (helps[a] - helps[b])).sigmoid()).double()
    safe = [torch.where(uniform(len(a)) < FLAG_ERROR, unsafe[side], 1 - unsafe[side]) for side in (a, b)]
    return Prompt(helps, unsafe, Labels(a, b, verdicts, safe[0], safe[1]))


def four_types() -> Labels:
    """Completions 0 … 3 are S+H+, S+H−, S−H−, S−H+: every pair of them, nine verdicts of ten right about help."""
    helps, safe = torch.tensor([1.0, 0, 0, 1]), torch.tensor([1.0, 1, 0, 0], dtype=torch.float64)
    a, b = torch.tensor(list(combinations(range(4), 2))).T
    verdicts = torch.where(helps[a] > helps[b], 0.9, torch.where(helps[a] < helps[b], 0.1, 0.5)).double()
    return Labels(a, b, verdicts, safe[a], safe[b])
