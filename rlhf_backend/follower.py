"""A process that does its share of another's run: it decides nothing, and writes nothing that anybody reads."""

import contextlib
import shutil
import traceback
from collections.abc import Iterator
from pathlib import Path

from rlhf_backend.errors import ConfigError, CoreError, ProcessMissed, RunInterrupted
from rlhf_backend.events import EventLog
from rlhf_backend.process import rank
from rlhf_backend.runtime import EXIT_DONE, EXIT_INTERRUPTED, RESULT, read_job, run_job, shares_work

SCRATCH = "processes"
EXIT_MISSED = 70  # EX_SOFTWARE of sysexits.h


def follow(directory: Path) -> int:
    """Do the share of this process; 0, since the first process tells how the run ended.

    It hears of a failure here at the next meeting of the processes, and `engine.log` has the traceback. A process that
    others wait for in the midst of a pass ends with 70: `torchrun` then ends all that do not notice.
    """
    try:
        if (directory / RESULT).exists() or not shares_work(read_job(directory)):
            return EXIT_DONE
    except ConfigError:
        return EXIT_DONE  # the first process says what is wrong with the job
    with _scratch(directory) as scratch, contextlib.closing(EventLog(scratch / "events.jsonl")) as events:
        try:
            run_job(directory, events, scratch=scratch)
        except ProcessMissed as error:
            if isinstance(error.__cause__, RunInterrupted):  # as the first is about to be
                return EXIT_INTERRUPTED
            traceback.print_exc()
            return EXIT_MISSED
        except CoreError:
            pass
        except Exception:
            traceback.print_exc()
    return EXIT_DONE


@contextlib.contextmanager
def _scratch(directory: Path) -> Iterator[Path]:
    """A run directory of this process alone, with the inputs and training states of the one it follows."""
    scratch = directory / SCRATCH / str(rank())
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    for name in ("inputs", "checkpoint"):
        (scratch / name).symlink_to(directory / name, target_is_directory=True)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        with contextlib.suppress(OSError):  # another process may still have its own there
            scratch.parent.rmdir()
