"""`python -m rlhf_backend.launcher N RUN_DIR`: run the job of a directory in N processes of this machine.

`torchrun` starts them. Around it: it ends with whoever started it, as a single process does, its exit status is that of
the process that failed, and a job that has nothing to share runs in one process.
"""

import os
import signal
import sys
from pathlib import Path

from rlhf_backend.errors import ConfigError
from rlhf_backend.process import end_with_parent
from rlhf_backend.runtime import EXIT_INTERRUPTED, read_job, shares_work


def main() -> None:
    if len(sys.argv) != 3 or not sys.argv[1].isdigit() or int(sys.argv[1]) < 1:
        sys.exit("usage: python -m rlhf_backend.launcher PROCESSES RUN_DIR")
    number, directory = int(sys.argv[1]), Path(sys.argv[2]).resolve()
    if number == 1 or not _is_shared(directory):
        os.execv(sys.executable, [sys.executable, "-m", "rlhf_backend", str(directory)])  # noqa: S606
    end_with_parent()
    _end_like(_start(number, directory))


def _is_shared(directory: Path) -> bool:
    try:
        return shares_work(read_job(directory))
    except ConfigError:
        return False  # a single process says what is wrong with it


def _start(number: int, directory: Path) -> int:
    """Run the processes to their end; the exit status, below 0 if a signal ended one."""
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.run import parse_args, run

    settings = ["--standalone", "--nproc-per-node", str(number), "-m", "rlhf_backend", str(directory)]
    try:
        run(parse_args(settings))  # type: ignore[no-untyped-call]
    except SignalException:
        return EXIT_INTERRUPTED
    except ChildFailedError as error:
        return error.get_first_failure()[1].exitcode
    return 0


def _end_like(status: int) -> None:
    """Exit as the process did that failed: whoever started this reads its status as that of a single process."""
    sys.stdout.flush()
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)


if __name__ == "__main__":
    main()
