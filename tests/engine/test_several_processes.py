"""Several processes do what one does: the same steps, the same figures, one set of files."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from rlhf_backend.follower import SCRATCH, follow
from rlhf_backend.runtime import execute
from rlhf_backend.types import PolicyReport
from tests.engine.recipes.test_resume import dpo_job, full_job, interrupt, rloo_job
from tests.engine.tiny import (
    comparisons,
    metrics_of,
    prompts,
    result_of,
    write_run,
    write_tiny_llama,
)

ROOT = Path(__file__).parents[2]
SECONDS = 120


@pytest.fixture(scope="module")
def exact_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights in float32: what is left of a difference is not rounded away, nor blown up."""
    return write_tiny_llama(tmp_path_factory.mktemp("exact"), seed=0, dtype=torch.float32)


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rlhf_backend.models.device.bf16_pays", lambda: False)
    monkeypatch.setattr("rlhf_backend.models.llama_decoder.bf16_pays", lambda: False)


def started(
    directory: Path, number: int = 2, *, engine: str = "exact_engine", environment: dict[str, str] | None = None
) -> list["subprocess.Popen[bytes]"]:
    """So many processes on one run directory, told of each other as `torchrun` tells them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1"}
    shared |= {"WORLD_SIZE": str(number), "LOCAL_WORLD_SIZE": str(number), "CUDA_VISIBLE_DEVICES": ""}
    return [
        subprocess.Popen(
            [sys.executable, "-m", f"tests.engine.{engine}", str(directory)],
            cwd=ROOT,
            env=os.environ | shared | (environment or {}) | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for rank in range(number)
    ]


def done_by_two(directory: Path) -> None:
    processes = started(directory)
    assert [process.wait(SECONDS) for process in processes] == [0, 0]
    result = result_of(directory)
    assert result.status == "done", result.failure
    assert "2 processes share each step" in (directory / "events.jsonl").read_text()
    assert not (directory / SCRATCH).exists()


def assert_same_story(one: Path, two: Path, weights: str) -> None:
    """The figures of every step and the weights in the end, to rounding."""
    of_one, of_two = metrics_of(one), metrics_of(two)
    assert of_one.keys() == of_two.keys()
    for step, metrics in of_one.items():
        assert of_two[step] == pytest.approx(metrics, rel=2e-3, abs=2e-4), f"step {step}"
    tensors = load_file(two / weights)
    for name, tensor in load_file(one / weights).items():
        assert torch.allclose(tensor.float(), tensors[name].float(), atol=2e-3), name


def jobs(llama: Path, judge: Path, reward_model: Path) -> dict[str, dict[str, Any]]:
    dpo = dpo_job(llama, steps=4)
    return {
        "sft": dpo | {"config": dpo["config"] | {"method": "sft"}},
        "dpo": dpo,
        "rloo": rloo_job(llama, reward_model, steps=3, lora_rank=2)
        | {"monitor": {"prompts": 2, "every": 2, "preflight_samples": 4, "pause": False}},
        "ppo": rloo_job(llama, reward_model, method="ppo", steps=2, ppo_epochs=2, minibatches=2),
        "full": full_job(judge, "full", reward_model),
    }


@pytest.mark.parametrize("name", ["sft", "dpo", "rloo", "ppo", "full"])
def test_two_processes_take_the_steps_of_one(
    name: str, exact_llama: Path, judge_dir: Path, reward_model_dir: Path, tmp_path: Path
) -> None:
    job = jobs(exact_llama, judge_dir, reward_model_dir)[name]
    inputs = {"comparisons": comparisons(40), "prompts": prompts(7), "panel_prompts": prompts(2)}
    one, two = (write_run(tmp_path / part, job, seed=3, **inputs) for part in ("one", "two"))
    assert execute(one) == 0
    if name == "dpo":  # what one process began two finish
        interrupt(two, after=2)
    done_by_two(two)
    assert ("goes on after step 2" in (two / "events.jsonl").read_text()) == (name == "dpo")
    weights = "model/backbone/model.safetensors" if name == "full" else "model/model.safetensors"
    assert_same_story(one, two, weights)
    if name == "rloo":
        assert assert_same_looks(one, two, steps=[0, 2, 3]).preflight is not None


def assert_same_looks(one: Path, two: Path, *, steps: list[int]) -> PolicyReport:
    """The monitor looked after these steps, and saw the same in the end; the report of `two`."""
    of_one, of_two = result_of(one).report, result_of(two).report
    assert isinstance(of_one, PolicyReport)
    assert isinstance(of_two, PolicyReport)
    assert [look.step for look in of_two.checkpoints] == steps
    assert of_two.checkpoints[-1].reward.value == pytest.approx(of_one.checkpoints[-1].reward.value, abs=0.01)
    return of_two


def until(found: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def test_a_process_that_dies_is_the_failure_of_the_run(exact_llama: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", dpo_job(exact_llama, steps=3000), seed=3, comparisons=comparisons(40))
    first, second = started(run)
    events = run / "events.jsonl"
    until(lambda: events.is_file() and '"metrics"' in events.read_text(), "no step was taken")
    second.kill()
    assert first.wait(SECONDS) == 0
    second.wait()
    failure = result_of(run).failure
    assert failure is not None
    assert failure.code == "resource"
    assert "ended without a word" in failure.message


def test_a_head_is_fitted_by_one_process_and_the_others_leave(
    judge_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = {"kind": "reward_model", "config": {"heads": 2, "evaluate": False}, "backbone": str(judge_dir)}
    run = write_run(tmp_path / "run", job, comparisons=comparisons(40))
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")
    assert follow(run) == 0
    assert sorted(path.name for path in run.iterdir()) == ["inputs", "job.json"]
    monkeypatch.setenv("RANK", "0")
    assert execute(run) == 0
    assert result_of(run).status == "done"
    assert "2 processes would have nothing to share: one does this job" in (run / "events.jsonl").read_text()
