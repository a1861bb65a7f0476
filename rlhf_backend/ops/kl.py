"""Estimators of KL(π ‖ π_ref) from samples of π, nats per token or, summed, per completion.

Source: Schulman 2020, "Approximating KL divergence" (k1, k2, k3).
"""

from torch import Tensor


def kl_k1(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """log π − log π_ref: unbiased, of high variance, negative for some samples. Any shape."""
    return logprobs - ref_logprobs


def kl_k2(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """½ (log π − log π_ref)²: biased, of low variance; its gradient is that of the KL. Any shape."""
    return (logprobs - ref_logprobs).square() / 2


def kl_k3(logprobs: Tensor, ref_logprobs: Tensor) -> Tensor:
    """(ρ − 1) − log ρ with ρ = π_ref/π: unbiased, never negative. Per token only: ρ of long completions overflows."""
    log_ratio = ref_logprobs - logprobs
    return log_ratio.expm1() - log_ratio
