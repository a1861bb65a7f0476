"""Only the output projections of MLP blocks are trained, in whatever architecture."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from rlhf_backend.errors import ConfigError
from rlhf_backend.models.policy import TunedPolicy
from rlhf_backend.models.selective import train_mlp_outputs_only

SMALL: dict[str, Any] = {"vocab_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "hidden_size": 32}


def trained(network: torch.nn.Module) -> set[str]:
    return {name for name, parameter in network.named_parameters() if parameter.requires_grad}


@pytest.mark.parametrize(
    ("family", "settings", "layer", "suffixes"),
    [
        ("llama", {"intermediate_size": 48, "num_key_value_heads": 2}, "mlp.down_proj", ["weight"]),
        ("qwen3", {"intermediate_size": 48, "num_key_value_heads": 2, "head_dim": 16}, "mlp.down_proj", ["weight"]),
        ("phi3", {"intermediate_size": 48, "num_key_value_heads": 2, "pad_token_id": 0}, "mlp.down_proj", ["weight"]),
        ("gpt_neox", {"intermediate_size": 128}, "mlp.dense_4h_to_h", ["weight", "bias"]),
        ("gpt2", {}, "mlp.c_proj", ["weight", "bias"]),
        ("opt", {"ffn_dim": 48, "word_embed_proj_dim": 32}, "fc2", ["weight", "bias"]),
    ],
)
def test_the_output_projection_is_found_by_its_shape(
    family: str, settings: dict[str, Any], layer: str, suffixes: list[str]
) -> None:
    network = AutoModelForCausalLM.from_config(AutoConfig.for_model(family, **SMALL, **settings))
    assert train_mlp_outputs_only(network) == 2
    names = trained(network)
    assert len(names) == 2 * len(suffixes)
    assert all(name.rpartition(".")[0].endswith(layer) for name in names)


def test_of_adapters_only_those_on_the_output_projections_are_trained(llama_dir: Path) -> None:
    network = TunedPolicy(str(llama_dir), lora_rank=2, warn=lambda _: None).network
    before = trained(network)
    train_mlp_outputs_only(network)
    after = trained(network)
    assert after < before
    assert after == {name for name in before if "mlp.down_proj." in name}


def test_experts_in_one_tensor_are_refused() -> None:
    config = AutoConfig.for_model("mixtral", **SMALL, intermediate_size=48, num_key_value_heads=2, num_local_experts=2)
    network = AutoModelForCausalLM.from_config(config)
    with pytest.raises(ConfigError, match="switch off"):
        train_mlp_outputs_only(network)
