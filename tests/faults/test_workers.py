"""Workers and engines are killed in the middle of training; the run goes on and ends as if nothing had happened."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery import Celery

from tests.faults.stage import Stage
from tests.live.client import wait_for
from tests.live.site import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

LONG = {"steps": 40}


def weights_sha256(directory: Path) -> str:
    return hashlib.sha256((directory / "model" / "model.safetensors").read_bytes()).hexdigest()


def repeated_without_a_fault(directory: Path, copy: Path) -> str:
    """The weights' hash when the same job runs from its inputs in one go."""
    copy.mkdir()
    shutil.copy(directory / "job.json", copy)
    shutil.copytree(directory / "inputs", copy / "inputs")
    subprocess.run([sys.executable, "-m", "rlhf_backend", str(copy)], cwd=ROOT, check=True, capture_output=True)
    return weights_sha256(copy)


def test_a_run_survives_the_death_of_its_engine_and_of_its_worker_bit_for_bit(stage: Stage, tmp_path: Path) -> None:
    round_id = stage.start_round(stage.labelled_project(policy=LONG))
    run = stage.training(round_id)
    os.kill(stage.engine_pid(run["id"]), signal.SIGKILL)  # as the system does when memory runs out
    stage.said(run["id"], "goes on after step")
    orphan = stage.engine_pid(run["id"])
    stage.kill("trainer")
    wait_for(lambda: True if not Path(f"/proc/{orphan}").exists() else None, what="the orphaned engine's end")
    stage.revive()
    ended = stage.ended(round_id, "policy")
    assert (ended["status"], ended["attempt"]) == ("done", 3)
    assert len(stage.said(run["id"], "goes on after step")) == 2
    steps = [step for step, _ in stage.admin.get(f"runs/{run['id']}/metrics/")["series"]["train/loss"]]
    assert steps == list(range(1, 41))
    assert stage.admin.wait_for_round(round_id)["status"] == "done"
    assert repeated_without_a_fault(stage.directory(run["id"]), tmp_path / "copy") == weights_sha256(
        stage.directory(run["id"])
    )


def test_a_polite_stop_of_the_worker_gives_the_run_to_the_next_one(stage: Stage) -> None:
    round_id = stage.start_round(stage.labelled_project(policy=LONG))
    run = stage.training(round_id)
    stage.stop_trainer()
    given_back = stage.admin.get(f"runs/{run['id']}/")
    assert given_back["status"] == "queued"
    assert any((stage.directory(run["id"]) / "checkpoint").iterdir())
    stage.revive()
    ended = stage.ended(round_id, "policy")
    assert (ended["status"], ended["attempt"]) == ("done", 2)


@contextmanager
def second_trainer(stage: Stage) -> Iterator[Path]:
    """One more worker on the queue of runs, ready; its log."""
    command = [part.replace("runs@%h", "second@%h") for part in stage.site.services["trainer"].command]
    path = stage.site.root / "second.log"
    with path.open("wb") as log:
        worker = subprocess.Popen(command, cwd=ROOT, env=stage.site.environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: True if " ready." in path.read_text() else None, what="the second worker")
        yield path
    finally:
        worker.terminate()
        worker.wait(timeout=60)


def test_duplicate_messages_run_nothing_twice(stage: Stage) -> None:
    project_id = stage.labelled_project(policy=LONG)
    broker = Celery(broker=stage.site.environment["REDIS_URL"].replace("unix://", "redis+socket://", 1))
    with second_trainer(stage) as log:
        round_id = stage.start_round(project_id)
        run = stage.training(round_id, step=0)
        before = refusals(stage, log)
        for _ in range(10):
            broker.send_task("annotate.runs.execute", args=[run["id"]], queue="runs")
        # While one worker trains, the other one gets them all.
        wait_for(lambda: True if refusals(stage, log) == before + 10 else None, what="the refusals")
        assert stage.admin.get(f"runs/{run['id']}/")["status"] == "running"
        assert stage.admin.wait_for_round(round_id)["status"] == "done"
    assert stage.statuses(run["id"]) == ["queued", "running", "done"]
    assert stage.admin.get(f"runs/{run['id']}/")["attempt"] == 1


def refusals(stage: Stage, second_log: Path) -> int:
    logs = (stage.site.services["trainer"].log_path, second_log)
    return sum(log.read_text(errors="replace").count("nothing to do") for log in logs)


def test_a_cancelled_run_keeps_its_checkpoint_and_goes_on_when_tried_again(stage: Stage) -> None:
    round_id = stage.start_round(stage.labelled_project(policy=LONG))
    run = stage.training(round_id)
    stage.admin.post(f"rounds/{round_id}/cancel/")
    ended = stage.ended(round_id, "policy")
    assert ended["status"] == "cancelled"
    assert any((stage.directory(run["id"]) / "checkpoint").iterdir())
    stage.admin.post(f"rounds/{round_id}/retry/")
    assert stage.admin.wait_for_round(round_id)["status"] == "done"
    said = [line["message"] for line in stage.admin.get(f"runs/{run['id']}/log/")["results"]]
    assert any("goes on after step" in message for message in said)


def test_a_message_that_the_broker_lost_is_sent_again(stage: Stage) -> None:
    project_id = stage.labelled_project()
    stage.stop_trainer()
    round_id = stage.start_round(project_id)
    broker = Celery(broker=stage.site.environment["REDIS_URL"].replace("unix://", "redis+socket://", 1))
    with broker.connection_for_write() as connection:
        assert connection.default_channel.queue_purge("runs") >= 1  # it may have been sent again already
    stage.revive()
    assert stage.admin.wait_for_round(round_id, seconds=200)["status"] == "done"
