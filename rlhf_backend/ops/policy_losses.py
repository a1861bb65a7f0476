"""Policy-gradient losses."""

from torch import Tensor


def reinforce_loss(logprobs: Tensor, advantages: Tensor) -> Tensor:
    """−mean(A · log π): its gradient is the policy gradient of on-policy samples.

    Args:
        logprobs: log π of whole completions, with gradient, nats. (B,)
        advantages: constants; any gradient they carry is cut. (B,)
    Returns: scalar
    Source: Williams 1992, Machine Learning 8:229; completions as one action: Ahmadian et al. 2024, arXiv:2402.14740.
    """
    return -(advantages.detach() * logprobs).mean()
