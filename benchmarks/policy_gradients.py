"""Whether the other trainer and ours do the same work: the gradient of a batch that TRL sampled."""

import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

from benchmarks.policy_arms import trl_trainer
from benchmarks.policy_work import TextReward, config_of, job_of
from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.models.policy import Reference, TunedPolicy
from rlhf_backend.policy_config import PolicyConfig
from rlhf_backend.recipes.online import Samples
from rlhf_backend.recipes.policy_batch import PolicyBatch
from rlhf_backend.recipes.policy_update import Updater
from rlhf_backend.recipes.preference_tuning import scored_together

# The policy is moved this far from the reference, so that the KL penalty counts.
_MOVED = 0.01


def gradient_error(directory: Path) -> float:
    """|g − h| / |h| over all weights: g our gradient of RLOO, h TRL's on the batch that it sampled; float32."""
    config, model = config_of(directory, "online"), job_of(directory, config_of(directory, "online")).policy
    with patch("rlhf_backend.models.device.bf16_pays", lambda: False), tempfile.TemporaryDirectory() as root:
        policy = TunedPolicy(model, lora_rank=0, warn=lambda _: None)
        reference = Reference(model, policy, is_policy=False, warn=lambda _: None)
        trainer = trl_trainer(directory, Path(root), "online", {"bf16": False, "gradient_checkpointing": False})
        _move(policy.network)
        trainer.model.load_state_dict(policy.network.state_dict())
        inputs = trainer._prepare_inputs(next(iter(trainer.get_train_dataloader())))
        trainer.compute_loss(trainer.model, inputs).backward()
        batch = _batch_of(inputs, config, policy, reference)
        Updater(config, policy, None, kl_coef=config.kl_coef or 0.0).update(batch, 0, seed=0, resting=False)
    theirs, ours = _gradient(trainer.model), _gradient(policy.network)
    return float((ours - theirs).norm() / theirs.norm())


def _batch_of(
    inputs: dict[str, Tensor], config: PolicyConfig, policy: TunedPolicy, reference: Reference
) -> PolicyBatch:
    """TRL's padded and shuffled rows as the product's samples, prompt by prompt."""
    rows = zip(
        inputs["prompt_ids"],
        inputs["prompt_mask"].bool(),
        inputs["completion_ids"],
        inputs["completion_mask"].bool(),
        strict=True,
    )
    dialogues = [Dialogue(prompt[seen].tolist(), ids[there].tolist()) for prompt, seen, ids, there in rows]
    dialogues.sort(key=lambda dialogue: dialogue.prompt)
    codec = policy.language_model.codec
    scores = TextReward().score([([], codec.decode(dialogue.completion)) for dialogue in dialogues]).mean
    lengths = torch.tensor([len(dialogue.completion) for dialogue in dialogues])
    samples = Samples(dialogues, scores, scores, torch.ones(len(scores), dtype=torch.bool), lengths, None)
    _, ref_logprobs = scored_together(reference, dialogues, pad_id=codec.pad_id, temperature=config.temperature)
    return PolicyBatch(samples, scores, ref_logprobs)


@torch.no_grad()
def _move(network: Any) -> None:
    generator = torch.Generator().manual_seed(0)
    for parameter in network.parameters():
        parameter.add_(_MOVED * torch.randn(parameter.shape, generator=generator))


def _gradient(network: Any) -> Tensor:
    return torch.cat([p.grad.flatten() for p in network.parameters() if p.grad is not None]).double()
