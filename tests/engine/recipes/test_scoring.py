"""A file of completions is scored row by row, in flat memory, whatever stops it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from rlhf_backend.durable import MANIFEST, sha256
from rlhf_backend.errors import RunInterrupted
from rlhf_backend.models.reward import load_reward_model
from rlhf_backend.recipes.scoring import SCORES, score_completions
from rlhf_backend.runtime import execute, prepare_process, read_job
from rlhf_backend.stop import StopRequest
from rlhf_backend.types import Message, ScoreRow, ScoringReport
from tests.engine.tiny import open_run, result_of, write_run

LONG = "z" * 300  # the tiny judge sees 256 tokens


class StopAtThirdBatch(StopRequest):
    """A supervisor that ends the process when two batches are written."""

    asked = 0

    def raise_if_made(self, *, done: str) -> None:
        self.asked += 1
        self._terminated = self.asked > 2
        super().raise_if_made(done=done)


def texts(count: int) -> list[dict[str, Any]]:
    return [
        {"id": 3 * i, "prompt": [{"role": "user", "content": f"say {i % 7}"}], "completion": f"{i} " * (i % 9)}
        for i in range(count)
    ]


def scoring_run(directory: Path, reward_model: Path, rows: list[dict[str, Any]], *, batch_size: int = 8) -> Path:
    job = {"kind": "scoring", "config": {"batch_size": batch_size}, "reward_model": str(reward_model)}
    return write_run(directory, job, completions=rows)


def scores_of(run: Path) -> list[ScoreRow]:
    return [ScoreRow.model_validate_json(line) for line in (run / SCORES).read_text().splitlines()]


def report_of(run: Path) -> ScoringReport:
    report = result_of(run).report
    assert isinstance(report, ScoringReport), result_of(run).failure
    return report


def test_every_completion_gets_the_reward_that_the_model_gives_it(reward_model_dir: Path, tmp_path: Path) -> None:
    rows = texts(21)
    run = scoring_run(tmp_path / "run", reward_model_dir, rows)
    assert execute(run) == 0
    scored = scores_of(run)
    assert [row.id for row in scored] == [row["id"] for row in rows]
    model = load_reward_model(str(reward_model_dir), warn=print)
    given = model.score([([Message(**m) for m in row["prompt"]], row["completion"]) for row in rows])
    assert [row.reward for row in scored] == pytest.approx(given.mean.tolist(), abs=0.02)
    assert [row.reward_sd for row in scored] == pytest.approx(given.sd.tolist(), abs=0.02)
    assert report_of(run).completions == 21
    assert report_of(run).unscored == 0


def test_a_completion_that_does_not_fit_is_counted_and_stays_in_its_place(
    reward_model_dir: Path, tmp_path: Path
) -> None:
    rows = [*texts(3), texts(1)[0] | {"id": 99, "completion": LONG}, *texts(2)]
    run = scoring_run(tmp_path / "run", reward_model_dir, rows, batch_size=2)
    assert execute(run) == 0
    assert [row.reward is None for row in scores_of(run)] == [False, False, False, True, False, False]
    assert report_of(run).unscored == 1


@pytest.mark.parametrize("left", ["nothing", "whole lines of a batch", "a torn line", "zeros after a power cut", "all"])
def test_whatever_an_attempt_has_left_the_file_ends_with_the_same_bytes(
    left: str, reward_model_dir: Path, tmp_path: Path
) -> None:
    rows = [*texts(20), texts(1)[0] | {"completion": LONG}]
    whole = scoring_run(tmp_path / "whole", reward_model_dir, rows)
    assert execute(whole) == 0
    data = (whole / SCORES).read_bytes()
    lines = data.splitlines(keepends=True)
    kept = {
        "nothing": b"",
        "whole lines of a batch": b"".join(lines[:11]),
        "a torn line": b"".join(lines[:16]) + lines[16][:-1],
        "zeros after a power cut": b"".join(lines[:9]) + b"\0" * 40 + b"\n" + lines[9],
        "all": data,
    }[left]
    broken = scoring_run(tmp_path / "broken", reward_model_dir, rows)
    (broken / SCORES).write_bytes(kept)
    assert execute(broken) == 0
    assert (broken / SCORES).read_bytes() == data
    told = report_of(broken).model_dump(exclude={"completions_per_second"})
    assert told == report_of(whole).model_dump(exclude={"completions_per_second"})


def test_lines_that_were_written_are_not_scored_again(reward_model_dir: Path, tmp_path: Path) -> None:
    run = scoring_run(tmp_path / "run", reward_model_dir, texts(16))
    mark = ScoreRow(id=-1, reward=5.0, reward_sd=0.0, reward_ood=None).model_dump_json() + "\n"
    (run / SCORES).write_text(mark * 11)
    assert execute(run) == 0
    assert [row.id for row in scores_of(run)] == [-1] * 11 + [33, 36, 39, 42, 45]


def test_an_interrupted_run_goes_on_and_a_cancelled_one_keeps_what_it_had(
    reward_model_dir: Path, tmp_path: Path
) -> None:
    run = scoring_run(tmp_path / "run", reward_model_dir, texts(40))
    job_file = read_job(run)
    prepare_process(job_file)
    with pytest.raises(RunInterrupted, match="after 16 of 40"):
        score_completions(open_run(run, stop=StopAtThirdBatch(run)), job_file.job)  # type: ignore[arg-type]
    assert len(scores_of(run)) == 16
    (run / "cancel").touch()
    assert execute(run) == 0
    assert result_of(run).status == "cancelled"
    assert len(scores_of(run)) == 16


def test_a_killed_process_leaves_what_the_next_one_goes_on_from(reward_model_dir: Path, tmp_path: Path) -> None:
    rows = texts(1200)
    whole = scoring_run(tmp_path / "whole", reward_model_dir, rows, batch_size=4)
    assert execute(whole) == 0
    broken = scoring_run(tmp_path / "broken", reward_model_dir, rows, batch_size=4)
    process = subprocess.Popen(
        [sys.executable, "-m", "rlhf_backend", str(broken)], env=os.environ | {"PYTHONPATH": "."}
    )
    deadline = time.monotonic() + 60
    while not (broken / SCORES).exists() or (broken / SCORES).stat().st_size < 2000:
        assert time.monotonic() < deadline, "the process has written nothing"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    left = len((broken / SCORES).read_bytes().splitlines())
    assert 0 < left < 1200, "the process was to be killed while it wrote"
    assert execute(broken) == 0
    assert (broken / SCORES).read_bytes() == (whole / SCORES).read_bytes()


@pytest.mark.parametrize("rows", [None, []])
def test_no_completions_are_a_failure_that_says_so(
    rows: list[dict[str, Any]] | None, reward_model_dir: Path, tmp_path: Path
) -> None:
    run = scoring_run(tmp_path / "run", reward_model_dir, rows or [])
    if rows is None:
        (run / "inputs" / "completions.jsonl").unlink()
    assert execute(run) == 0
    failure = result_of(run).failure
    assert failure is not None
    assert failure.code == "data"
    assert "completions.jsonl" in failure.message


def test_a_row_that_does_not_fit_is_named_by_its_line(reward_model_dir: Path, tmp_path: Path) -> None:
    run = scoring_run(tmp_path / "run", reward_model_dir, [*texts(4), {"id": 4, "completion": "no prompt"}])
    assert execute(run) == 0
    failure = result_of(run).failure
    assert failure is not None
    assert "completions.jsonl, line 5: prompt" in failure.message


def test_rewards_that_are_not_numbers_are_a_failure_and_never_written(reward_model_dir: Path, tmp_path: Path) -> None:
    damaged = damaged_copy(reward_model_dir, tmp_path / "damaged", "heads.safetensors", "weight")
    run = scoring_run(tmp_path / "run", damaged, texts(4))
    assert execute(run) == 0
    failure = result_of(run).failure
    assert failure is not None
    assert failure.code == "config"
    assert "not numbers" in failure.message


def test_features_that_are_not_numbers_are_a_failure_and_never_written(reward_model_dir: Path, tmp_path: Path) -> None:
    damaged = damaged_copy(reward_model_dir, tmp_path / "damaged", "features.safetensors", "bias")
    run = scoring_run(tmp_path / "run", damaged, texts(4))
    assert execute(run) == 0
    failure = result_of(run).failure
    assert failure is not None
    assert failure.code == "config"
    assert "4 of 4 completions" in failure.message
    assert not (run / SCORES).read_bytes()


def damaged_copy(directory: Path, target: Path, file: str, tensor: str) -> Path:
    """A reward model whose manifest is in order and whose tensor is not."""
    subprocess.run(["cp", "-r", directory, target], check=True)
    tensors = load_file(target / file)
    save_file(tensors | {tensor: torch.full_like(tensors[tensor], torch.nan)}, target / file)
    manifest = json.loads((target / MANIFEST).read_text())
    manifest["sha256"][file] = sha256(target / file)
    (target / MANIFEST).write_text(json.dumps(manifest))
    return target
