"""A server of completions that answers as it is told, and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Served:
    """What the server answers with, in turn (the last for ever), and what it was asked."""

    answers: list[tuple[int, Any]]
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    models: tuple[str, ...] = ("policy-3",)
    address: str = ""

    def answer(self) -> tuple[int, Any]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def completions(*texts: str, logprobs: list[float] | None = None, reason: str = "stop") -> dict[str, Any]:
    told = {"token_logprobs": logprobs} if logprobs else None
    return {
        "choices": [
            {"index": i, "text": text, "finish_reason": reason, "logprobs": told} for i, text in enumerate(texts)
        ][::-1]
    }


@contextmanager
def serving(*answers: tuple[int, Any], models: tuple[str, ...] = ("policy-3",)) -> Iterator[Served]:
    served, lock = Served(list(answers), models=models), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, {"data": [{"id": name} for name in served.models]})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                served.asked.append(body)
                served.keys.append(self.headers.get("Authorization"))
                status, answer = served.answer()
            self._send(status, answer)

        def _send(self, status: int, answer: Any) -> None:
            data = json.dumps(answer).encode() if not isinstance(answer, str) else answer.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.address = f"http://127.0.0.1:{server.server_port}/v1/"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
