"""How a process of the engine behaves beside others: it ends with its parent, and its waiting threads sleep."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the supervisor dies: an orphan would work on with nobody to read it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def share_the_machine() -> None:
    """Let waiting threads sleep. To be called before NumPy and torch are imported, which read this once.

    Threads that wait by spinning hold the core from whoever they wait for: beside one busy process (a web server, a
    database) sampling took twenty times as long. NumPy only sees products too small to be worth a second thread.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
