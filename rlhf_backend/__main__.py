"""`python -m rlhf_backend RUN_DIR`: run the job of a directory. Under `torchrun`, one of several that share it."""

import os
import sys
from pathlib import Path

from rlhf_backend.process import end_after, end_with_parent, rank, share_the_machine

GRACE_SECONDS = 20.0
"""For a process beside the first to end by itself, once the first has written how the run ended."""


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m rlhf_backend RUN_DIR")
    end_with_parent()
    share_the_machine()
    from rlhf_backend.follower import follow
    from rlhf_backend.runtime import RESULT, execute

    directory = Path(sys.argv[1]).resolve()
    if rank() > 0:
        end_after(directory / RESULT, seconds=GRACE_SECONDS)
    code = (follow if rank() > 0 else execute)(directory)
    sys.stdout.flush()
    # The interpreter's teardown of torch takes some 100 ms and can no longer change anything: every file is synced.
    os._exit(code)


if __name__ == "__main__":
    main()
