"""Imitation of given completions."""

from torch import Tensor


def imitation_loss(logprobs: Tensor, weights: Tensor, *, tokens: Tensor | float) -> Tensor:
    """Language-model loss of completions, their prompts left out, nats per token.

    Divided by the weighted tokens of the whole step, the parts of a step add up to the same loss however it is parted.

    Args:
        logprobs: log π of each completion. (B,)
        weights: weight of each completion. (B,)
        tokens: Σ weight × tokens over all completions of the step, these among them.
    Source: Ouyang et al. 2022, arXiv:2203.02155, §3.5 (supervised fine-tuning, and the pre-training term of PPO-ptx).
    """
    return -(weights * logprobs).sum() / tokens
