"""The one place where errors become application/problem+json (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from annotate.errors import AnnotateError, ErrorCode

_CODES: dict[int, ErrorCode] = {
    HTTPStatus.BAD_REQUEST: ErrorCode.INVALID,
    HTTPStatus.UNAUTHORIZED: ErrorCode.NOT_LOGGED_IN,
    HTTPStatus.FORBIDDEN: ErrorCode.FORBIDDEN,
    HTTPStatus.NOT_FOUND: ErrorCode.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: ErrorCode.METHOD_NOT_ALLOWED,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ErrorCode.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.TOO_MANY_REQUESTS: ErrorCode.THROTTLED,
}


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Problem details for an expected error; None lets an unexpected one become a 500."""
    if isinstance(error, AnnotateError):
        return _problem(error.status, error.code, error.detail, fields=error.fields, **error.data)
    if isinstance(error, Http404):
        return _problem(HTTPStatus.NOT_FOUND, ErrorCode.NOT_FOUND, str(error) or "Not found.")
    if isinstance(error, RequestDataTooBig):
        return _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, ErrorCode.TOO_LARGE, str(error))
    if isinstance(error, RecursionError):
        return _problem(HTTPStatus.BAD_REQUEST, ErrorCode.MALFORMED, "The JSON is nested too deeply.")
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(*error.args)
    if not isinstance(error, exceptions.APIException):
        return None
    return _from_drf(error)


def _from_drf(error: exceptions.APIException) -> Response:
    code = _CODES.get(error.status_code, ErrorCode.INVALID)
    if isinstance(error, exceptions.ParseError):
        code = ErrorCode.MALFORMED
    response = _problem(error.status_code, code, str(error.detail))
    if (challenge := getattr(error, "auth_header", None)) is not None:
        response["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        response["Retry-After"] = str(int(wait) + 1)
    return response


def _problem(
    status: int, code: ErrorCode, detail: str, *, fields: dict[str, list[str]] | None = None, **data: Any
) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": str(code),
        "detail": detail,
    }
    if fields:
        body["fields"] = fields
    return Response({**body, **data}, status=int(status), content_type="application/problem+json")
