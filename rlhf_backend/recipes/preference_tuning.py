"""What methods share that learn from preferences or examples: their models, the parts of a step, the final KL."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from rlhf_backend.config import PolicyJob
from rlhf_backend.data.dialogues import Dialogue, length_buckets
from rlhf_backend.data.order import derived_seed
from rlhf_backend.distributed import even_share, fewer, gathered, share
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.device import tokens_per_forward
from rlhf_backend.models.policy import Reference, TunedPolicy
from rlhf_backend.models.reward import load_reward_model
from rlhf_backend.models.rollout import Decoding, sample_rollout
from rlhf_backend.models.scoring import Scorer, idle_pass, score_completions
from rlhf_backend.models.selective import train_mlp_outputs_only
from rlhf_backend.ops.kl import kl_k1
from rlhf_backend.policy_config import ON_POLICY, WITH_CRITIC, PolicyConfig
from rlhf_backend.recipes.tuning import Tuning
from rlhf_backend.run import Run

# Completions sampled after training for the KL of the report.
_KL_SAMPLES = 64


def load_tuning(run: Run, job: PolicyJob) -> Tuning:
    """The models of a job, with what is trained of the policy chosen.

    Raises: ConfigError: a model cannot be loaded, or has nothing that could be trained selectively; a method that
    samples has no reward model.
    """
    config, warn = job.config, run.events.warn
    if config.method in ON_POLICY and job.reward_model is None:
        raise ConfigError(f"{config.method} needs a reward model: train one first, or choose DPO")
    policy = TunedPolicy(job.policy, lora_rank=config.lora_rank, warn=warn, will_be_trained=run.finish_at is None)
    if config.selective:
        train_mlp_outputs_only(policy.network)
    adapters_on_reference = bool(config.lora_rank) and job.reference == job.policy
    reference = Reference(job.reference, policy, is_policy=adapters_on_reference, warn=warn)
    reward_model = None
    if job.reward_model is not None:
        reward_model = load_reward_model(job.reward_model, warn=warn, principles=job.principles, policy=policy)
    tuning = Tuning(policy, reference, reward_model)
    sharing = tuning.on_the_policys_weights
    if config.lora_rank and config.method in WITH_CRITIC:
        sharing.insert(1, "critic")
    if len(sharing) > 1:
        run.events.log(f"{', '.join(sharing[:-1])} and {sharing[-1]} share one set of weights")
    return tuning


def backward_parts(lengths: Sequence[int], scorer: Scorer, *, pad_id: int) -> Iterator[list[int]]:
    """The rows of a step, by tokens, in parts of one forward pass each: nothing else is held for its backward pass.

    Of several processes each has rows of its own. Where `scorer` keeps step, this one's goes on with nothing until no
    process has a part left.
    """
    own = even_share(lengths)
    parts = list(length_buckets([lengths[row] for row in own], tokens=tokens_per_forward()))
    idle = fewer(len(parts)) if scorer.keeps_step else 0
    for part in parts:
        yield [own[i] for i in part]
    for _ in range(idle):
        idle_pass(scorer, pad_id=pad_id)


@torch.no_grad()
def scored_together(
    scorer: Scorer, dialogues: Sequence[Dialogue], *, pad_id: int, temperature: float = 1.0
) -> tuple[Tensor, Tensor]:
    """log π of each completion (B,) and of each completion token (N,); of several processes each asks for its share."""
    own = [dialogues[i] for i in share(len(dialogues))]
    found = score_completions(scorer, own, pad_id=pad_id, temperature=temperature)
    logprobs, token_logprobs = zip(*gathered([(found.logprobs, found.token_logprobs)]), strict=True)
    return torch.cat(logprobs), torch.cat(token_logprobs)


@torch.no_grad()
def kl_of_samples(
    tuning: Tuning, prompts: Sequence[list[int]], config: PolicyConfig, *, seed: int
) -> tuple[float, float]:
    """KL to the reference on fresh samples of some of the prompts (nats per completion), and their tokens, mean.

    Prompts that leave no room for the longest completion lose their beginning.
    """
    model = tuning.policy.language_model
    room = max(model.context - config.max_new_tokens, 1)
    chosen = [list(prompt) for prompt in sorted({tuple(prompt[-room:]) for prompt in prompts})[:_KL_SAMPLES]]
    rollout = sample_rollout(
        tuning.policy.decoder(),
        chosen,
        Decoding(1, config.max_new_tokens, config.temperature),
        stop_ids=model.codec.stop_ids,
        seeds=[derived_seed(seed, config.steps, i) for i in range(len(chosen))],
    )
    dialogues = [Dialogue(prompt, rollout.completion(i)) for i, prompt in enumerate(chosen)]
    own, ref = (
        score_completions(scorer, dialogues, pad_id=model.codec.pad_id, temperature=config.temperature).logprobs
        for scorer in (tuning.policy.scorer, tuning.reference)
    )
    return float(kl_k1(own, ref).mean()), float(rollout.lengths.float().mean())
