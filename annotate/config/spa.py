"""The single page: the built `index.html`, with this response's nonce for the styles its scripts write."""

from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from annotate.config.env import ROOT
from annotate.errors import ErrorCode

INDEX = ROOT / "frontend" / "dist" / "index.html"
NONCE_PLACE = "__CSP_NONCE__"
NOT_BUILT = "The pages of this site have not been built. Run `make run`, or `npm ci && npm run build` in frontend/.\n"


@require_safe
@ensure_csrf_cookie
def single_page(request: HttpRequest) -> HttpResponse:
    """`index.html` for every address that is neither the API nor a file; 503 where it has not been built."""
    try:
        page = _page(INDEX, INDEX.stat().st_mtime_ns)
    except FileNotFoundError:
        return HttpResponse(NOT_BUILT, status=HTTPStatus.SERVICE_UNAVAILABLE, content_type="text/plain; charset=utf-8")
    nonce = str(request.csp_nonce)  # type: ignore[attr-defined]  # set by CSPMiddleware
    response = HttpResponse(page.replace(NONCE_PLACE, nonce))
    response["Cache-Control"] = "no-store"  # the nonce is for one response
    return response


@lru_cache(maxsize=1)
def _page(path: Path, changed_ns: int) -> str:
    """The file's text, read again when it has changed."""
    return path.read_text(encoding="utf-8")


def no_such_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """A problem for addresses below /api/ that do not exist."""
    return _problem(
        HTTPStatus.NOT_FOUND, ErrorCode.NOT_FOUND, f"There is no {request.path} in this API; see /api/docs/."
    )


def no_such_file(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Files that exist are served before any view is asked."""
    return HttpResponse("No such file.\n", status=HTTPStatus.NOT_FOUND, content_type="text/plain; charset=utf-8")


def internal_error(request: HttpRequest) -> HttpResponse:
    """What an unexpected failure answers; its traceback is in the log."""
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, ErrorCode.INTERNAL, "Something failed here; the log has more.")


def _problem(status: HTTPStatus, code: ErrorCode, detail: str) -> HttpResponse:
    body = {"type": "about:blank", "title": status.phrase, "status": status, "code": code, "detail": detail}
    return JsonResponse(body, status=status, content_type="application/problem+json")
