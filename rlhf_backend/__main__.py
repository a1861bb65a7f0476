"""`python -m rlhf_backend RUN_DIR`: run the job of a directory. Under `torchrun`, one of several that share it."""

import os
import sys
from pathlib import Path

from rlhf_backend.process import end_with_parent, rank, share_the_machine


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m rlhf_backend RUN_DIR")
    end_with_parent()
    share_the_machine()
    from rlhf_backend.follower import follow
    from rlhf_backend.runtime import execute

    code = (follow if rank() > 0 else execute)(Path(sys.argv[1]).resolve())
    sys.stdout.flush()
    # The interpreter's teardown of torch takes some 100 ms and can no longer change anything: every file is synced.
    os._exit(code)


if __name__ == "__main__":
    main()
