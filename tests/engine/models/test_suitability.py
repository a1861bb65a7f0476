"""Which models can be brought along: architectures, files and tokenizers that work, and why the others are refused."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    BartConfig,
    BartForCausalLM,
    BertConfig,
    BertForMaskedLM,
    GemmaConfig,
    GPTNeoXConfig,
    LlamaForCausalLM,
    MambaConfig,
    OPTConfig,
    PreTrainedConfig,
    Qwen2Config,
    T5Config,
    T5ForConditionalGeneration,
)

from rlhf_backend.errors import ConfigError
from rlhf_backend.models.hf_decoder import HfDecoder, decoder_of
from rlhf_backend.models.loading import load_backbone, load_language_model
from rlhf_backend.models.rollout import Decoding, sample_rollout
from rlhf_backend.models.suitability import refuse_unsampleable
from tests.engine.tiny import byte_tokenizer, llama_config, write_tiny_gpt2, write_tiny_llama

SIZES: dict[str, Any] = {
    "vocab_size": 261,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 128,
    "eos_token_id": 1,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "initializer_range": 0.2,
}


def write(directory: Path, network: Any) -> str:
    network.save_pretrained(directory)
    byte_tokenizer().save_pretrained(directory)
    return str(directory)


def ignore(message: str) -> None:
    """Warnings are not the subject."""


def policy(source: str) -> Any:
    return load_language_model(source, warn=ignore, dtype=torch.float32)


@pytest.mark.parametrize(
    "config",
    [
        Qwen2Config(**SIZES | {"vocab_size": 264}, num_key_value_heads=2),
        GemmaConfig(**SIZES, num_key_value_heads=2, head_dim=8),
        GPTNeoXConfig(**SIZES),
        OPTConfig(
            **{name: size for name, size in SIZES.items() if name != "initializer_range"}, ffn_dim=48, init_std=0.2
        ),
        llama_config(attention_bias=True),
    ],
    ids=lambda config: str(config.model_type),
)
def test_decoders_of_other_architectures_sample_what_the_library_does(config: PreTrainedConfig, tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = policy(write(tmp_path, AutoModelForCausalLM.from_config(config))).network
    prompts = [[5, 6, 7, 8, 9], [10], [11, 12]]
    rollout = sample_rollout(
        decoder_of(network), prompts, Decoding(1, 8, temperature=0), stop_ids=frozenset({1}), seeds=[0, 1, 2]
    )
    for row, prompt in enumerate(prompts):
        ids = network.generate(
            torch.tensor([prompt]), max_new_tokens=8, do_sample=False, eos_token_id=1, attention_mask=None
        )
        assert rollout.completion(row) == ids[0, len(prompt) :].tolist()


def test_an_encoder_is_no_policy_and_no_backbone(tmp_path: Path) -> None:
    source = write(tmp_path, BertForMaskedLM(BertConfig(**SIZES)))
    for load in (load_language_model, load_backbone):
        with pytest.raises(ConfigError, match="each token sees those behind it"):
            load(source, warn=ignore)


@pytest.mark.parametrize("name", ["t5", "bart"])
def test_an_encoder_with_a_decoder_is_neither(name: str, tmp_path: Path) -> None:
    if name == "t5":
        config = T5Config(vocab_size=261, d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4)
        network: Any = T5ForConditionalGeneration(config)
    else:
        sizes = {"encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 48, "decoder_ffn_dim": 48}
        heads = {"encoder_attention_heads": 4, "decoder_attention_heads": 4}
        network = BartForCausalLM(BartConfig(vocab_size=261, d_model=32, **sizes, **heads, is_encoder_decoder=True))
        network.config.is_encoder_decoder = True
    source = write(tmp_path, network)
    for load in (load_language_model, load_backbone):
        with pytest.raises(ConfigError, match="with an encoder"):
            load(source, warn=ignore)


def test_a_model_without_a_cache_of_keys_and_values_cannot_write_but_can_judge(tmp_path: Path) -> None:
    config = MambaConfig(vocab_size=261, hidden_size=32, num_hidden_layers=2, state_size=4, eos_token_id=1)
    source = write(tmp_path, AutoModelForCausalLM.from_config(config))
    with pytest.raises(ConfigError, match="cannot be continued from a cache of keys and values"):
        policy(source)
    assert load_backbone(source, warn=ignore).context == 32_768


def test_a_model_that_heeds_no_positions_beside_longer_prompts_is_refused(
    gpt2_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = policy(str(gpt2_dir)).network
    assert isinstance(decoder_of(network), HfDecoder)
    plain = network.forward

    def without_positions(**inputs: Any) -> Any:
        return plain(**{name: value for name, value in inputs.items() if name != "position_ids"})

    monkeypatch.setattr(network, "forward", without_positions)
    with pytest.raises(ConfigError, match="neither padding nor positions"):
        refuse_unsampleable(network, "a model")


def test_what_a_wrong_signature_lacks_is_said(gpt2_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = policy(str(gpt2_dir)).network

    def bare(input_ids: Any, use_cache: bool = False) -> Any:
        raise AssertionError("never reached")

    monkeypatch.setattr(network, "forward", bare)
    with pytest.raises(ConfigError, match="unexpected keyword argument"):
        refuse_unsampleable(network, "a model")


def test_a_trunk_without_an_output_layer_is_not_taken_for_a_policy(tmp_path: Path) -> None:
    torch.manual_seed(0)
    source = write(tmp_path, AutoModel.from_config(llama_config(tie_word_embeddings=False)))
    with pytest.raises(ConfigError, match=r"lacks 1 of the tensors of LlamaForCausalLM \(lm_head\.weight\)"):
        policy(source)
    load_backbone(source, warn=ignore)


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused(tmp_path: Path) -> None:
    write_tiny_llama(tmp_path, seed=0)
    tokenizer = byte_tokenizer()
    tokenizer.add_tokens(["zebra"])
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ConfigError, match="has token 261, its model knows 261 tokens"):
        policy(str(tmp_path))


def test_tied_weights_in_several_files_of_bfloat16_come_whole(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = LlamaForCausalLM(llama_config()).to(torch.bfloat16)
    network.save_pretrained(tmp_path, max_shard_size="20KB")
    byte_tokenizer().save_pretrained(tmp_path)
    assert len(list(tmp_path.glob("model-*.safetensors"))) > 1
    loaded = policy(str(tmp_path))
    assert loaded.stored_dtype == torch.bfloat16
    assert all(
        torch.equal(loaded.network.state_dict()[name], value.float()) for name, value in network.state_dict().items()
    )
    assert loaded.network.lm_head.weight is loaded.network.model.embed_tokens.weight


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    write_tiny_llama(tmp_path, seed=0)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(ConfigError, match=r"only pytorch_model\.bin, which can run code when read"):
        policy(str(tmp_path))


def test_a_model_that_needs_code_of_its_own_is_refused_and_nothing_of_it_runs(tmp_path: Path) -> None:
    write_tiny_llama(tmp_path, seed=0)
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"model_type": "strange", "auto_map": {"AutoConfig": "evil.Config", "AutoModelForCausalLM": "evil.Model"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(ConfigError, match="needs code of its own, which is never run"):
        policy(str(tmp_path))
    assert not (tmp_path / "ran").exists()


def test_a_missing_pad_token_and_template_are_no_obstacle(tmp_path: Path) -> None:
    write_tiny_gpt2(tmp_path, seed=0)
    tokenizer = byte_tokenizer(chat=False)
    tokenizer.pad_token = None
    tokenizer.save_pretrained(tmp_path)
    said: list[str] = []
    codec = load_language_model(str(tmp_path), warn=said.append).codec
    assert codec.pad_id == codec.end_id == 1
    assert said == ["the tokenizer has no chat template: prompts are written as 'User: … Assistant:'"]
