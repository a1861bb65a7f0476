"""A reward model's directory holds what was trained, and names and remembers what it stands on."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from rlhf_backend.durable import MANIFEST, _write_manifest
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.adapters import KeptAdapters, merge_adapters, with_adapters
from rlhf_backend.models.loading import load_backbone, load_codec
from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.models.reward import RewardModel, load_reward_model
from rlhf_backend.models.reward_directory import (
    ADAPTERS_TENSORS,
    BACKBONE,
    REWARD_JSON,
    RewardModelFile,
    same_weights,
    weights_sha256,
)
from rlhf_backend.recipes import reward_files
from rlhf_backend.types import Message
from tests.engine.tiny import trained_judge, write_tiny_llama

ASKED = [([Message(role="user", content="say")], text) for text in ("ee aa", "x y z", "aeiou")]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A model that a test may change."""
    return write_tiny_llama(tmp_path / "base", seed=0)


def loaded(directory: Path, policy: TunedPolicy | None = None) -> RewardModel:
    return load_reward_model(str(directory), warn=lambda _: None, policy=policy)


def described(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / REWARD_JSON).read_text())
    return found


def signed(directory: Path) -> None:
    """With a manifest of the files as they are now."""
    (directory / MANIFEST).unlink()
    _write_manifest(directory)


def test_adapters_are_kept_beside_the_backbone_as_it_was(base: Path, tmp_path: Path) -> None:
    model = trained_judge(tmp_path / "run", base, "lora")
    file = RewardModelFile.model_validate(described(model))
    assert (file.backbone, file.has_adapters, file.backbone_sha256) == (BACKBONE, True, weights_sha256(base))
    assert (model / BACKBONE / "model.safetensors").read_bytes() == (base / "model.safetensors").read_bytes()
    assert KeptAdapters.load(model / ADAPTERS_TENSORS).rank == 16
    scores = loaded(model).score(ASKED).mean
    shutil.rmtree(base)
    assert torch.equal(loaded(model).score(ASKED).mean, scores)


@pytest.mark.parametrize("trainable", ["head", "lora"])
def test_a_backbone_too_large_to_copy_is_named_and_remembered(
    trainable: str, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = trained_judge(tmp_path / "copied", base, trainable)
    monkeypatch.setattr(reward_files, "_COPIED_BYTES", 0)
    model = trained_judge(tmp_path / "named", base, trainable)
    assert described(model)["backbone"] == str(base)
    assert not (model / BACKBONE).exists()
    assert torch.equal(loaded(model).score(ASKED).mean, loaded(copied).score(ASKED).mean)
    write_tiny_llama(base, seed=1)
    with pytest.raises(ConfigError, match=r"base, whose weights have changed since: sha256 .* expected"):
        loaded(model)
    shutil.rmtree(base)
    with pytest.raises(ConfigError, match=r"stands on the model in .*base, which was moved or removed: put it back"):
        loaded(model)


@pytest.mark.parametrize("trainable", ["head", "lora"])
def test_rewards_read_off_a_policys_weights_are_the_same_bits(trainable: str, base: Path, tmp_path: Path) -> None:
    model = trained_judge(tmp_path / "run", base, trainable)
    alone = loaded(model).score(ASKED)
    policy = TunedPolicy(str(base), lora_rank=2, warn=print)
    judge = loaded(model, policy)
    assert judge.reader.backbone.network is policy.trunk
    assert torch.equal(judge.score(ASKED).heads, alone.heads)
    with torch.no_grad():
        for parameter in policy.network.parameters():
            if parameter.requires_grad:
                parameter.add_(1.0)
    assert torch.equal(judge.score(ASKED).heads, alone.heads)


def test_missing_and_damaged_adapters_say_so(base: Path, other_llama_dir: Path, tmp_path: Path) -> None:
    model = trained_judge(tmp_path / "run", base, "lora")
    content = (model / ADAPTERS_TENSORS).read_bytes()
    (model / ADAPTERS_TENSORS).write_bytes(content[:-1] + b"\x7f")
    with pytest.raises(ConfigError, match=r"adapters.safetensors differs from its manifest: the file is damaged"):
        loaded(model)
    (model / ADAPTERS_TENSORS).unlink()
    with pytest.raises(ConfigError, match=r"lacks adapters.safetensors, which its manifest lists"):
        loaded(model)
    signed(model)
    with pytest.raises(ConfigError, match=r"adapters.safetensors holds no adapters that can be read"):
        loaded(model)
    backbone = load_backbone(str(base), warn=print, dtype=torch.float32).network
    with_adapters(backbone, 2)
    kept = KeptAdapters.of(backbone)
    KeptAdapters({name: tensor for name, tensor in kept.tensors.items() if "layers.0" in name}).save(
        model / ADAPTERS_TENSORS
    )
    signed(model)
    with pytest.raises(ConfigError, match="adapters' tensors do not fit their weights"):
        loaded(model)


def test_adapters_that_an_earlier_version_merged_still_score(base: Path, tmp_path: Path) -> None:
    model = trained_judge(tmp_path / "run", base, "lora")
    scores = loaded(model).score(ASKED).mean
    backbone = load_backbone(str(base), warn=print, dtype=torch.float32)
    adapted = with_adapters(backbone.network, 16)
    kept = KeptAdapters.load(model / ADAPTERS_TENSORS)
    tensors = {f"base_model.model.{name.replace('.weight', '.default.weight')}": t for name, t in kept.tensors.items()}
    assert not adapted.load_state_dict(tensors, strict=False).unexpected_keys
    shutil.rmtree(model / BACKBONE)
    (model / ADAPTERS_TENSORS).unlink()
    merge_adapters(adapted).to(torch.bfloat16).save_pretrained(model / BACKBONE)
    load_codec(str(base), warn=print)[0].save(model / BACKBONE)
    before_format_3 = ("backbone_sha256", "has_adapters")
    old = {key: value for key, value in described(model).items() if key not in before_format_3} | {"format": 2}
    (model / REWARD_JSON).write_text(json.dumps(old))
    signed(model)
    torch.testing.assert_close(loaded(model).score(ASKED).mean, scores, atol=0.05, rtol=0)
    policy = TunedPolicy(str(base), lora_rank=2, warn=print)
    judge = loaded(model, policy)
    assert judge.reader.backbone.network is not policy.trunk
    torch.testing.assert_close(judge.score(ASKED).mean, scores, atol=0.05, rtol=0)


def test_the_same_weights_are_known_by_their_content(base: Path, llama_dir: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(base, copy)
    (copy / "tokenizer.json").unlink()
    (copy / "features.safetensors").write_bytes(b"a readout, which is kept with its reward model")
    assert same_weights(str(base), str(copy))
    assert same_weights(str(base), f"{base}/../base")
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"rms_norm_eps": 1e-5}))
    assert not same_weights(str(base), str(copy))
    assert not same_weights(str(base), str(write_tiny_llama(tmp_path / "other", seed=1)))
    assert same_weights("maker/model", "maker/model")
    assert not same_weights("maker/model", "maker/other")
    assert not same_weights("maker/model", str(base))
