"""`python -m rlhf_backend RUN_DIR`: run the job of a directory."""

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m rlhf_backend RUN_DIR")
    _end_with_parent()
    _share_the_machine()
    from rlhf_backend.runtime import execute

    code = execute(Path(sys.argv[1]).resolve())
    sys.stdout.flush()
    # The interpreter's teardown of torch takes some 100 ms and can no longer change anything: every file is synced.
    os._exit(code)


def _end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the supervisor dies: an orphan would train on with nobody to read it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _share_the_machine() -> None:
    """Let waiting threads sleep. To be called before NumPy and torch are imported, which read this once.

    Threads that wait by spinning hold the core from whoever they wait for: beside one busy process (a web server, a
    database) sampling took twenty times as long. NumPy only sees products too small to be worth a second thread.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


if __name__ == "__main__":
    main()
