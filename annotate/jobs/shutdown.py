"""Whether this worker was asked to stop, known to its pool processes as well.

Celery tells only its main process of a warm shutdown; the processes that run the tasks are forked from it and share
this byte of memory.
"""

import mmap
import os

_flag = mmap.mmap(-1, 1)  # anonymous and shared: what one process writes, those forked from it read


def announce() -> None:
    """Called in the worker's main process; safe inside a signal handler."""
    _flag[0] = 1


def withdraw() -> None:
    """Called when a worker starts, so that a flag from before does not count."""
    _flag[0] = 0


class WorkerWatch:
    """Notices from inside a pool process that its worker stops or has died."""

    def __init__(self) -> None:
        self._parent = os.getppid()

    @property
    def is_ending(self) -> bool:
        return _flag[0] == 1 or os.getppid() != self._parent
