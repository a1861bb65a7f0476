"""`python -m rlhf_backend RUN_DIR`: run the job of a directory."""

import ctypes
import os
import signal
import sys
from pathlib import Path

from rlhf_backend.runtime import execute

PR_SET_PDEATHSIG = 1


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m rlhf_backend RUN_DIR")
    _end_with_parent()
    code = execute(Path(sys.argv[1]).resolve())
    sys.stdout.flush()
    # Interpreter teardown of torch takes some 100 ms and can no longer change anything: every file is closed and synced.
    os._exit(code)


def _end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the supervisor dies: an orphan would train on with nobody to read it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    main()
