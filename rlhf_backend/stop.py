"""Whether somebody asked a run to stop."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rlhf_backend.errors import CoreError, RunCancelled, RunInterrupted
from rlhf_backend.tuning_sections import FiredRule

CANCEL = "cancel"


class RunPaused(CoreError):  # noqa: N818
    """Rules of the monitor fired: the run waits for an admin, its checkpoint is written."""

    def __init__(self, fired: list[FiredRule], *, done: str) -> None:
        super().__init__(f"paused {done}: {', '.join(rule.rule for rule in fired)}")
        self.fired = fired


class StopRequest:
    """A file named `cancel` in the run directory ends the run; SIGTERM or SIGINT end only this process."""

    def __init__(self, directory: Path) -> None:
        self._cancel = directory / CANCEL
        self._terminated = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While it lasts, the signals are requests. Only the main thread can hear them; elsewhere the file counts."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._terminated = True

    @property
    def is_made(self) -> bool:
        return self._terminated or self._cancel.exists()

    def raise_if_made(self, *, done: str) -> None:
        """End the recipe if a stop was asked for; `done` says how far it came.

        Raises: RunCancelled: the cancel file exists. RunInterrupted: only a signal was received.
        """
        if self._cancel.exists():
            raise RunCancelled(f"cancelled {done}")
        if self._terminated:
            raise RunInterrupted(f"interrupted {done}")
