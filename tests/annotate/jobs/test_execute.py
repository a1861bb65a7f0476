"""One run from claim to end under every way an engine can end; the fake engine takes the real one's place."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from annotate.jobs import execute, publish, supervise
from annotate.jobs.engine import engine_start, engine_stop_stray
from annotate.jobs.execute import run_execute
from annotate.jobs.prepare import run_prepare
from annotate.models import Completion, ModelVersion, Project, Round, RoundTrigger, Run, RunEvent, User
from annotate.selectors.runs import run_metrics, run_read
from annotate.services.round_acts import round_retry
from annotate.services.round_starts import round_bootstrap, round_start
from annotate.services.run_watch import runs_requeue_stale, runs_resend
from annotate.services.runs import run_cancel, run_claim
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import project_prepare, script, work

pytestmark = pytest.mark.timeout(90)


def queued(project: Project, ada: User) -> Run:
    """The queued reward model run of a new round."""
    project_prepare(project=project)
    round_ = round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)
    return Run.objects.get(round=round_)


def do(run: Run, *, stopping: bool = False) -> Run:
    run_execute(run_id=run.pk, is_stopping=lambda: stopping)
    run.refresh_from_db()
    return run


def directory(run: Run, data_dir: Path) -> Path:
    return data_dir / "runs" / str(run.pk)


def statuses(run: Run) -> list[str]:
    return [e.data["status"] for e in RunEvent.objects.filter(run=run, type="status").order_by("pk")]


def test_a_run_leaves_model_report_events_and_hashes(project: Project, ada: User, fake_engine: Path) -> None:
    run = do(queued(project, ada))
    assert (run.status, run.attempt, run.crashes, run.token) == ("done", 1, 0, None)
    assert statuses(run) == ["queued", "running", "done"]
    version = ModelVersion.objects.get(run=run)
    made = fake_engine / version.source
    assert version.source == f"models/{project.pk}/reward_model-1"
    assert sorted(path.name for path in made.iterdir()) == [
        "README.md",
        "config.json",
        "manifest.json",
        "model.safetensors",
    ]
    assert version.manifest_sha256 == hashlib.sha256((made / "manifest.json").read_bytes()).hexdigest()
    assert version.card == "# A reward model\n"
    read = run_read(run_id=run.pk)
    assert read.report is not None
    assert read.libraries == {"fake": "1"}
    assert read.code_version is not None
    assert read.code_version.startswith("0.1.0+")
    assert run_metrics(run_id=run.pk).series == {"train/loss": [(1, 1.0)]}


def test_the_engine_gets_no_secret_and_no_address(
    project: Project, ada: User, fake_engine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", "/models")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    run = do(queued(project, ada))
    seen = json.loads((directory(run, fake_engine) / "seen_environment.json").read_text())
    assert seen["HF_HOME"] == "/models"
    assert int(seen["OMP_NUM_THREADS"]) >= 1
    assert not {"DATABASE_URL", "REDIS_URL", "RLHF_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"} & seen.keys()
    assert os.environ["DATABASE_URL"] not in seen.values()


def test_the_inputs_are_the_snapshot_byte_for_byte(project: Project, ada: User, fake_engine: Path) -> None:
    run = do(queued(project, ada))
    written = (directory(run, fake_engine) / "inputs" / "comparisons.jsonl").read_bytes()
    assert run.snapshot is not None
    assert hashlib.sha256(written).hexdigest() == run.snapshot.sha256
    assert len(written.splitlines()) == 12


def test_preparing_again_gives_the_same_inputs_and_hash(project: Project, ada: User, fake_engine: Path) -> None:
    run = run_claim(run_id=queued(project, ada).pk)
    assert run is not None
    path, first = run_prepare(run=run)
    job = (path / "job.json").read_bytes()
    _, second = run_prepare(run=run)
    assert first == second
    assert (path / "job.json").read_bytes() == job
    assert json.loads(job)["job"]["backbone"].endswith("rlhf_backend/starter/weights/judge")


def test_a_second_message_for_the_same_run_does_nothing(project: Project, ada: User, fake_engine: Path) -> None:
    run = do(queued(project, ada))
    do(run)
    assert (run.attempt, statuses(run)) == (1, ["queued", "running", "done"])
    assert (directory(run, fake_engine) / "attempts").read_text() == "1"


def test_an_engine_that_is_killed_goes_on_and_its_events_are_kept_once(
    project: Project, ada: User, fake_engine: Path
) -> None:
    run = queued(project, ada)
    script(die_on_attempts=2)
    do(run)
    assert (run.status, run.crashes) == ("queued", 1)
    do(run)
    do(run)
    assert (run.status, run.attempt, run.crashes) == ("done", 3, 2)
    lines = list(RunEvent.objects.filter(run=run, line__isnull=False).order_by("line").values_list("line", "attempt"))
    assert lines == [(line, (line + 2) // 3) for line in range(1, 10)]


def test_an_engine_that_always_dies_is_given_up_the_third_time(project: Project, ada: User, fake_engine: Path) -> None:
    run = queued(project, ada)
    script(die_on_attempts=9)
    for _ in range(3):
        do(run)
    assert (run.status, run.failure_code, run.attempt) == ("failed", "resource", 3)
    assert "memory" in run.failure_detail
    assert "said the fake" in run.failure_detail
    assert run.round is not None
    run.round.refresh_from_db()
    assert run.round.status == "failed"


def test_an_engine_without_a_disk_fails_at_once(project: Project, ada: User, fake_engine: Path) -> None:
    run = queued(project, ada)
    script(exit=74)
    do(run)
    assert (run.status, run.failure_code) == ("failed", "resource")
    assert "disk" in run.failure_detail


def test_a_full_disk_while_preparing_is_told(
    project: Project, ada: User, fake_engine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(**_: object) -> None:
        raise OSError(28, "No space left on device", "job.json")

    monkeypatch.setattr(execute, "run_prepare", no_space)
    run = do(queued(project, ada))
    assert (run.status, run.failure_code) == ("failed", "resource")
    assert "disk is full" in run.failure_detail


def test_a_run_that_lost_its_disk_goes_on_in_the_same_directory(
    project: Project, ada: User, fake_engine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(project, ada)

    def no_space(*_: object) -> None:
        # As shutil.copytree reports it: without an errno of its own.
        raise shutil.Error([("model", "copy", "[Errno 28] No space left on device: 'model' -> 'copy'")])

    with monkeypatch.context() as patch:
        patch.setattr(publish, "_put", no_space)
        do(run)
    assert (run.status, run.failure_code) == ("failed", "resource")
    assert "disk is full" in run.failure_detail
    assert not ModelVersion.objects.filter(run=run).exists()
    assert run.round is not None
    round_retry(round_=run.round, actor=ada)
    do(run)
    assert run.status == "done"
    assert (directory(run, fake_engine) / "attempts").read_text() == "1"  # published, not trained again


def test_a_missing_model_is_a_matter_of_settings(project: Project, ada: User, fake_engine: Path) -> None:
    project.reward_backbone = "/etc"
    project.save()
    run = do(queued(project, ada))
    assert (run.status, run.failure_code) == ("failed", "config")
    assert "'/etc' was not found" in run.failure_detail


def test_a_damaged_model_is_not_published(
    project: Project, ada: User, fake_engine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = queued(project, ada)
    copy_all = supervise._copy_all

    def damage(*arguments: object) -> None:
        (directory(run, fake_engine) / "model" / "model.safetensors").write_bytes(b"flipped")
        copy_all(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(supervise, "_copy_all", damage)
    do(run)
    assert (run.status, run.failure_code) == ("failed", "config")
    assert "damaged" in run.failure_detail
    assert not ModelVersion.objects.filter(run=run).exists()


def test_completions_are_stored_with_how_they_were_made(project: Project, ada: User, fake_engine: Path) -> None:
    project_prepare(project=project, preferences=0)
    round_ = round_bootstrap(project=project, actor=ada)
    run = do(Run.objects.get(round=round_))
    completions = Completion.objects.filter(run=run)
    assert completions.count() == 24
    one = completions.order_by("pk")[3]
    assert (one.source, one.policy, one.sampling["temperature"]) == ("policy", round_.start_policy, 1.0)
    assert (one.sampling["index"], one.logprob, one.reward) == (3, -3.0, 3.0)


def test_a_stopping_worker_gives_the_run_back_without_counting_a_crash(
    project: Project, ada: User, fake_engine: Path
) -> None:
    run = queued(project, ada)
    script(wait="polite")
    ready = directory(run, fake_engine) / "ready"
    run_execute(run_id=run.pk, is_stopping=ready.exists)
    run.refresh_from_db()
    assert (run.status, run.crashes, run.token) == ("queued", 0, None)
    assert (directory(run, fake_engine) / "checkpoint").exists()
    do(run)
    assert (run.status, run.attempt) == ("done", 2)


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_run_keeps_its_checkpoint_and_goes_on_when_tried_again(
    project: Project, ada: User, fake_engine: Path
) -> None:
    run = queued(project, ada)
    script(wait="polite")
    canceller = threading.Thread(target=cancel_when_ready, args=(run, directory(run, fake_engine)))
    canceller.start()
    do(run)
    canceller.join()
    assert run.status == "cancelled"
    assert (directory(run, fake_engine) / "checkpoint").exists()
    round_ = Round.objects.get(runs=run)
    assert (round_.status, round_.stopped_at) == ("cancelled", "reward_model")
    script()
    round_retry(round_=round_, actor=ada)
    assert work() == ["reward_model", "policy", "evaluation", "sampling"]


@pytest.mark.django_db(transaction=True)
def test_an_engine_deaf_to_a_cancel_is_killed(
    project: Project, ada: User, fake_engine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "CANCEL_GRACE_SECONDS", 0.2)
    monkeypatch.setattr(supervise, "TERM_GRACE_SECONDS", 0.2)
    run = queued(project, ada)
    script(wait="deaf")
    canceller = threading.Thread(target=cancel_when_ready, args=(run, directory(run, fake_engine)))
    canceller.start()
    do(run)
    canceller.join()
    assert run.status == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_run_was_taken_kills_its_engine_and_writes_nothing(
    project: Project, ada: User, fake_engine: Path
) -> None:
    run = queued(project, ada)
    script(wait="polite")
    taker = threading.Thread(target=take_when_ready, args=(run, directory(run, fake_engine)))
    taker.start()
    do(run)
    taker.join()
    assert (run.status, run.attempt) == ("queued", 1)
    pid = json.loads((directory(run, fake_engine) / "engine.pid").read_text())["pid"]
    assert not Path(f"/proc/{pid}").exists()


def cancel_when_ready(run: Run, path: Path) -> None:
    wait_for(path / "ready")
    run_cancel(run=run, actor=None)
    connection.close()


def take_when_ready(run: Run, path: Path) -> None:
    wait_for(path / "ready")
    Run.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
    # Its supervisor renews the heartbeat every second, so the theft may need a few tries.
    while not runs_requeue_stale(older_than=timedelta(minutes=1)):
        Run.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
    connection.close()


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.01)


def test_a_run_without_a_sign_of_life_is_queued_again(project: Project, ada: User, fake_engine: Path) -> None:
    run = run_claim(run_id=queued(project, ada).pk)
    assert run is not None
    assert runs_requeue_stale(older_than=timedelta(seconds=30)) == []
    Run.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=31))
    assert runs_requeue_stale(older_than=timedelta(seconds=30)) == [run.pk]
    run.refresh_from_db()
    assert (run.status, run.token, run.crashes) == ("queued", None, 1)
    assert do(run).status == "done"


def test_a_lost_message_is_sent_again_once_a_minute(project: Project, ada: User, fake_engine: Path) -> None:
    run = queued(project, ada)
    assert runs_resend(older_than=timedelta(seconds=60)) == []
    Run.objects.filter(pk=run.pk).update(queued_at=timezone.now() - timedelta(seconds=61))
    assert runs_resend(older_than=timedelta(seconds=60)) == [run.pk]
    assert runs_resend(older_than=timedelta(seconds=60)) == []


@pytest.mark.usefixtures("fake_engine")
def test_a_stray_engine_is_ended_and_a_stranger_with_its_number_is_not(tmp_path: Path) -> None:
    stray = engine_start_sleeping(tmp_path)
    assert engine_stop_stray(tmp_path)
    assert stray.wait(timeout=5) < 0
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        known = json.loads((tmp_path / "engine.pid").read_text())
        (tmp_path / "engine.pid").write_text(json.dumps({**known, "pid": stranger.pid}))
        assert not engine_stop_stray(tmp_path)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def engine_start_sleeping(path: Path) -> subprocess.Popen[bytes]:
    from annotate.jobs import engine

    before = engine.COMMAND
    engine.COMMAND = (sys.executable, "-c", "import time; time.sleep(60)")
    try:
        return engine_start(path)
    finally:
        engine.COMMAND = before
