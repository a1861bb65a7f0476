"""Models whose tokenizers or contexts differ: what is written, judged, cut, left out or refused."""

import json
from pathlib import Path

import pytest

from rlhf_backend.runtime import execute
from rlhf_backend.types import PolicyReport, RewardModelReport
from tests.engine.recipes.test_resume import dpo_job, rloo_job
from tests.engine.tiny import byte_tokenizer, comparisons, prompts, report_of, result_of, write_run, write_tiny_gpt2

LONG = [{"id": 0, "messages": [{"role": "user", "content": "many words " * 60}]}, *prompts(3)[1:]]


def said(run: Path) -> str:
    return (run / "events.jsonl").read_text()


def failure_of(run: Path) -> str:
    assert execute(run) == 0
    failure = result_of(run).failure
    assert failure is not None
    assert failure.code == "config"
    return failure.message


@pytest.fixture(scope="module")
def foreign_reward_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reward model on a backbone with another vocabulary and without a chat template."""
    backbone = write_tiny_gpt2(tmp_path_factory.mktemp("backbone"), seed=5)
    tokenizer = byte_tokenizer(chat=False)
    state = json.loads(tokenizer.backend_tokenizer.to_str())
    vocabulary = state["model"]["vocab"]
    texts = [token for token, number in vocabulary.items() if number >= 10]
    vocabulary |= dict(zip(texts, [vocabulary[token] for token in reversed(texts)], strict=True))
    (backbone / "tokenizer.json").write_text(json.dumps(state))
    job = {"kind": "reward_model", "config": {"heads": 2, "evaluate": False}, "backbone": str(backbone)}
    run = write_run(tmp_path_factory.mktemp("reward") / "run", job, comparisons=comparisons(60))
    report_of(run, RewardModelReport)
    return run / "model"


def test_a_reward_model_with_another_tokenizer_judges_the_text(
    llama_dir: Path, foreign_reward_model: Path, tmp_path: Path
) -> None:
    run = write_run(tmp_path / "run", rloo_job(llama_dir, foreign_reward_model, steps=2), prompts=prompts(3))
    assert report_of(run, PolicyReport).steps == 2


def test_a_reference_with_another_tokenizer_is_refused(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    other = write_tiny_gpt2(tmp_path / "other", seed=0)
    tokenizer = byte_tokenizer(chat=False)
    state = json.loads(tokenizer.backend_tokenizer.to_str())
    vocabulary = state["model"]["vocab"]
    first, second = list(vocabulary)[20:22]
    vocabulary[first], vocabulary[second] = vocabulary[second], vocabulary[first]
    (other / "tokenizer.json").write_text(json.dumps(state))
    job = rloo_job(llama_dir, reward_model_dir) | {"reference": str(other)}
    assert "different tokenizers" in failure_of(write_run(tmp_path / "run", job, prompts=prompts(2)))


def test_prompts_longer_than_the_context_lose_their_beginning_and_it_is_said_once(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    run = write_run(tmp_path / "run", rloo_job(llama_dir, reward_model_dir, steps=2), prompts=LONG)
    assert report_of(run, PolicyReport).steps == 2
    assert said(run).count("the completion leaves it 244") == 1


def test_completions_longer_than_the_context_are_left_out_and_counted(llama_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(20)
    rows[0] |= {"completion_a": "very long " * 40}
    run = write_run(tmp_path / "run", dpo_job(llama_dir, steps=1), comparisons=rows)
    report_of(run, PolicyReport)
    assert "left out: 1 completion longer than the context" in said(run)


def test_a_policy_that_memory_does_not_hold_in_training_is_refused_before_it_is_tried(
    llama_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.memory_bytes", lambda: 2**18)
    whole = write_run(tmp_path / "whole", dpo_job(llama_dir, steps=1), comparisons=comparisons(20))
    assert execute(whole) == 0
    failure = result_of(whole).failure
    assert failure is not None
    assert failure.code == "resource"
    assert "each process has 0.0 GB here. Train LoRA adapters" in failure.message
    adapters = write_run(tmp_path / "lora", dpo_job(llama_dir, steps=1, lora_rank=2), comparisons=comparisons(20))
    assert report_of(adapters, PolicyReport).steps == 1


@pytest.mark.parametrize("tokens", [256, 300])
def test_completions_that_fill_the_context_by_their_settings_are_refused(
    tokens: int, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = rloo_job(llama_dir, reward_model_dir, max_new_tokens=tokens)
    message = failure_of(write_run(tmp_path / "run", job, prompts=prompts(2)))
    assert "leaves no token for the prompt" in message
