"""How a run ends: every way of it leaves a result that an admin understands, or a directory to run again."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from rlhf_backend.errors import FailureCode
from rlhf_backend.failures import explain
from rlhf_backend.runtime import EXIT_INTERRUPTED, EXIT_NO_DIRECTORY, execute
from rlhf_backend.types import Failure
from tests.engine.recipes.test_resume import dpo_job, rloo_job
from tests.engine.tiny import comparisons, metrics_of, prompts, result_of, write_run, write_tiny_llama


def failure_of(directory: Path) -> Failure:
    assert execute(directory) == 0
    result = result_of(directory)
    assert result.status == "failed"
    assert not (directory / "model").exists()
    assert result.failure is not None
    return result.failure


def start(directory: Path, **options: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "rlhf_backend", str(directory)], **options)


def wait_for_step(directory: Path, step: int) -> None:
    """Return when the metrics of `step` are in the events."""
    deadline = time.monotonic() + 120
    events = directory / "events.jsonl"
    while time.monotonic() < deadline:
        if (
            events.exists()
            and '"type":"metrics","at"' in (text := events.read_text())
            and f'"step":{step},"values"' in text
        ):
            return
        time.sleep(0.02)
    raise AssertionError(f"step {step} was not reached: {events.read_text() if events.exists() else 'no events'}")


def test_a_missing_directory_has_its_own_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(tmp_path / "nowhere") == EXIT_NO_DIRECTORY
    assert "not a directory" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, "holds no job.json"),
        ("{", "Invalid JSON"),
        ('{"job": {"kind": "policy", "config": {"steps": 0}}}', "job.policy.config.steps"),
        ('{"job": {"kind": "cooking"}}', "cooking"),
    ],
)
def test_an_unreadable_job_fails_as_a_setting_and_names_the_field(
    tmp_path: Path, content: str | None, found: str
) -> None:
    if content is not None:
        (tmp_path / "job.json").write_text(content)
    failure = failure_of(tmp_path)
    assert failure.code is FailureCode.CONFIG
    assert found in failure.message


def test_a_finished_directory_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text("kept")
    assert execute(tmp_path) == 0
    assert (tmp_path / "result.json").read_text() == "kept"
    assert not (tmp_path / "events.jsonl").exists()


def test_a_missing_model_fails_as_a_setting(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", dpo_job(tmp_path / "gone"), comparisons=comparisons(20))
    failure = failure_of(run)
    assert failure.code is FailureCode.CONFIG
    assert "no model directory" in failure.message


def test_pickled_weights_are_refused(llama_dir: Path, tmp_path: Path) -> None:
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    (pickled / "config.json").write_text((llama_dir / "config.json").read_text())
    torch.save({}, pickled / "pytorch_model.bin")
    failure = failure_of(write_run(tmp_path / "run", dpo_job(pickled), comparisons=comparisons(20)))
    assert failure.code is FailureCode.CONFIG
    assert "pytorch_model.bin, which can run code" in failure.message


def test_too_few_preferences_fail_as_data_and_say_what_was_left_out(judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(7)
    rows[0]["completion_a"] = rows[0]["completion_b"]
    job = {"kind": "reward_model", "config": {"min_preferences": 10}, "backbone": str(judge_dir)}
    failure = failure_of(write_run(tmp_path / "run", job, comparisons=rows))
    assert failure.code is FailureCode.DATA
    assert "6 usable preferences" in failure.message
    assert "1 identical completions" in failure.message
    assert "at least 10" in failure.message


def test_a_bad_row_fails_as_data_with_its_line(judge_dir: Path, tmp_path: Path) -> None:
    rows = comparisons(12)
    rows[4]["verdict"] = "maybe"
    job = {"kind": "reward_model", "config": {}, "backbone": str(judge_dir)}
    failure = failure_of(write_run(tmp_path / "run", job, comparisons=rows))
    assert failure.code is FailureCode.DATA
    assert "comparisons.jsonl, line 5: verdict" in failure.message


def test_a_loss_that_is_not_a_number_fails_as_a_setting_and_says_what_to_do(llama_dir: Path, tmp_path: Path) -> None:
    broken = write_tiny_llama(tmp_path / "broken", seed=0, tie_word_embeddings=False)
    weights = load_file(broken / "model.safetensors")
    weights["lm_head.weight"][:] = float("nan")
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    job = dpo_job(llama_dir) | {"policy": str(broken)}
    failure = failure_of(write_run(tmp_path / "run", job, comparisons=comparisons(20)))
    assert failure.code is FailureCode.CONFIG
    assert "step 1" in failure.message
    assert "learning rate" in failure.message


def test_rloo_without_a_reward_model_fails_as_a_setting(llama_dir: Path, tmp_path: Path) -> None:
    job = dpo_job(llama_dir, method="rloo")
    failure = failure_of(write_run(tmp_path / "run", job, prompts=prompts(3)))
    assert failure.code is FailureCode.CONFIG
    assert "needs a reward model" in failure.message


def test_a_damaged_reward_model_fails_as_a_setting(llama_dir: Path, reward_model_dir: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    subprocess.run(["cp", "-r", reward_model_dir, damaged], check=True)
    with (damaged / "heads.safetensors").open("ab") as file:
        file.write(b"x")
    failure = failure_of(write_run(tmp_path / "run", rloo_job(llama_dir, damaged), prompts=prompts(3)))
    assert failure.code is FailureCode.CONFIG
    assert "heads.safetensors differs from its manifest" in failure.message


def test_a_cancelled_run_says_how_far_it_came(llama_dir: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", dpo_job(llama_dir), comparisons=comparisons(20))
    (run / "cancel").touch()
    assert execute(run) == 0
    result = result_of(run)
    assert result.status == "cancelled"
    assert result.failure is not None
    assert result.failure.code is FailureCode.CANCELLED
    assert "before it began" in result.failure.message


def test_sigterm_keeps_a_checkpoint_and_the_next_process_goes_on_to_the_same_end(
    llama_dir: Path, tmp_path: Path
) -> None:
    job, rows = dpo_job(llama_dir, steps=120, checkpoint_every=1000), comparisons(20)
    whole, broken = (write_run(tmp_path / name, job, comparisons=rows) for name in ("whole", "broken"))
    first = start(broken)
    wait_for_step(broken, 3)
    first.send_signal(signal.SIGTERM)
    assert first.wait(60) == EXIT_INTERRUPTED
    assert not (broken / "result.json").exists()
    assert list((broken / "checkpoint").glob("step-*"))
    assert start(broken).wait(120) == 0
    assert execute(whole) == 0
    assert "goes on after step" in (broken / "events.jsonl").read_text()
    assert metrics_of(broken) == metrics_of(whole)
    assert result_of(broken).status == "done"
    assert not (broken / "checkpoint").exists()


def test_a_process_dies_with_its_parent_and_keeps_a_checkpoint(llama_dir: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", dpo_job(llama_dir, steps=20_000), comparisons=comparisons(20))
    script = "import subprocess, sys; subprocess.Popen([sys.executable, '-m', 'rlhf_backend', sys.argv[1]]).wait()"
    parent = subprocess.Popen([sys.executable, "-c", script, str(run)])
    wait_for_step(run, 2)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 60
    while "run the same directory again" not in (run / "events.jsonl").read_text():
        assert time.monotonic() < deadline, "the orphan goes on"
        time.sleep(0.02)
    assert not (run / "result.json").exists()
    assert list((run / "checkpoint").glob("step-*"))


def test_a_full_disk_fails_as_a_resource_and_leaves_no_half_model(llama_dir: Path, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", dpo_job(llama_dir, steps=1), comparisons=comparisons(20))

    def small_files() -> None:  # no file may grow over 20 kB: the model's weights are 60 kB
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    assert start(run, preexec_fn=small_files).wait(120) == 0
    result = result_of(run)
    assert result.failure is not None
    assert result.failure.code is FailureCode.RESOURCE
    assert "disk is full" in result.failure.message
    assert sorted(p.name for p in run.iterdir()) == ["events.jsonl", "inputs", "job.json", "result.json"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), FailureCode.RESOURCE),
        (torch.OutOfMemoryError("CUDA out of memory"), FailureCode.RESOURCE),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), FailureCode.RESOURCE),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), FailureCode.RESOURCE),
        (OSError(errno.EACCES, "no"), FailureCode.INTERNAL),
        (ZeroDivisionError("x"), FailureCode.INTERNAL),
    ],
)
def test_errors_are_sorted_by_who_can_act(error: Exception, code: FailureCode) -> None:
    failure = explain(error)
    assert failure.code is code
    assert type(error).__name__ in failure.message


def test_an_unknown_error_leaves_its_traceback_in_the_log(
    judge_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = {"kind": "reward_model", "config": {}, "backbone": str(judge_dir)}
    run = write_run(tmp_path / "run", job, comparisons=comparisons(20))
    monkeypatch.setattr("rlhf_backend.recipes.head_fits.fit_ensemble", lambda *a, **k: 1 / 0)
    failure = failure_of(run)
    assert failure.code is FailureCode.INTERNAL
    last = json.loads((run / "events.jsonl").read_text().splitlines()[-1])
    assert last["level"] == "error"
    assert "ZeroDivisionError" in last["message"]
    assert "Traceback" in last["message"]
