"""Django's request cycle in one thread of a fixed few, under an ASGI server.

The framework's own ASGI handler passes a request between the event loop and threads some twenty times: the parts of
each middleware, the signals and the view are hops of their own. Here middleware, view and clean-up are one hop. What a
view streams is iterated on the event loop, as the framework does it, so that an open stream occupies no thread.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class OneHopHandler(ASGIHandler):
    """An ASGI application that works on `threads` requests at a time; more wait in line, holding no connection."""

    def __init__(self, *, threads: int) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        loop = asyncio.get_running_loop()
        response = await loop.run_in_executor(self._threads, self._respond, scope, body)
        if response.streaming:
            await self._stream(response, receive, send)
        else:
            await self.send_response(response, send)

    def _respond(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        """The answer; complete and closed unless it is a stream. Either way the thread keeps no database connection."""
        with closing(body):
            set_script_prefix(get_script_prefix(scope))
            signals.request_started.send(sender=self.__class__, scope=scope)
            request, refusal = self.create_request(scope, body)
            response = self.get_response(request) if request is not None else refusal
            assert response is not None, "a request or a refusal"  # noqa: S101  (create_request gives one of the two)
            response._handler_class = self.__class__  # type: ignore[attr-defined]  # named by the signal at its end
            if response.streaming:
                close_old_connections()
            else:
                response.close()
            return response

    async def _stream(self, response: HttpResponseBase, receive: Receive, send: Send) -> None:
        """Send until the stream ends or its reader has gone."""
        sending = asyncio.create_task(self.send_response(response, send))
        reader_gone = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait((sending, reader_gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            reader_gone.cancel()
            sending.cancel()  # a task that has ended keeps its outcome
            await asyncio.gather(reader_gone, sending, return_exceptions=True)
            await sync_to_async(response.close)()
        if not sending.cancelled():
            sending.result()
