"""What tells REINFORCE, RLOO, GRPO, A2C and PPO apart: where the KL penalty stands, the baseline, the loss of a token.

Tokens stand completion by completion: token i of N belongs to completion rows[i] of B; completions prompt by prompt.
All of them take rewards normalised on the reward model's data, so that a KL coefficient means the same for all reward
models, and one reward unit off a completion that the policy did not close.
"""

from dataclasses import dataclass

from torch import Tensor

from rlhf_backend.ops.advantages import (
    batch_mean_advantages,
    gae_advantages,
    group_normalised_advantages,
    kl_penalised_rewards,
    kl_penalised_token_rewards,
    leave_one_out_advantages,
    rewards_to_go,
    whitened,
)
from rlhf_backend.ops.kl import kl_k1, kl_k3_loss
from rlhf_backend.ops.logprobs import sum_by_row
from rlhf_backend.ops.policy_losses import clipped_surrogate_terms, policy_gradient_terms
from rlhf_backend.policy_config import PolicyConfig, PolicyMethod

CLIPPED: tuple[PolicyMethod, ...] = ("grpo", "ppo")
"""Methods whose loss allows for several updates on one batch."""


@dataclass(frozen=True)
class Judged:
    """Completions of whole prompts, K each, as they were sampled; constants.

    scores (B,), reward units; rows, log π, log π_ref and V (0 without a critic) of each token (N,).
    """

    scores: Tensor
    rows: Tensor
    logprobs: Tensor
    ref_logprobs: Tensor
    values: Tensor


@dataclass(frozen=True)
class Signals:
    """How much better each token was than expected (N,), and what the critic should have said (N,)."""

    advantages: Tensor
    returns: Tensor | None = None


def compares_prompts(config: PolicyConfig) -> bool:
    """Whether a completion's advantages depend on those of other prompts, so that a batch cannot be judged in parts."""
    return config.method == "reinforce" or (config.method == "ppo" and _whitens(config))


def signals_of(judged: Judged, config: PolicyConfig, *, kl_coef: float) -> Signals:
    """By the method of the settings.

    Raises: ValueError: it is no policy gradient.
    """
    match config.method:
        case "rloo":
            return _rloo(judged, config, kl_coef)
        case "grpo":
            return _grpo(judged, config)
        case "reinforce":
            return _reinforce(judged, kl_coef)
        case "a2c":
            return _a2c(judged, kl_coef)
        case "ppo":
            return _ppo(judged, config, kl_coef)
        case other:
            raise ValueError(f"{other} is no policy gradient")


def _reinforce(judged: Judged, kl_coef: float) -> Signals:
    """Differs from the paper: the baseline is the batch's mean return instead of a running mean.

    A_t = Σ_{s ≥ t} r_s − mean return, r_t = −β·k1, and the score at the last token.
    Source: Williams 1992, Machine Learning 8:229; RLHF Deciphered, arXiv:2404.08555, §6.1.
    """
    returns = rewards_to_go(_token_rewards(judged, kl_coef), judged.rows)
    return Signals(batch_mean_advantages(returns, judged.rows, len(judged.scores)))


def _rloo(judged: Judged, config: PolicyConfig, kl_coef: float) -> Signals:
    """Differs from the paper: one gradient step for each batch, so samples are on-policy and no ratio is needed.

    The whole completion is one action: its KL, Σ k1, is taken off its score, and the baseline is the mean of the
    prompt's other K − 1 samples.
    Source: Ahmadian et al. 2024, arXiv:2402.14740.
    """
    kl = sum_by_row(kl_k1(judged.logprobs, judged.ref_logprobs), judged.rows, len(judged.scores))
    rewards = kl_penalised_rewards(judged.scores, kl, kl_coef=kl_coef)
    return Signals(leave_one_out_advantages(rewards.view(-1, config.samples_per_prompt)).flatten()[judged.rows])


def _grpo(judged: Judged, config: PolicyConfig) -> Signals:
    """Differs from the paper: the KL in the loss is weighed by the probability ratio (`kl_k3_loss`); no replay of data.

    The scores of a prompt's K samples, in standard deviations from their mean: β counts in these deviations, and a
    prompt whose samples all earn the same teaches nothing.
    Source: Shao et al. 2024, arXiv:2402.03300, §4.1.
    """
    groups = judged.scores.view(-1, config.samples_per_prompt)
    return Signals(group_normalised_advantages(groups).flatten()[judged.rows])


def _a2c(judged: Judged, kl_coef: float) -> Signals:
    """Differs from the paper: one actor, whole returns instead of n-step ones, no entropy bonus (the KL is one).

    A_t = Σ_{s ≥ t} r_s − V_t, with rewards as in REINFORCE.
    Source: Mnih et al. 2016, arXiv:1602.01783; RLHF Deciphered, arXiv:2404.08555, §7.6.2.
    """
    returns = rewards_to_go(_token_rewards(judged, kl_coef), judged.rows)
    return Signals(returns - judged.values, returns)


def _ppo(judged: Judged, config: PolicyConfig, kl_coef: float) -> Signals:
    """Differs from the paper: γ = 1 and token KL in the reward, as RLHF has it; no entropy bonus; advantages are
    whitened only where rewards are not scaled (PPO-max, arXiv:2307.04964, App. B.1: the two work against each other).

    Source: Schulman et al. 2017, arXiv:1707.06347, with GAE, arXiv:1506.02438.
    """
    rewards = _token_rewards(judged, kl_coef)
    advantages = gae_advantages(rewards, judged.values, judged.rows, gae_lambda=config.gae_lambda)
    return Signals(whitened(advantages) if _whitens(config) else advantages, advantages + judged.values)


def loss_terms(
    token_logprobs: Tensor, judged: Judged, advantages: Tensor, config: PolicyConfig, *, kl_coef: float
) -> Tensor:
    """The policy's loss of each token, to be weighed with `token_weights` and added up. (N,) × 3 → (N,)"""
    if config.method not in CLIPPED:
        return policy_gradient_terms(token_logprobs, advantages)
    terms = clipped_surrogate_terms(token_logprobs, judged.logprobs, advantages, clip_range=config.clip_range)
    if config.method == "grpo":
        terms = terms + kl_coef * kl_k3_loss(token_logprobs, judged.logprobs, judged.ref_logprobs)
    return terms


def token_weights(rows: Tensor, config: PolicyConfig, *, completions: int, tokens: int) -> Tensor:
    """What each token's loss weighs in an update on so many completions and tokens, this part of them or more. (N,)

    PPO takes the mean over tokens; GRPO that over completions of means over their tokens; the others that over
    completions of sums, which is the policy gradient.
    """
    if config.method == "ppo":
        return rows.new_ones(len(rows)) / tokens
    if config.method == "grpo":
        lengths = sum_by_row(rows.new_ones(len(rows)), rows, int(rows[-1]) + 1)
        return 1 / (lengths[rows] * completions)
    return rows.new_ones(len(rows)) / completions


def _token_rewards(judged: Judged, kl_coef: float) -> Tensor:
    kl = kl_k1(judged.logprobs, judged.ref_logprobs)
    return kl_penalised_token_rewards(judged.scores, kl, judged.rows, kl_coef=kl_coef)


def _whitens(config: PolicyConfig) -> bool:
    return config.reward_scaling == "none"
