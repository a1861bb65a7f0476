"""The process that holds a chat's policy: started when needed, asked line by line, started again when it has died."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator

from pydantic import TypeAdapter, ValidationError

from annotate.config.env import ROOT
from annotate.jobs.engine import engine_environment, signal_group
from rlhf_backend.chat_lines import ChatDone, ChatError, ChatLine, ChatRequest

COMMAND = (sys.executable, "-m", "rlhf_backend.chat")
TICK_SECONDS = 0.1
SILENCE_SECONDS = 300.0
"""Longest wait for the next piece: a large policy is read from a slow disk, or fetched from a hub, before the first."""

_LINE: TypeAdapter[ChatLine] = TypeAdapter(ChatLine)


class ChatEngineDied(Exception):  # noqa: N818
    """The process ended, fell silent or spoke nonsense in the middle of an answer; the text says which."""


class ChatEngine:
    """One process for the life of its worker, at most; it ends by itself when idle and when the worker ends."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: ChatRequest) -> Generator[ChatLine | None, None, None]:
        """The lines of the answer as they come, None after each tick without one; the last is the end.

        Left before its end, the process is stopped: it would go on with what nobody reads.
        Raises: ChatEngineDied.
        """
        process = self._running()
        finished = False
        try:
            self._send(process, request)
            for line in _lines(process):
                if line is not None and line.id != request.id:
                    continue
                finished = isinstance(line, ChatDone | ChatError)
                yield line
                if finished:
                    return
        finally:
            if not finished:
                self.stop()

    def stop(self) -> None:
        """End the process if it runs."""
        if self._process is None:
            return
        signal_group(self._process.pid, signal.SIGKILL)  # it holds nothing that could be lost
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.stop()
        self._process = subprocess.Popen(
            COMMAND,
            cwd=ROOT,
            env=engine_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )
        return self._process

    def _send(self, process: subprocess.Popen[bytes], request: ChatRequest) -> None:
        assert process.stdin is not None, "opened as a pipe"  # noqa: S101
        left = memoryview(request.model_dump_json().encode() + b"\n")
        try:
            while left:
                left = left[process.stdin.write(left) or 0 :]
        except BrokenPipeError as error:
            raise ChatEngineDied(_ending(process)) from error


def _lines(process: subprocess.Popen[bytes]) -> Iterator[ChatLine | None]:
    assert process.stdout is not None, "opened as a pipe"  # noqa: S101
    source, held, heard_at = process.stdout.fileno(), b"", time.monotonic()
    while True:
        if not select.select([source], [], [], TICK_SECONDS)[0]:
            if time.monotonic() - heard_at > SILENCE_SECONDS:
                raise ChatEngineDied(f"it said nothing for {SILENCE_SECONDS:.0f} s")
            yield None
            continue
        read = os.read(source, 65_536)
        if not read:
            raise ChatEngineDied(_ending(process))
        heard_at = time.monotonic()
        *lines, held = (held + read).split(b"\n")
        for line in lines:
            try:
                yield _LINE.validate_json(line)
            except ValidationError as error:
                raise ChatEngineDied(f"it wrote what is no answer: {line[:200]!r}") from error


def _ending(process: subprocess.Popen[bytes]) -> str:
    status = process.wait()
    if status == -signal.SIGKILL:
        return "the system ended it (SIGKILL), as it does when memory runs out"
    return f"it ended with status {status}"
