"""The engine in several processes, as the site starts it: it stops, is cancelled and dies as a single process does."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotate.config.env import env
from annotate.jobs.engine import engine_start, engine_stop_stray, signal_group
from rlhf_backend.errors import RunInterrupted
from rlhf_backend.runtime import EXIT_INTERRUPTED, _recipe, read_job
from tests.engine.recipes.test_resume import dpo_job
from tests.engine.tiny import StopAfter, comparisons, metrics_of, open_run, result_of, write_run, write_tiny_llama

SECONDS = 120

Launched = tuple["subprocess.Popen[bytes]", Path]


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_llama(tmp_path_factory.mktemp("llama"), seed=0)


def group_of(pid: int) -> list[int]:
    """Live processes that descend from one, itself included."""
    found: list[int] = [pid]
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] not in "ZX":
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    for parent in found:
        found += children.get(parent, [])
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(found: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.fixture
def launched(llama: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Launched]:
    """A long run in the middle of its steps, done by two processes."""
    two = env().model_copy(update={"engine_processes": 2})
    monkeypatch.setattr("annotate.jobs.engine.env", lambda: two)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    directory = write_run(tmp_path / "run", dpo_job(llama, steps=3000), seed=3, comparisons=comparisons(40))
    process = engine_start(directory)
    events = directory / "events.jsonl"
    try:
        until(lambda: events.is_file() and '"metrics"' in events.read_text(), "no step was taken")
        yield process, directory
    finally:
        for pid in group_of(process.pid):
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        process.wait()


def test_a_polite_stop_leaves_one_checkpoint_that_one_process_goes_on_from(launched: Launched) -> None:
    process, directory = launched
    everybody = group_of(process.pid)
    assert len(everybody) == 3
    assert engine_stop_stray(directory)
    assert process.wait(SECONDS) == EXIT_INTERRUPTED
    assert not any(map(is_alive, everybody))
    assert not (directory / "result.json").exists()
    done = max(metrics_of(directory))
    assert len(list((directory / "checkpoint").iterdir())) >= 1
    with pytest.raises(RunInterrupted, match=f"after step {done} of 3000"):
        _recipe(open_run(directory, stop=StopAfter(directory, 0)), read_job(directory).job)


def test_a_cancel_ends_all_processes_with_one_result(launched: Launched) -> None:
    process, directory = launched
    everybody = group_of(process.pid)
    (directory / "cancel").touch()
    assert process.wait(SECONDS) == 0
    assert not any(map(is_alive, everybody))
    result = result_of(directory)
    assert result.status == "cancelled"
    assert any((directory / "checkpoint").iterdir())


def test_no_process_outlives_the_killed_launcher(launched: Launched) -> None:
    process, directory = launched
    everybody = group_of(process.pid)
    assert len(everybody) == 3
    signal_group(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: not any(map(is_alive, everybody)), "a process lives on")
    assert not (directory / "result.json").exists()
