"""Direct preference optimisation."""

from torch import Tensor

from rlhf_backend.ops.preference_losses import bradley_terry_loss


def implicit_rewards(logprobs: Tensor, ref_logprobs: Tensor, *, beta: float) -> Tensor:
    """β·(log π − log π_ref) of whole completions: the reward that the policy behaves as if it maximised. (B,) → (B,)"""
    return beta * (logprobs - ref_logprobs)


def dpo_loss(rewards_a: Tensor, rewards_b: Tensor, targets: Tensor, *, weights: Tensor | None = None) -> Tensor:
    """Weighted mean Bradley-Terry loss of the implicit rewards, nats.

    A tie is the soft label .5: it draws the two implicit rewards together, which is what the annotator said, and keeps
    the evidence that leaving ties out would lose.

    Args:
        rewards_a, rewards_b: implicit rewards of both completions. (B,)
        targets: 1 where a was preferred, 0 where b was, .5 for a tie. (B,)
    Source: Rafailov et al. 2023, arXiv:2305.18290, eq. 7; soft labels: Mitchell 2023, "A note on
    DPO with noisy preferences".
    """
    return bradley_terry_loss(rewards_a - rewards_b, targets, weights=weights)
