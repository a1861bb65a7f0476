"""Memory that was freed stays with the process, for the next tensor of the same kind."""

import contextlib
import ctypes

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4
"""Options of glibc's mallopt."""


def keep_freed_memory() -> None:
    """Large tensors no longer cost a page fault for every four kilobytes of each; where the C library knows how.

    By default glibc asks the system for each large block and gives it back at once. The training of small models on
    processors then spends a third of its time on pages.
    """
    with contextlib.suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_MAX, 0)
        mallopt(_TRIM_THRESHOLD, 2**31 - 1)
