"""A round live, as server-sent events from rows. Resumes where a lost connection stopped, by Last-Event-ID."""

import asyncio
import time
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from annotate.api.event_stream import KEEPALIVE_SECONDS, event_stream, listener
from annotate.selectors.round_stream import News, round_news

POLL_SECONDS = 0.7


async def round_stream(request: HttpRequest, round_id: int) -> HttpResponse | StreamingHttpResponse:
    """Events `run` {run_id, type, data} and `round` (without reports, on change) until the round has ended."""

    def find() -> tuple[int, int]:
        listener(request, route="round-stream", round_id=round_id)
        return round_id, _last_event_id(request)

    return await event_stream(request, find, lambda found: _events(*found))


async def _events(round_id: int, after: int) -> AsyncIterator[bytes]:
    read = sync_to_async(round_news, thread_sensitive=False)
    shown, quiet_since = "", time.monotonic()
    yield b"retry: 1000\n\n"
    while True:
        news: News = await read(round_id=round_id, after=after)
        text = news.round.model_dump_json()
        lines = [f"id: {pk}\nevent: run\ndata: {event.model_dump_json()}\n\n" for pk, event in news.events]
        after = news.events[-1][0] if news.events else after
        if _without_clock(news) != shown:
            shown = _without_clock(news)
            lines.append(f"event: round\ndata: {text}\n\n")
        if not lines and time.monotonic() - quiet_since > KEEPALIVE_SECONDS:
            lines.append(": still here\n\n")
        if lines:
            quiet_since = time.monotonic()
            yield "".join(lines).encode()
        if news.is_over:
            yield b"event: end\ndata: {}\n\n"
            return
        await asyncio.sleep(POLL_SECONDS)


def _without_clock(news: News) -> str:
    """The round's content but for seconds that pass: those alone are no news."""
    steps = [step.model_copy(update={"seconds": None}) for step in news.round.steps]
    return news.round.model_copy(update={"steps": steps}).model_dump_json()


def _last_event_id(request: HttpRequest) -> int:
    """EventSource sends the header when it reconnects; a page that starts anew may use the query."""
    given = request.headers.get("Last-Event-ID") or request.GET.get("after") or "0"
    return int(given) if given.isdecimal() and len(given) < 19 else 0
