"""Requests in a few threads, streams in none."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from pytest_django.fixtures import Settings

from annotate.config.handler import OneHopHandler

THREADS = 2


@dataclass
class Stage:
    """What the views below note down."""

    inside: int = 0
    most_inside: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    streams_ended: list[str] = field(default_factory=list)


stage = Stage()


@pytest.fixture(autouse=True)
def addresses(settings: Settings) -> None:
    global stage
    stage = Stage()
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]


def slow(request: HttpRequest) -> HttpResponse:
    with stage.lock:
        stage.inside += 1
        stage.most_inside = max(stage.most_inside, stage.inside)
    time.sleep(0.02)
    with stage.lock:
        stage.inside -= 1
    return HttpResponse(request.body)


def reads_a_row(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 7")
        return HttpResponse(str(cursor.fetchone()[0]))


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


async def endless(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(_ticks())


async def _ticks() -> AsyncIterator[bytes]:
    try:
        while True:
            yield b"tick"
            await asyncio.sleep(0.001)
    finally:
        stage.streams_ended.append("endless")


async def breaks_off(request: HttpRequest) -> StreamingHttpResponse:
    async def lines() -> AsyncIterator[bytes]:
        yield b"first"
        raise RuntimeError("broken on purpose")

    return StreamingHttpResponse(lines())


urlpatterns = [
    path("slow/", slow),
    path("row/", reads_a_row),
    path("breaks/", breaks),
    path("endless/", endless),
    path("breaks-off/", breaks_off),
]


@dataclass
class Exchange:
    """One request to the handler, as a server would put it."""

    handler: OneHopHandler
    address: str
    body: bytes = b""
    sent: list[dict[str, Any]] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    _asked: bool = False

    async def receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        self.sent.append(dict(message))

    async def run(self) -> tuple[int, bytes]:
        scope = {"type": "http", "method": "POST", "path": self.address, "headers": [(b"host", b"localhost")]}
        await self.handler(scope, self.receive, self.send)
        return self.sent[0]["status"], b"".join(message.get("body", b"") for message in self.sent[1:])

    async def begun(self) -> None:
        while len(self.sent) < 3:
            await asyncio.sleep(0.001)


def test_more_requests_than_threads_wait_in_line_and_are_all_answered() -> None:
    async def crowd() -> list[tuple[int, bytes]]:
        handler = OneHopHandler(threads=THREADS)
        return await asyncio.gather(*(Exchange(handler, "/slow/", b"%d" % n).run() for n in range(9)))

    assert asyncio.run(crowd()) == [(200, b"%d" % n) for n in range(9)]
    assert stage.most_inside == THREADS


@pytest.mark.django_db(transaction=True)
def test_a_thread_keeps_no_database_connection_after_its_request() -> None:
    async def ask() -> tuple[tuple[int, bytes], Any]:
        handler = OneHopHandler(threads=1)
        answered = await Exchange(handler, "/row/").run()
        left = await asyncio.get_running_loop().run_in_executor(handler._threads, lambda: connection.connection)
        return answered, left

    assert asyncio.run(ask()) == ((200, b"7"), None)


def test_open_streams_occupy_no_thread_and_end_with_their_readers() -> None:
    async def watch() -> tuple[int, bytes]:
        handler = OneHopHandler(threads=1)
        streams = [Exchange(handler, "/endless/") for _ in range(5)]
        watching = [asyncio.create_task(stream.run()) for stream in streams]
        for stream in streams:
            await stream.begun()
        answered = await Exchange(handler, "/slow/", b"meanwhile").run()
        for stream in streams:
            stream.gone.set()
        await asyncio.wait_for(asyncio.gather(*watching), timeout=20)
        return answered

    assert asyncio.run(watch()) == (200, b"meanwhile")
    assert stage.streams_ended == ["endless"] * 5


def test_a_view_that_fails_is_a_500_and_the_next_request_is_answered() -> None:
    async def ask() -> list[int]:
        handler = OneHopHandler(threads=1)
        return [(await Exchange(handler, address).run())[0] for address in ("/breaks/", "/slow/")]

    assert asyncio.run(ask()) == [500, 200]


def test_a_stream_that_fails_is_cut_off_and_not_ended() -> None:
    async def ask() -> list[dict[str, Any]]:
        exchange = Exchange(OneHopHandler(threads=1), "/breaks-off/")
        with pytest.raises(RuntimeError, match="broken on purpose"):
            await exchange.run()
        return exchange.sent

    sent = asyncio.run(ask())
    assert sent[1]["body"] == b"first"
    assert all(message.get("more_body") for message in sent[1:])


def test_who_leaves_before_the_request_is_complete_gets_nothing() -> None:
    async def leave() -> list[dict[str, Any]]:
        exchange = Exchange(OneHopHandler(threads=1), "/slow/", _asked=True)
        exchange.gone.set()
        await exchange.handler(
            {"type": "http", "method": "POST", "path": "/slow/", "headers": []}, exchange.receive, exchange.send
        )
        return exchange.sent

    assert asyncio.run(leave()) == []
    assert stage.most_inside == 0
