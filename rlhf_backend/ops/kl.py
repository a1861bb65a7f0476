"""Estimators of KL(π ‖ π_ref) from samples of π, nats per token or, summed, per completion.

Source: Schulman 2020, "Approximating KL divergence" (k1 and k3).
"""

from torch import Tensor


def kl_k1(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """log π − log π_ref: unbiased, of high variance, negative for some samples. Any shape."""
    return logprobs - ref_logprobs


def kl_k3(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """(ρ − 1) − log ρ with ρ = π_ref/π: unbiased, never negative. Per token only: ρ of long completions overflows.

    As a loss it needs `kl_k3_loss`: the gradient of its own samples is that of KL(π_ref ‖ π).
    """
    log_ratio = ref_logprobs - logprobs
    return log_ratio.expm1() - log_ratio


def kl_k3_loss(logprobs: Tensor, old_logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """k3 weighed by π/π_old, so that its gradient, too, is that of KL(π ‖ π_ref). Any shape

    Without the weight, which is 1 on-policy but has a gradient, a policy held by it ends elsewhere than at
    π_ref·exp(R/β)/Z.
    Source: DeepSeek-V3.2, arXiv:2512.02556, §3.1; Shao et al. 2024, arXiv:2402.03300, eq. 4, leave the weight out.
    """
    return (logprobs - old_logprobs.detach()).exp() * kl_k3(logprobs, ref_logprobs)
