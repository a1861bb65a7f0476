"""Tuning a policy: it moves where it should, and what it leaves is a model that others can read."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from rlhf_backend.durable import verify_directory
from rlhf_backend.recipes.training_loop import Schedule
from rlhf_backend.runtime import execute
from rlhf_backend.types import PolicyReport
from tests.engine.recipes.test_resume import dpo_job, rloo_job
from tests.engine.tiny import byte_tokenizer, comparisons, metrics_of, prompts, result_of, write_run, write_tiny_llama

LEARNING = {"steps": 25, "prompts_per_step": 8, "samples_per_prompt": 4, "learning_rate": 0.01, "checkpoint_every": 100}


def tune(directory: Path, job: dict[str, Any]) -> PolicyReport:
    run = write_run(directory, job, seed=1, prompts=prompts(8), comparisons=comparisons(60, prompts=8))
    assert execute(run) == 0
    result = result_of(run)
    assert isinstance(result.report, PolicyReport), result.failure
    return result.report


@pytest.mark.parametrize(("lora_rank", "rate"), [(0, 0.01), (16, 0.02)])
def test_rloo_raises_the_reward(
    lora_rank: int, rate: float, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    settings = LEARNING | {"lora_rank": lora_rank, "learning_rate": rate, "steps": 40}
    report = tune(tmp_path / "run", rloo_job(llama_dir, reward_model_dir, **settings))
    assert report.reward_first is not None
    assert report.reward_last is not None
    assert report.reward_last > report.reward_first + 0.5
    assert report.kl > 0.5
    first = metrics_of(tmp_path / "run")[1]
    assert abs(first["kl/reference"]) < 1e-3
    assert {
        "reward/mean",
        "reward/sd",
        "kl/reference",
        "train/loss",
        "train/grad_norm",
        "train/lr",
        "completion/tokens",
        "completion/ended_share",
        "completion/outside_share",
        "policy/entropy",
    } == first.keys()


def test_the_kl_penalty_holds_the_policy_near_the_reference(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    loose, tight = (
        tune(tmp_path / f"{coef}", rloo_job(llama_dir, reward_model_dir, kl_coef=coef, **LEARNING))
        for coef in (0.0, 1.0)
    )
    assert tight.kl < 0.5 * loose.kl


@pytest.mark.parametrize("lora_rank", [0, 4])
def test_dpo_learns_the_preferences(lora_rank: int, llama_dir: Path, tmp_path: Path) -> None:
    job = dpo_job(llama_dir, steps=30, prompts_per_step=16, learning_rate=0.003, lora_rank=lora_rank)
    report = tune(tmp_path / "run", job)
    metrics = metrics_of(tmp_path / "run")
    assert metrics[1]["train/loss"] == pytest.approx(0.6931, abs=1e-3)
    assert metrics[30]["train/loss"] < 0.5
    assert metrics[30]["dpo/accuracy"] > 0.8
    assert report.kl > 0
    assert report.tokens_mean is not None


@pytest.mark.parametrize("lora_rank", [0, 2])
def test_the_model_left_behind_is_whole_and_in_the_precision_it_came_in(
    lora_rank: int, llama_dir: Path, tmp_path: Path
) -> None:
    tune(tmp_path / "run", dpo_job(llama_dir, steps=2, lora_rank=lora_rank))
    model = tmp_path / "run" / "model"
    assert {"config.json", "model.safetensors", "tokenizer.json", "README.md"} <= verify_directory(model).keys()
    assert not (model / "adapter_config.json").exists()
    network = AutoModelForCausalLM.from_pretrained(model, dtype="auto")
    assert network.dtype == torch.bfloat16
    assert json.loads((model / "config.json").read_text())["dtype"] == "bfloat16"
    assert AutoTokenizer.from_pretrained(model).chat_template == byte_tokenizer().chat_template
    assert network.num_parameters() == AutoModelForCausalLM.from_pretrained(llama_dir).num_parameters()
    assert "dpo" in (model / "README.md").read_text()


def test_a_reference_with_other_tokens_is_refused(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    other = write_tiny_llama(tmp_path / "other", seed=0, vocab_size=262)
    tokenizer = byte_tokenizer()
    tokenizer.add_tokens(["zebra"])
    tokenizer.save_pretrained(other)
    run = write_run(
        tmp_path / "run", rloo_job(llama_dir, reward_model_dir) | {"reference": str(other)}, prompts=prompts(2)
    )
    assert execute(run) == 0
    failure = result_of(run).failure
    assert failure is not None
    assert "different tokenizers" in failure.message


def test_the_rate_rises_then_falls() -> None:
    schedule = Schedule("policy", 10, 1.0, 0.3, 1.0, 5)
    rates = [schedule.rate(step) for step in range(10)]
    assert rates[:4] == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert rates[-1] == pytest.approx(1 / 7)
    assert Schedule("policy", 4, 1.0, 0.0, 1.0, 5).rate(0) == 1.0
