"""Requests that are too large are refused while they arrive, before they fill memory or disk.

The framework stores a whole body first and looks at its size later.
"""

import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from annotate.errors import ErrorCode

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Coroutine[Any, Any, None]]


class _TooLargeError(Exception):
    """More came than the request may hold."""


def body_limited(application: Application, *, json_bytes: int, upload_bytes: int) -> Application:
    """`application` with a limit on request bodies: `upload_bytes` for forms with files, `json_bytes` for the rest."""

    async def limited(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        headers = dict(scope["headers"])
        limit = upload_bytes if headers.get(b"content-type", b"").startswith(b"multipart/") else json_bytes
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > limit:
            await _refuse(send, limit)
            return
        left = limit

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise _TooLargeError
            return message

        try:
            await application(scope, counted, send)
        except _TooLargeError:
            await _refuse(send, limit)

    return limited


async def _refuse(send: Send, limit: int) -> None:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    detail = f"The request is larger than {limit / 2**20:.0f} MB. Split it, or send a file compressed with gzip."
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "code": ErrorCode.TOO_LARGE,
        "detail": detail,
    }
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
