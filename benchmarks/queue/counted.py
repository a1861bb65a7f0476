"""The product's ASGI application, telling in a header how many SQL statements each answer took.

Serve it to one client at a time. BEGIN and COMMIT are not statements here, and not counted.
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.config.settings")

from django.db.backends.signals import connection_created

from annotate.config.asgi import application as product
from benchmarks.queue import STATEMENTS_HEADER

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

_run = 0


def _count(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Mapping[str, Any]) -> Any:
    global _run
    _run += 1
    return execute(sql, values, many, context)


def _watch(connection: Any, **_: Any) -> None:
    if _count not in connection.execute_wrappers:
        connection.execute_wrappers.append(_count)


connection_created.connect(_watch)


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    before = _run

    async def telling(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (STATEMENTS_HEADER.encode(), str(_run - before).encode())]
        await send(message)

    await product(scope, receive, telling)
