"""How much better a sample is than could be expected."""

from torch import Tensor


def leave_one_out_advantages(rewards: Tensor) -> Tensor:
    """Each reward minus the mean of the other K − 1 samples of the same prompt. (P, K) → (P, K)

    The baseline of a sample does not depend on it, so the policy gradient stays unbiased.
    Raises: ValueError: K < 2.
    Source: Kool et al. 2019, "Buy 4 REINFORCE samples, get a baseline for free!"; Ahmadian et al., arXiv:2402.14740.
    """
    samples = rewards.shape[-1]
    if samples < 2:
        raise ValueError(f"{samples} sample per prompt leaves none for the baseline: expected at least 2")
    # r_i − (Σ − r_i)/(K − 1) = (K·r_i − Σ)/(K − 1)
    return (samples * rewards - rewards.sum(-1, keepdim=True)) / (samples - 1)


def kl_penalised_rewards(scores: Tensor, kl: Tensor, *, kl_coef: float) -> Tensor:
    """Score of each completion less `kl_coef` × its KL to the reference policy, nats. Any shape

    With the whole completion as one action, as RLOO has it, the penalty belongs to the completion, not to its tokens.
    Source: Stiennon et al. 2020, arXiv:2009.01325, §3.4.
    """
    return scores - kl_coef * kl
