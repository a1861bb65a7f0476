"""What a run tells while it runs: one JSON object a line, appended and flushed at once."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from rlhf_backend.tuning_sections import CheckpointFigures, Preflight
from rlhf_backend.types import CheckpointEvent, LogEvent, MetricsEvent, PreflightEvent, ProgressEvent, Row


class EventLog:
    """Appends to `events.jsonl`. A line torn by a crash is cut off when the file is opened again."""

    def __init__(self, path: Path) -> None:
        _drop_torn_line(path)
        self._file = path.open("a", encoding="utf-8")
        self._phase = ""
        self._phase_started = 0.0
        self._phase_first_step = 0

    def progress(self, phase: str, step: int, of: int) -> None:
        """`step` of `of` steps of this phase are done; the remaining time is estimated from the phase so far."""
        now = time.time()
        if phase != self._phase:
            self._phase, self._phase_started, self._phase_first_step = phase, now, step
        done = step - self._phase_first_step
        eta = (now - self._phase_started) / done * (of - step) if done else None
        self._append(ProgressEvent(at=now, phase=phase, step=step, of=of, eta_seconds=eta))

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        self._append(MetricsEvent(at=time.time(), step=step, values=dict(values)))

    def checkpoint(self, figures: CheckpointFigures) -> None:
        """What the monitor saw; its samples and weights must be on disk by now."""
        self._append(CheckpointEvent(at=time.time(), figures=figures))

    def preflight(self, preflight: Preflight) -> None:
        self._append(PreflightEvent(at=time.time(), preflight=preflight))

    def log(self, message: str, level: Literal["info", "warning", "error"] = "info") -> None:
        self._append(LogEvent(at=time.time(), level=level, message=message))

    def warn(self, message: str) -> None:
        self.log(message, "warning")

    def close(self) -> None:
        self._file.close()

    def _append(self, event: Row) -> None:
        self._file.write(event.model_dump_json() + "\n")
        self._file.flush()


def _drop_torn_line(path: Path) -> None:
    if not path.exists():
        return
    with path.open("rb+") as file:
        data = file.read()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            file.truncate(whole)
            os.fsync(file.fileno())
