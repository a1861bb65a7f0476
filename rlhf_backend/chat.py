"""`python -m rlhf_backend.chat [POLICY]`: a policy that stays loaded and answers conversations.

Reads one `ChatRequest` a line from standard input and writes `ChatLine`s to standard output as text comes. It ends when
its input is closed, when it has had nothing to do for ten minutes, or when its parent dies.
"""

import os
import select
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pydantic import ValidationError

from rlhf_backend.chat_lines import ChatError, ChatLine, ChatRequest
from rlhf_backend.errors import FailureCode
from rlhf_backend.failures import explain
from rlhf_backend.process import end_with_parent, share_the_machine

if TYPE_CHECKING:  # torch is imported when the first policy is loaded, after the process was prepared for it
    from rlhf_backend.recipes.chat import ChatPolicy

IDLE_SECONDS = 600.0
_READ_BYTES = 65_536


class ChatServer:
    """Answers requests one after the other with the policy that the last one named."""

    def __init__(self, tell: Callable[[ChatLine], None]) -> None:
        self._tell = tell
        self._policy: ChatPolicy | None = None

    def handle(self, line: bytes) -> None:
        """Answer one request; whatever goes wrong with it is told, and the next one can come."""
        try:
            request = ChatRequest.model_validate_json(line)
        except ValidationError as error:
            self._tell(ChatError(id="", error=f"This is no request to answer a conversation: {error}"))
            return
        try:
            self._tell(self._loaded(request.policy).answer(request, self._tell))
        except BrokenPipeError:
            raise
        except Exception as error:
            failure = explain(error)
            if failure.code is FailureCode.INTERNAL:
                traceback.print_exc()
            if failure.code is FailureCode.RESOURCE:
                self._policy = None  # gives its memory back
            self._tell(ChatError(id=request.id, error=failure.message))

    def load(self, source: str) -> None:
        """Have `source` ready. Raises: ConfigError: it cannot be loaded."""
        self._loaded(source)

    def _loaded(self, source: str) -> "ChatPolicy":
        from rlhf_backend.recipes.chat import ChatPolicy

        if self._policy is None or self._policy.source != source:
            self._policy = None  # two policies at once may not fit into memory
            self._policy = ChatPolicy(source)
        return self._policy


def request_lines(source: int, *, idle_seconds: float = IDLE_SECONDS) -> Iterator[bytes]:
    """Whole lines from a file descriptor until it is closed or silent for `idle_seconds`."""
    held = b""
    while select.select([source], [], [], idle_seconds)[0]:
        read = os.read(source, _READ_BYTES)
        if not read:
            return
        *lines, held = (held + read).split(b"\n")
        yield from lines


def main() -> None:
    end_with_parent()
    share_the_machine()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["TRANSFORMERS_NO_ADVISORY_WARNINGS"] = "1"
    # What a library prints must not come between the lines: standard output is kept, and prints go to the log.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def tell(line: ChatLine) -> None:
        out.write(line.model_dump_json() + "\n")
        out.flush()

    server = ChatServer(tell)
    try:
        for source in sys.argv[1:2]:
            server.load(source)
        for line in request_lines(sys.stdin.fileno()):
            server.handle(line)
    except BrokenPipeError:
        pass  # nobody reads any more
    os._exit(0)  # the teardown of torch takes time and can no longer change anything


if __name__ == "__main__":
    main()
