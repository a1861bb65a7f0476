"""Trainers in processes of their own that take one step each in turn, so that all of them meet the same machine.

    worker:      gate = Gate(); gate.pass_begins(); gate.step_begins() … gate.step_begins(); gate.pass_ends()
    controller:  Lockstep({"ours": command, "trl": command}).passes(steps=40, passes=2)

What a step costs is the smallest of its passes: the others were disturbed.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TextIO

_STATUS = Path("/proc/self/status")


class Gate:
    """The worker's side: a step begins when the controller says so, and ends where the next one asks to begin."""

    def __init__(self, settle: Callable[[], object] = lambda: None) -> None:
        """`settle` waits for what an accelerator still does."""
        self._settle = settle
        # Libraries write what they like to the standard output: answers have a channel of their own.
        self._out: TextIO = sys.stdout
        sys.stdout = sys.stderr
        self._began: tuple[float, float] | None = None

    def pass_begins(self) -> None:
        """Say that everything is ready for the first step."""
        self._say({"ready": True})

    def step_begins(self) -> None:
        """Tell what the step before took, then wait for the word."""
        self._tell()
        sys.stdin.readline()
        self._began = (time.perf_counter(), time.process_time())

    def pass_ends(self) -> None:
        """Tell what the last step took, then wait until the next pass may be made ready."""
        self._tell()
        sys.stdin.readline()

    def finish(self, **facts: Any) -> None:
        """Last words, with the process's largest memory."""
        self._say({"peak_rss_mb": _peak_rss_mb()} | facts)

    def _tell(self) -> None:
        if self._began is not None:
            self._settle()
            wall, cpu = self._began
            self._say({"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu})
            self._began = None

    def _say(self, answer: dict[str, Any]) -> None:
        self._out.write(json.dumps(answer) + "\n")
        self._out.flush()


def _peak_rss_mb() -> float:
    """Of this program alone: what `getrusage` tells begins with the memory of the process that started it."""
    if _STATUS.is_file():
        line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


@dataclass(frozen=True)
class Figures:
    """What one trainer took: seconds and CPU seconds over all steps, each step's best pass, and its last words."""

    seconds: float
    cpu_seconds: float
    facts: dict[str, Any]


class Lockstep:
    """The controller's side."""

    def __init__(self, commands: Mapping[str, Sequence[str]]) -> None:
        self._workers = {
            name: subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for name, command in commands.items()
        }

    def run(self, *, steps: int, passes: int, seed: int = 0) -> dict[str, Figures]:
        """Every trainer takes the same number of steps, in an order drawn anew for each step.

        Raises: RuntimeError: a trainer ended before it should.
        """
        rng = Random(seed)
        best: dict[str, list[tuple[float, float]]] = {
            name: [(float("inf"), float("inf"))] * steps for name in self._workers
        }
        for _ in range(passes):
            for name in self._workers:
                self._hear(name)  # ready
            for step in range(steps):
                for name in rng.sample(sorted(self._workers), len(self._workers)):
                    self._send(name)
                    answer = self._hear(name)
                    best[name][step] = min(best[name][step], (answer["seconds"], answer["cpu"]))
            for name in self._workers:
                self._send(name)  # the next pass may be made ready
        found = {}
        for name, worker in self._workers.items():
            facts = self._hear(name)
            worker.wait()
            found[name] = Figures(sum(s for s, _ in best[name]), sum(c for _, c in best[name]), facts)
        return found

    def close(self) -> None:
        """End what still runs."""
        for worker in self._workers.values():
            if worker.poll() is None:
                worker.kill()
                worker.wait()

    def _send(self, name: str) -> None:
        pipe = self._workers[name].stdin
        assert pipe is not None
        pipe.write("go\n")
        pipe.flush()

    def _hear(self, name: str) -> dict[str, Any]:
        pipe = self._workers[name].stdout
        assert pipe is not None
        line = pipe.readline()
        if not line:
            raise RuntimeError(f"{name} ended with exit code {self._workers[name].wait()}; its errors stand above")
        answer: dict[str, Any] = json.loads(line)
        return answer
