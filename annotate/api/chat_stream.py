"""A chat live: its last turn as server-sent events from rows while the two answers are written."""

import asyncio
import time
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from annotate.api.event_stream import KEEPALIVE_SECONDS, event_stream, listener
from annotate.models import Chat
from annotate.selectors.chats import UNFINISHED, ChatTurnOut, turn_news
from annotate.services.chats import chat_of

POLL_SECONDS = 0.12
"""A worker writes what is new every 0.1 s."""


async def chat_stream(request: HttpRequest, project_id: int, chat_id: int) -> HttpResponse | StreamingHttpResponse:
    """Events `turn` {turn} on each change of the chat's last turn, and `end` once its answers are there or failed."""

    def find() -> Chat:
        granted = listener(request, route="project-chat-stream", project_id=project_id)
        assert granted.project is not None, "an address of a project"  # noqa: S101
        assert granted.user is not None, "an address for members"  # noqa: S101
        return chat_of(project=granted.project, annotator=granted.user, chat_id=chat_id)

    return await event_stream(request, find, _events)


async def _events(chat: Chat) -> AsyncIterator[bytes]:
    read = sync_to_async(_news, thread_sensitive=False)
    shown, quiet_since = "", time.monotonic()
    yield b"retry: 1000\n\n"
    while True:
        turn = await read(chat)
        text = turn.model_dump_json(exclude={"assignment": {"lease_expires_at"}}) if turn else ""
        if turn and text != shown:
            shown, quiet_since = text, time.monotonic()
            yield f'event: turn\ndata: {{"turn": {turn.model_dump_json()}}}\n\n'.encode()
        elif time.monotonic() - quiet_since > KEEPALIVE_SECONDS:
            quiet_since = time.monotonic()
            yield b": still here\n\n"
        if turn is None or turn.status not in UNFINISHED:
            yield b"event: end\ndata: {}\n\n"
            return
        await asyncio.sleep(POLL_SECONDS)


def _news(chat: Chat) -> ChatTurnOut | None:
    """Read once and give the database connection back: a stream holds none while it waits."""
    try:
        return turn_news(chat=chat)
    finally:
        close_old_connections()
