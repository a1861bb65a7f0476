"""How a process of the engine behaves beside others: who they are, that it ends with its parent and waits asleep."""

import ctypes
import os
import signal
import sys
import threading
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1


def processes() -> int:
    """How many processes were started together on one run, by `torchrun` or whoever else sets its variables."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    """Which of them this one is, from 0."""
    return int(os.environ.get("RANK", "0"))


def place() -> int:
    """Which of those on this machine this one is, from 0."""
    return int(os.environ.get("LOCAL_RANK", "0"))


def neighbours() -> int:
    """How many of them are on this machine."""
    return int(os.environ.get("LOCAL_WORLD_SIZE", "1"))


def end_with_parent() -> None:
    """Ask the kernel for a signal when the supervisor dies: an orphan would work on with nobody to read it.

    Under `torchrun` that is SIGKILL: it starts each process in a session of its own, which no signal to its own group
    reaches, and when it dies the others may be waited for in vain. It passes on a SIGTERM that it gets itself.
    """
    if sys.platform == "linux":
        asked = signal.SIGKILL if "TORCHELASTIC_RUN_ID" in os.environ else signal.SIGTERM
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, asked)


def end_after(result: Path, *, seconds: float) -> None:
    """End this process so long after this file was written: it may wait for one that wrote it and is gone.

    A GPU would wait ten minutes for what the other's was to send.
    """

    def watch() -> None:
        while not result.exists():
            time.sleep(1)
        time.sleep(seconds)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def share_the_machine() -> None:
    """Let waiting threads sleep. To be called before NumPy and torch are imported, which read this once.

    Threads that wait by spinning hold the core from whoever they wait for: beside one busy process (a web server, a
    database) sampling took twenty times as long. NumPy only sees products too small to be worth a second thread.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
