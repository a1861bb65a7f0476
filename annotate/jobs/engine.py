"""The engine as a process: started in a session of its own, recognised later, stopped as a group."""

import json
import os
import platform
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from annotate.config.env import ROOT, env

COMMAND = (sys.executable, "-m", "rlhf_backend")
LAUNCHER = (sys.executable, "-m", "rlhf_backend.launcher")
LOG = "engine.log"
PID = "engine.pid"
STRAY_GRACE_SECONDS = 10.0
_PASSED_ON = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")
_PASSED_ON_PREFIXES = ("HF_", "CUDA_", "NVIDIA_", "NCCL_", "TORCH_", "PYTORCH_", "OMP_", "MKL_", "TOKENIZERS_")
_NOT_PASSED_ON = ("TOKEN", "SECRET", "KEY", "PASSWORD")
_HUB_TOKEN = "HF_TOKEN"  # noqa: S105  (a name: gated base models need it)


@dataclass(frozen=True)
class Identity:
    """Which process of which machine: numbers of processes are used again, so the start time belongs to it."""

    host: str
    pid: int
    started: str


def engine_start(directory: Path) -> subprocess.Popen[bytes]:
    """Start the engine on a run directory, its output appended to `engine.log`, its identity in `engine.pid`."""
    with (directory / LOG).open("ab") as log:
        process = subprocess.Popen(
            [*_command(), str(directory)],
            cwd=ROOT,
            env=engine_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    identity = Identity(platform.node(), process.pid, _started(process.pid) or "")
    (directory / PID).write_text(json.dumps(identity.__dict__))
    return process


def engine_stop_stray(directory: Path) -> bool:
    """End an engine that a dead worker left in this directory; whether there was one.

    It first gets the time to write a checkpoint. One on another machine ends by itself when its worker dies.
    """
    identity = _identity(directory)
    if identity is None or identity.host != platform.node() or _started(identity.pid) != identity.started:
        return False
    signal_group(identity.pid, signal.SIGTERM)
    deadline = time.monotonic() + STRAY_GRACE_SECONDS
    while time.monotonic() < deadline:
        if _started(identity.pid) != identity.started:
            return True
        time.sleep(0.05)
    signal_group(identity.pid, signal.SIGKILL)
    return True


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal a process and its children; one that has ended is no error.

    Processes of one run that `torchrun` starts have groups of their own: it passes SIGTERM on, and they die with it.
    """
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def log_tail(directory: Path, *, lines: int = 8) -> str:
    """The last lines of what the engine printed."""
    try:
        with (directory / LOG).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 8192))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.strip().splitlines()[-lines:])


def engine_environment() -> dict[str, str]:
    """Paths and accelerators, none of the site's secrets or addresses."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == _HUB_TOKEN
        or name in _PASSED_ON
        or (name.startswith(_PASSED_ON_PREFIXES) and not any(word in name for word in _NOT_PASSED_ON))
    }
    kept |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    if env().sampling_key:
        kept["RLHF_SAMPLING_KEY"] = env().sampling_key
    kept["OMP_NUM_THREADS"] = str(env().torch_threads or os.cpu_count() or 1)
    if not env().hub:
        kept["HF_HUB_OFFLINE"] = "1"
    return kept


def _command() -> tuple[str, ...]:
    """The engine, or what starts several of it and ends as they do."""
    number = env().engine_processes
    return COMMAND if number == 1 else (*LAUNCHER, str(number))


def _identity(directory: Path) -> Identity | None:
    try:
        return Identity(**json.loads((directory / PID).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _started(pid: int) -> str | None:
    """When a live process began, in the system's own words; None when there is none or it only waits to be reaped."""
    if Path("/proc/self/stat").exists():
        try:
            # The name, in brackets, may hold spaces; what follows the last bracket does not.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] in "ZX" else fields[19]
    found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None
