"""A critic beside its policy: with weights of its own, or with adapters on the policy's, neither changes the other."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.errors import ResourceError
from rlhf_backend.models.device import TRAINED_BYTES
from rlhf_backend.models.policy import Reference, TunedPolicy
from rlhf_backend.models.scoring import Scorer, score_completions
from rlhf_backend.models.value import Critic

DIALOGUES = [Dialogue([10, 11, 12], [13, 14]), Dialogue([10, 11, 12], [15, 16, 17]), Dialogue([20], [21])]
TOKENS = 6


@pytest.fixture(autouse=True)
def float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)


def logprobs(scorer: Scorer) -> Tensor:
    with torch.no_grad():
        return score_completions(scorer, DIALOGUES, pad_id=0).token_logprobs


def disturb(network: torch.nn.Module, component: str) -> None:
    """Move the trained parameters that have this component in their names."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if component in name.split(".") and parameter.requires_grad:
                parameter.add_(0.5 * torch.randn_like(parameter))


def gradients(network: torch.nn.Module) -> set[str]:
    return {name for name, parameter in network.named_parameters() if parameter.grad is not None}


def test_a_critic_that_memory_does_not_hold_beside_its_policy_is_refused(
    llama_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = TunedPolicy(str(llama_dir), lora_rank=0, warn=print)
    enough = TRAINED_BYTES * sum(p.numel() for p in policy.network.parameters())
    monkeypatch.setattr("rlhf_backend.models.device.memory_bytes", lambda: enough)
    TunedPolicy(str(llama_dir), lora_rank=0, warn=print)
    with pytest.raises(ResourceError, match=r"policy and its critic .* without a critic, such as RLOO"):
        Critic(policy, str(llama_dir), lora_rank=0, warn=print)
    Critic(TunedPolicy(str(llama_dir), lora_rank=2, warn=print), str(llama_dir), lora_rank=2, warn=print)


@pytest.mark.parametrize("lora_rank", [0, 2])
def test_a_critic_says_zero_at_first_and_learns_where_it_is_told(lora_rank: int, llama_dir: Path) -> None:
    policy = TunedPolicy(str(llama_dir), lora_rank=lora_rank, warn=print)
    critic = Critic(policy, str(llama_dir), lora_rank=lora_rank, warn=print)
    assert critic.values(DIALOGUES, pad_id=0).tolist() == [0.0] * TOKENS
    torch.nn.init.normal_(critic.head.weight)
    critic.values(DIALOGUES, pad_id=0).sum().backward()  # type: ignore[no-untyped-call]
    touched = gradients(policy.network)
    assert all("critic" in name.split(".") for name in touched)
    assert bool(touched) == bool(lora_rank)  # the trunk is the policy's own network only with adapters


@pytest.mark.parametrize("lora_rank", [0, 2])
def test_the_policys_gradient_is_not_the_critics(lora_rank: int, llama_dir: Path) -> None:
    policy = TunedPolicy(str(llama_dir), lora_rank=lora_rank, warn=print)
    critic = Critic(policy, str(llama_dir), lora_rank=lora_rank, warn=print)
    fresh = score_completions(policy.scorer, DIALOGUES, pad_id=0).token_logprobs
    critic.values(DIALOGUES, pad_id=0)  # switches adapters between the policy's two passes
    fresh.sum().backward()  # type: ignore[no-untyped-call]
    touched = gradients(policy.network)
    assert touched
    assert not any("critic" in name.split(".") for name in touched)
    assert not gradients(critic)


def test_policy_reference_and_critic_share_one_set_of_weights(llama_dir: Path) -> None:
    policy = TunedPolicy(str(llama_dir), lora_rank=2, warn=print)
    reference = Reference(str(llama_dir), policy, is_policy=True, warn=print)
    before = logprobs(policy.scorer)
    critic = Critic(policy, str(llama_dir), lora_rank=2, warn=print)
    torch.nn.init.normal_(critic.head.weight)
    disturb(policy.network, "default")
    moved, values = logprobs(policy.scorer), critic.values(DIALOGUES, pad_id=0).detach()
    assert not torch.allclose(moved, before, atol=1e-2)
    torch.testing.assert_close(logprobs(reference), before)
    disturb(policy.network, "critic")
    torch.testing.assert_close(logprobs(policy.scorer), moved)
    torch.testing.assert_close(logprobs(reference), before)
    assert not torch.allclose(critic.values(DIALOGUES, pad_id=0).detach(), values, atol=1e-3)


def test_a_policy_whose_every_weight_is_trained_shares_none(llama_dir: Path) -> None:
    policy = TunedPolicy(str(llama_dir), lora_rank=0, warn=print)
    with pytest.raises(ValueError, match="only adapters"):
        policy.beside("critic", 2)
