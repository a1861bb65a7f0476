"""Whether somebody asked a run to stop."""

import signal
import threading
from pathlib import Path
from types import FrameType

from rlhf_backend.errors import RunCancelled, RunInterrupted

CANCEL = "cancel"


class StopRequest:
    """A file named `cancel` in the run directory ends the run; SIGTERM or SIGINT end only this process."""

    def __init__(self, directory: Path) -> None:
        self._cancel = directory / CANCEL
        self._terminated = False

    def listen(self) -> None:
        """Turn the signals into requests. Only the main thread may set handlers; elsewhere the file alone counts."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._on_signal)
            signal.signal(signal.SIGINT, self._on_signal)

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
