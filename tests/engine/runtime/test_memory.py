"""Freed memory stays with the process."""

import subprocess
import sys
import textwrap

import pytest

PROGRAM = textwrap.dedent(
    """
    import ctypes, resource, sys
    from rlhf_backend.memory import keep_freed_memory

    if sys.argv[1] == "keep":
        keep_freed_memory()
    library = ctypes.CDLL(None)
    library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    size = 32 * 2**20
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        block = library.malloc(ctypes.c_size_t(size))
        ctypes.memset(block, 1, size)
        library.free(block)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    """
)


def faults(*arguments: str) -> int:
    return int(subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, check=True).stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other C libraries know no such option")
def test_a_block_that_is_asked_for_again_costs_no_page_faults() -> None:
    # 32 MB are 8,192 pages; the first block alone has to fault them in.
    assert faults("keep") < 2 * 8192 < 10 * 8192 < faults("leave")
