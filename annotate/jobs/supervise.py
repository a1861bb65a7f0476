"""Watches an engine: copies its events, renews the heartbeat, passes on a cancel, pause or stop, tells how it ended."""

import logging
import signal
import subprocess
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from annotate.jobs.engine import engine_start, signal_group
from annotate.jobs.events import EventTail
from annotate.jobs.prepare import CANCEL, RESULT
from annotate.models import Run
from annotate.services.runs import Order, run_beat

_log = logging.getLogger(__name__)
POLL_SECONDS = 0.5
BEAT_SECONDS = 1.0
CANCEL_GRACE_SECONDS = 20.0
"""Time for the engine to notice the cancel file between two steps, and to write a checkpoint."""
TERM_GRACE_SECONDS = 15.0
"""Time from SIGTERM to SIGKILL; the launcher gives the worker 30 seconds in all."""
DATABASE_PATIENCE_SECONDS = 600.0


class Ending(StrEnum):
    """Why the engine is no longer running."""

    RESULT = "it wrote a result"
    DIED = "it died without a result"
    CANCELLED = "it was cancelled and did not answer"
    PAUSED = "the site asked it to pause"
    STOPPED = "its worker is stopping"


def supervise(*, run: Run, directory: Path, is_stopping: Callable[[], bool]) -> tuple[Ending, int]:
    """Run the engine on a prepared directory to its end; how it ended, and its exit status.

    Nothing of the engine is left running when this returns or raises.
    Raises: TokenLost: another worker owns the run now.
    """
    tail = EventTail(directory / "events.jsonl")
    process = engine_start(directory)
    stop = _Stop(process, directory)
    try:
        beat_at = 0.0
        while not _ended(process):
            order = Order.GO_ON
            if time.monotonic() - beat_at >= BEAT_SECONDS:
                order = _report(run, tail)
                beat_at = time.monotonic()
            stop.press(order, leave=is_stopping())
    finally:
        signal_group(process.pid, signal.SIGKILL)  # the engine's own children, or the engine itself after an error
        process.wait()
    patiently(lambda: _copy_all(run, tail))
    if (directory / RESULT).exists():
        return Ending.RESULT, process.returncode
    if stop.cancelled:
        return Ending.CANCELLED, process.returncode
    if stop.paused:
        return Ending.PAUSED, process.returncode
    return (Ending.STOPPED if stop.leaving else Ending.DIED), process.returncode


def patiently(act: Callable[[], Any]) -> None:
    """Do something in the database, waiting up to ten minutes for one that is away: a result must not be lost to it."""
    deadline = time.monotonic() + DATABASE_PATIENCE_SECONDS
    while True:
        try:
            act()
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(1)
        else:
            return


class _Stop:
    """Asks the engine to end with growing insistence: cancel file, SIGTERM, SIGKILL of the group."""

    def __init__(self, process: subprocess.Popen[bytes], directory: Path) -> None:
        self._process = process
        self._directory = directory
        self._term_at: float | None = None
        self._kill_at: float | None = None
        self.cancelled = self.paused = self.leaving = False

    def press(self, order: Order, *, leave: bool) -> None:
        now = time.monotonic()
        if order == Order.CANCEL and not self.cancelled:
            self.cancelled = True
            (self._directory / CANCEL).touch()
            self._term_at = now + CANCEL_GRACE_SECONDS
        if order == Order.PAUSE and not self.paused:
            self.paused = True
            self._term_at = now
        if leave and not self.leaving:
            self.leaving = True
            self._term_at = now
        if self._kill_at is not None and now >= self._kill_at:
            signal_group(self._process.pid, signal.SIGKILL)
        elif self._term_at is not None and self._kill_at is None and now >= self._term_at:
            signal_group(self._process.pid, signal.SIGTERM)
            self._kill_at = now + TERM_GRACE_SECONDS


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(timeout=POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _report(run: Run, tail: EventTail) -> Order:
    """Store what is new; whether to go on. What a database that is away misses is read again."""
    news = tail.read()
    try:
        order = run_beat(run=run, events=news.events, progress=news.progress, looks=news.looks)
    except (OperationalError, InterfaceError) as error:
        _log.warning("run %s: the database does not answer (%s); the engine goes on", run.pk, error)
        connection.close()
        return Order.GO_ON
    tail.advance()
    return order


def _copy_all(run: Run, tail: EventTail) -> None:
    more = True
    while more:
        news = tail.read()
        run_beat(run=run, events=news.events, progress=news.progress, looks=news.looks)
        more = tail.advance()
