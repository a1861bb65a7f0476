"""What may be loaded as a model, and how completions are scored."""

import json
from pathlib import Path

import pytest
import torch

from rlhf_backend.data.dialogues import Dialogue, collate
from rlhf_backend.errors import ConfigError
from rlhf_backend.models.loading import check_source, load_backbone, load_language_model
from rlhf_backend.models.scoring import CompletionScorer


@pytest.mark.parametrize("source", ["/nowhere/model", "./nowhere", "a/b/c"])
def test_a_missing_directory_is_not_taken_for_a_hub_id(source: str) -> None:
    with pytest.raises(ConfigError, match="no model directory"):
        check_source(source)


def test_a_directory_without_a_model_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no config\.json"):
        check_source(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ConfigError, match="no weights"):
        check_source(str(tmp_path))


def test_a_hub_id_that_cannot_be_reached_is_a_setting_to_change() -> None:
    with pytest.raises(ConfigError, match="cannot be loaded"):
        load_language_model("nobody/nothing", warn=lambda _: None)


def test_code_of_a_model_is_not_run(llama_dir: Path, tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((llama_dir / name).read_bytes())
    config = json.loads((llama_dir / "config.json").read_text())
    config |= {"model_type": "strange", "auto_map": {"AutoModelForCausalLM": "evil.Model", "AutoConfig": "evil.Config"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(ConfigError, match="cannot be loaded"):
        load_language_model(str(tmp_path), warn=lambda _: None)
    assert not (tmp_path / "ran").exists()


def test_models_come_frozen_and_in_the_precision_asked_for(llama_dir: Path) -> None:
    model = load_language_model(str(llama_dir), warn=lambda _: None, dtype=torch.float32)
    assert (model.network.dtype, model.stored_dtype, model.context) == (torch.float32, torch.bfloat16, 256)
    assert not any(p.requires_grad for p in model.network.parameters())
    assert not hasattr(load_backbone(str(llama_dir), warn=lambda _: None).network, "lm_head")


@pytest.mark.parametrize("directory", ["llama_dir", "gpt2_dir"])
def test_completion_scores_equal_the_whole_forward_pass(
    directory: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)
    source = str(request.getfixturevalue(directory))
    network = load_language_model(source, warn=lambda _: None, dtype=torch.float32).network
    dialogues = [Dialogue([4, 70, 71], [72, 73, 1]), Dialogue([4], [90, 91, 92, 93, 94, 1])]
    scores = CompletionScorer(network)(collate(dialogues, pad_id=0, device=torch.device("cpu")), with_entropies=True)
    for row, dialogue in enumerate(dialogues):
        log_p = network(torch.tensor([dialogue.prompt + dialogue.completion])).logits[0].log_softmax(-1)
        start = len(dialogue.prompt) - 1
        expected = sum(log_p[start + i, token].item() for i, token in enumerate(dialogue.completion))
        assert scores.logprobs[row].item() == pytest.approx(expected, abs=1e-3)
    assert scores.entropies is not None
    assert len(scores.entropies) == 9


def test_an_architecture_that_scales_its_logits_is_run_whole(llama_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)
    network = load_language_model(str(llama_dir), warn=lambda _: None, dtype=torch.float32).network
    plain = network.forward

    def scaled(**inputs: object) -> object:
        output = plain(**inputs)
        output.logits = output.logits * 3
        return output

    monkeypatch.setattr(network, "forward", scaled)
    dialogue = Dialogue([4, 70], [72, 1])
    scores = CompletionScorer(network)(collate([dialogue], pad_id=0, device=torch.device("cpu")))
    log_p = network(input_ids=torch.tensor([[4, 70, 72, 1]])).logits[0].log_softmax(-1)
    assert scores.logprobs.item() == pytest.approx((log_p[1, 72] + log_p[2, 1]).item(), abs=1e-3)
