"""Adapters are switched on and off without a trace, and kept apart from the weights they were trained on."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from rlhf_backend.data.dialogues import Dialogue
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.adapters import KeptAdapters, put_adapters, with_adapters
from rlhf_backend.models.loading import load_backbone
from rlhf_backend.models.policy import Reference, TunedPolicy
from rlhf_backend.models.scoring import Scorer, score_completions

DIALOGUES = [Dialogue([10, 11, 12], [13, 14]), Dialogue([10, 11, 12], [15, 16, 17]), Dialogue([20], [21])]
IDS = torch.arange(5, 25).view(2, 10)


@pytest.fixture(autouse=True)
def float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)


def disturb(network: torch.nn.Module) -> None:
    """Give the adapters in training an effect."""
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.requires_grad:
                parameter.add_(0.5 * torch.randn_like(parameter))


def trained_trunk(source: Path) -> Any:
    backbone = load_backbone(str(source), warn=lambda _: None, dtype=torch.float32).network
    with_adapters(backbone, 3)
    torch.manual_seed(1)
    disturb(backbone)
    return backbone


@torch.no_grad()
def hidden(trunk: Any) -> Tensor:
    states: Tensor = trunk(input_ids=IDS, use_cache=False).last_hidden_state
    return states


def logprobs(scorer: Scorer) -> Tensor:
    return score_completions(scorer, DIALOGUES, pad_id=0).token_logprobs


def state_of(policy: TunedPolicy) -> dict[str, tuple[bool, bool]]:
    """Which parameters take gradients, and which modules are in training."""
    taking = {name: (p.requires_grad, False) for name, p in policy.network.named_parameters()}
    return taking | {f"module {name}": (False, module.training) for name, module in policy.network.named_modules()}


@pytest.mark.parametrize("model", ["llama_dir", "gpt2_dir"])
def test_kept_adapters_read_the_same_alone_and_on_a_policys_weights(
    model: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    source = request.getfixturevalue(model)
    trained = trained_trunk(source)
    KeptAdapters.of(trained).save(tmp_path / "adapters.safetensors")
    kept = KeptAdapters.load(tmp_path / "adapters.safetensors")
    assert kept.rank == 3
    alone = load_backbone(str(source), warn=lambda _: None, dtype=torch.float32).network
    plain = hidden(alone)
    put_adapters(alone, kept)
    assert torch.equal(hidden(alone), hidden(trained))
    assert not torch.allclose(plain, hidden(alone), atol=1e-2)
    policy = TunedPolicy(str(source), lora_rank=2, warn=lambda _: None)
    disturb(policy.network)
    own = logprobs(policy.scorer)
    in_force = policy.carrying("reward", kept)
    with in_force():
        assert torch.equal(hidden(policy.trunk), hidden(trained))
    with policy.before_tuning():
        assert torch.equal(hidden(policy.trunk), plain)
        with in_force():  # as where a reward model judges what the reference writes
            assert torch.equal(hidden(policy.trunk), hidden(trained))
        assert torch.equal(hidden(policy.trunk), plain)
        with policy.before_tuning():
            assert torch.equal(hidden(policy.trunk), plain)
        assert torch.equal(hidden(policy.trunk), plain)
    assert torch.equal(logprobs(policy.scorer), own)


def test_what_is_only_read_leaves_the_training_as_it_was(llama_dir: Path) -> None:
    kept = KeptAdapters.of(trained_trunk(llama_dir))
    policy = TunedPolicy(str(llama_dir), lora_rank=2, warn=print)
    disturb(policy.network)
    before, numbers = state_of(policy), torch.get_rng_state()
    in_force = policy.carrying("reward", kept)
    after = state_of(policy)
    assert torch.equal(torch.get_rng_state(), numbers)
    assert {name: after[name] for name in before} == before
    assert not any(after[name][0] for name in after.keys() - before.keys())
    logprobs(policy.scorer).sum().backward()  # type: ignore[no-untyped-call]
    expected = {name: p.grad.clone() for name, p in policy.network.named_parameters() if p.grad is not None}
    policy.network.zero_grad(set_to_none=True)
    fresh = logprobs(policy.scorer)
    for context in (in_force, policy.before_tuning):  # between the policy's two passes
        with context():
            hidden(policy.trunk)
    fresh.sum().backward()  # type: ignore[no-untyped-call]
    found = {name: p.grad for name, p in policy.network.named_parameters() if p.grad is not None}
    assert state_of(policy) == after
    assert expected
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_policy_is_saved_without_what_it_carried(llama_dir: Path, tmp_path: Path) -> None:
    kept, saved = KeptAdapters.of(trained_trunk(llama_dir)), {}
    for part in ("alone", "carrying"):
        torch.manual_seed(0)
        policy = TunedPolicy(str(llama_dir), lora_rank=2, warn=print)
        disturb(policy.network)
        if part == "carrying":
            policy.carrying("reward", kept)
        for name, save in (("copy", policy.save_copy), ("end", policy.save)):
            (tmp_path / part / name).mkdir(parents=True)
            save(tmp_path / part / name)
            saved[part, name] = (tmp_path / part / name / "model.safetensors").read_bytes()
    assert len(set(saved.values())) == 1
    assert saved["carrying", "end"] != (llama_dir / "model.safetensors").read_bytes()


def test_a_policy_whose_every_weight_is_trained_carries_nothing(llama_dir: Path) -> None:
    policy = TunedPolicy(str(llama_dir), lora_rank=0, warn=print)
    assert policy.trunk is None
    with pytest.raises(ValueError, match="only below adapters"):
        policy.carrying("reward", KeptAdapters({}))


def test_missing_damaged_and_foreign_adapters_say_so(llama_dir: Path, gpt2_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "adapters.safetensors"
    with pytest.raises(ConfigError, match="holds no adapters that can be read"):
        KeptAdapters.load(file)
    file.write_bytes(b"\0" * 64)
    with pytest.raises(ConfigError, match="holds no adapters that can be read"):
        KeptAdapters.load(file)
    kept = KeptAdapters.of(trained_trunk(llama_dir))
    name, tensor = next(iter(kept.tensors.items()))
    for tensors in ({"weight": tensor}, dict(kept.tensors) | {name: tensor * torch.nan}):
        save_file(tensors, file)
        with pytest.raises(ConfigError, match="no adapters, or numbers that are none"):
            KeptAdapters.load(file)
    for source, tensors in ((gpt2_dir, dict(kept.tensors)), (llama_dir, {name: tensor})):
        trunk = load_backbone(str(source), warn=lambda _: None, dtype=torch.float32).network
        with pytest.raises(ConfigError, match=r"adapters' tensors do not fit their weights, first .* expected"):
            put_adapters(trunk, KeptAdapters(tensors))


def test_the_reference_is_the_policy_before_its_tuning_whatever_else_it_carries(llama_dir: Path) -> None:
    policy = TunedPolicy(str(llama_dir), lora_rank=2, warn=print)
    reference = Reference(str(llama_dir), policy, is_policy=True, warn=print)
    before = logprobs(reference)
    policy.carrying("reward", KeptAdapters.of(trained_trunk(llama_dir)))
    disturb(policy.network)
    assert torch.equal(logprobs(reference), before)
    assert not torch.allclose(logprobs(policy.scorer), before, atol=1e-2)
