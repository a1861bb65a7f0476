"""Server-sent events of rows: who may listen is checked once, then the stream holds neither thread nor connection."""

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse, StreamingHttpResponse
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from annotate.api.authentication import TokenAuthentication
from annotate.api.permissions import Granted, authorise
from annotate.api.problems import problem_handler
from annotate.errors import AnnotateError

KEEPALIVE_SECONDS = 15

Subject = TypeVar("Subject")


async def event_stream(
    request: HttpRequest, find: Callable[[], Subject], events: Callable[[Subject], AsyncIterator[bytes]]
) -> HttpResponse | StreamingHttpResponse:
    """The events of what `find` gives in the request's own thread; a problem where that refuses."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    try:
        subject = await sync_to_async(_without_connection)(find)
    except (AnnotateError, APIException) as error:
        return _problem_answer(error)
    response = StreamingHttpResponse(events(subject), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


def listener(request: HttpRequest, *, route: str, **kwargs: Any) -> Granted:
    """What the caller of the stream at `route` may see; by token or session, as at every other address."""
    found = TokenAuthentication().authenticate(Request(request))
    return authorise(user=found[0] if found else request.user, route=route, method="GET", kwargs=kwargs)


def _without_connection(find: Callable[[], Subject]) -> Subject:
    """Give the database connection back afterwards: the stream may last hours."""
    try:
        return find()
    finally:
        close_old_connections()


def _problem_answer(error: Exception) -> HttpResponse:
    answer = problem_handler(error, {})
    if answer is None:
        raise error
    return JsonResponse(answer.data, status=answer.status_code, content_type="application/problem+json")
