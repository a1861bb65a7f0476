"""Methods that learn from preferences or examples: what they learn from, what they refuse, what does not matter."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from rlhf_backend.runtime import execute
from rlhf_backend.types import PolicyReport
from tests.engine.recipes.test_resume import flags, preference_job
from tests.engine.tiny import (
    comparisons,
    metrics_of,
    prompts,
    report_of,
    result_of,
    write_run,
)

METHODS = ["sft", "best_of_n", "dpo", "ipo", "bfpo", "online_dpo", "xpo"]
LEARNING = {"steps": 30, "prompts_per_step": 8, "learning_rate": 0.01, "checkpoint_every": 100}
USER = [{"role": "user", "content": "prompt number 1"}]


def tuned(directory: Path, job: dict[str, Any], **inputs: list[dict[str, Any]]) -> PolicyReport:
    everything = {"comparisons": comparisons(60, prompts=30), "prompts": prompts(8), "details": flags(60)}
    return report_of(write_run(directory, job, seed=1, **(everything | inputs)), PolicyReport)


def failure(directory: Path, job: dict[str, Any], **inputs: list[dict[str, Any]]) -> tuple[str, str]:
    run = write_run(directory, job, seed=0, **inputs)
    assert execute(run) == 0
    found = result_of(run).failure
    assert found is not None
    return found.code, found.message


def logged(directory: Path) -> str:
    events = [json.loads(line) for line in (directory / "events.jsonl").read_text().splitlines()]
    return "\n".join(event["message"] for event in events if event["type"] == "log")


def weights(directory: Path) -> dict[str, torch.Tensor]:
    return load_file(directory / "model" / "model.safetensors")


@pytest.fixture
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)


@pytest.mark.usefixtures("full_precision")
@pytest.mark.parametrize("method", METHODS)
def test_how_a_step_is_parted_does_not_change_it(
    method: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = preference_job(llama_dir, reward_model_dir, method, steps=2, prompts_per_step=7)
    tuned(tmp_path / "whole", job)
    monkeypatch.setattr("rlhf_backend.recipes.preference_tuning.tokens_per_forward", lambda: 40)
    monkeypatch.setattr("rlhf_backend.models.scoring.tokens_per_forward", lambda: 40)
    tuned(tmp_path / "parted", job)
    whole, parted = (metrics_of(tmp_path / name) for name in ("whole", "parted"))
    for step in (1, 2):
        for name in ("train/loss", "train/grad_norm"):
            assert parted[step][name] == pytest.approx(whole[step][name], rel=1e-4), name


@pytest.mark.parametrize("method", ["best_of_n", "online_dpo", "xpo"])
def test_methods_that_sample_raise_the_reward(
    method: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    settings = {"steps": 60, "prompts_per_step": 16, "learning_rate": 0.003, "max_new_tokens": 12}
    job = preference_job(llama_dir, reward_model_dir, method, **settings)
    report = tuned(tmp_path / "run", job)
    assert report.method == method
    assert report.reward_first is not None
    assert report.reward_last is not None
    assert report.reward_last > report.reward_first + 0.5
    assert report.kl > 0.1
    assert report.samples_per_second is not None
    assert abs(metrics_of(tmp_path / "run")[1]["kl/reference"]) < 1e-3


@pytest.mark.parametrize("method", ["best_of_n", "online_dpo", "xpo"])
def test_methods_that_sample_need_a_reward_model(method: str, llama_dir: Path, tmp_path: Path) -> None:
    job = preference_job(llama_dir, tmp_path, method) | {"reward_model": None}
    _, message = failure(tmp_path / "run", job, prompts=prompts(3))
    assert f"{method} needs a reward model" in message


@pytest.mark.parametrize("method", ["ipo", "bfpo"])
def test_squared_losses_learn_the_preferences(
    method: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = preference_job(llama_dir, reward_model_dir, method, **(LEARNING | {"prompts_per_step": 16}))
    tuned(tmp_path / "run", job, details=[{"id": 0, "flags": {0: ["unsafe"]}}])
    metrics = metrics_of(tmp_path / "run")
    assert metrics[30]["train/loss"] < 0.6 * metrics[1]["train/loss"]
    assert metrics[30]["dpo/accuracy"] > 0.8


@pytest.mark.parametrize("method", METHODS)
def test_a_cancelled_run_says_so_and_keeps_its_state(
    method: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = preference_job(llama_dir, reward_model_dir, method)
    run = write_run(tmp_path / "run", job, comparisons=comparisons(20), prompts=prompts(3), details=flags(20))
    (run / "cancel").touch()
    assert execute(run) == 0
    assert result_of(run).status == "cancelled"
    assert not (run / "model").exists()


@pytest.mark.parametrize("method", ["sft", "dpo", "ipo", "bfpo"])
def test_ties_alone_teach_nothing(method: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    ties = [row | {"verdict": "tie"} for row in comparisons(8)]
    job = preference_job(llama_dir, reward_model_dir, method)
    code, message = failure(tmp_path / "run", job, comparisons=ties, details=flags(8))
    assert code == "data"
    assert "label more comparisons" in message


@pytest.mark.parametrize("method", METHODS)
def test_selective_training_leaves_all_else_alone(
    method: str, llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = preference_job(llama_dir, reward_model_dir, method, steps=2, learning_rate=0.01, selective=True)
    tuned(tmp_path / "run", job)
    before = load_file(llama_dir / "model.safetensors")
    changed = {name for name, after in weights(tmp_path / "run").items() if not torch.equal(after, before[name])}
    assert changed == {f"model.layers.{i}.mlp.down_proj.weight" for i in range(2)}


# --------------------------------------------------------------------------------------------------- BFPO


def test_without_any_flag_there_is_no_safety_to_learn(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    job = preference_job(llama_dir, reward_model_dir, "bfpo")
    code, message = failure(tmp_path / "run", job, comparisons=comparisons(8))
    assert code == "data"
    assert "none of 8 preferences marks a completion with a flag (flags found: none)" in message
    assert "choose DPO" in message


def test_flags_that_nobody_gave_are_named(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    job = preference_job(llama_dir, reward_model_dir, "bfpo", unsafe_flags=["poison"])
    _, message = failure(tmp_path / "run", job, comparisons=comparisons(8), details=flags(8))
    assert "with one of the flags poison (flags found: unsafe)" in message


def test_the_types_of_pairs_are_counted_and_missing_ones_warned_of(
    llama_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    rows = [
        {"id": i, "prompt": USER, "completion_a": f"yes {i}", "completion_b": f"no {i}", "verdict": verdict}
        for i, verdict in enumerate(["a", "a", "b", "b", "tie"])
    ]
    # a wins unsafe over safe twice; b wins: safe over unsafe, and both safe, as the flag is not an unsafe one.
    marks = [{0: ["rude"]}, {0: ["rude", "long"]}, {0: ["rude"]}, {0: ["long"]}, {1: ["rude"]}]
    details = [{"id": i, "flags": of_row} for i, of_row in enumerate(marks)]
    job = preference_job(llama_dir, reward_model_dir, "bfpo", steps=1, unsafe_flags=["rude"])
    tuned(tmp_path / "run", job, comparisons=rows, details=details)
    told = logged(tmp_path / "run")
    assert "1 safe/safe, 1 safe/unsafe, 2 unsafe/safe, 0 unsafe/unsafe" in told
    assert "no pair is unsafe/unsafe" in told


def test_flags_turn_a_preference_round(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    """All helpful completions are unsafe, all others safe: BFPO learns the opposite of what DPO learns."""
    rows = comparisons(40, prompts=20)
    winners = [{"a": 0, "b": 1}.get(row["verdict"]) for row in rows]
    details = [{"id": i, "flags": {} if place is None else {place: ["unsafe"]}} for i, place in enumerate(winners)]
    accuracies = {}
    for method in ("dpo", "bfpo"):
        job = preference_job(llama_dir, reward_model_dir, method, **(LEARNING | {"prompts_per_step": 16}))
        tuned(tmp_path / method, job, comparisons=rows, details=details)
        accuracies[method] = metrics_of(tmp_path / method)[30]["dpo/accuracy"]
    assert accuracies["dpo"] > 0.8
    assert accuracies["bfpo"] < 0.2
