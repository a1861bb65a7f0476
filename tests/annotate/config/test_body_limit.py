import asyncio
import json
from typing import Any

import pytest

from annotate.config.body_limit import Message, Receive, Send, body_limited


async def echo(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answers with the number of bytes that came."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def ask(chunks: list[bytes], **headers: str) -> tuple[int, bytes, int]:
    """Status, body, and how many chunks were read."""
    waiting = [{"type": "http.request", "body": c, "more_body": i + 1 < len(chunks)} for i, c in enumerate(chunks)]
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(body_limited(echo, json_bytes=10, upload_bytes=100)(scope, receive, send))
    return sent[0]["status"], sent[1]["body"], len(chunks) - len(waiting)


FORM = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("chunks", "headers"),
    [([b"x" * 10], {}), ([b"x" * 5] * 2, {"content_length": "10"}), ([b"x" * 50] * 2, {"content_type": FORM})],
)
def test_a_body_within_the_limit_goes_through(chunks: list[bytes], headers: dict[str, str]) -> None:
    assert ask(chunks, **headers)[:2] == (200, str(sum(map(len, chunks))).encode())


@pytest.mark.parametrize(
    ("chunks", "headers", "read"),
    [
        pytest.param([b"x" * 11], {"content_length": "11"}, 0, id="announced: not read at all"),
        pytest.param([b"x" * 6] * 50, {}, 2, id="not announced: read up to the limit"),
        pytest.param([b"x" * 60] * 50, {"content_type": FORM}, 2, id="upload"),
        pytest.param([b"x" * 6] * 50, {"content_length": "nonsense"}, 2, id="false announcement"),
    ],
)
def test_a_larger_body_is_refused_without_being_stored(chunks: list[bytes], headers: dict[str, str], read: int) -> None:
    status, body, chunks_read = ask(chunks, **headers)
    assert (status, chunks_read) == (413, read)
    assert json.loads(body)["code"] == "request/too-large"
