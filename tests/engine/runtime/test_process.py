"""How a process of the engine behaves beside others."""

import subprocess
import sys
from pathlib import Path

_WAITING = """
import sys, time
from pathlib import Path
from rlhf_backend.process import end_after
end_after(Path(sys.argv[1]), seconds=0.1)
print("waits", flush=True)
time.sleep(120)
"""


def test_a_process_that_waits_in_vain_ends_once_the_result_is_there(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    waiting = subprocess.Popen([sys.executable, "-c", _WAITING, str(result)], stdout=subprocess.PIPE)
    try:
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == b"waits\n"
        assert waiting.poll() is None
        result.touch()
        assert waiting.wait(30) == 0
    finally:
        waiting.kill()
