import json

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions

from annotate.api.problems import problem_handler
from annotate.errors import AnnotateError, ErrorCode, invalid, not_found


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (AnnotateError(ErrorCode.ASSIGNMENT_EXPIRED, "Too late."), 409, "assignment/expired"),
        (invalid("name", "is empty"), 400, "request/invalid"),
        (not_found("round"), 404, "request/not-found"),
        (Http404("gone"), 404, "request/not-found"),
        (PermissionDenied("no"), 403, "auth/forbidden"),
        (RequestDataTooBig("huge"), 413, "request/too-large"),
        (RecursionError(), 400, "request/malformed"),
        (exceptions.ParseError("bad"), 400, "request/malformed"),
        (exceptions.NotAuthenticated(), 401, "auth/not-logged-in"),
        (exceptions.MethodNotAllowed("PUT"), 405, "request/method-not-allowed"),
        (exceptions.UnsupportedMediaType("text/xml"), 415, "request/unsupported-media-type"),
        (exceptions.Throttled(wait=3), 429, "request/throttled"),
    ],
)
def test_each_error_has_its_status_and_code(error: Exception, status: int, code: str) -> None:
    answer = problem_handler(error, {})
    assert answer is not None
    assert answer.status_code == answer.data["status"] == status
    assert answer.data["code"] == code
    assert answer.data["detail"]
    assert answer.data["title"]


def test_facts_of_an_error_stand_beside_its_code() -> None:
    error = AnnotateError(ErrorCode.ROUND_TOO_FEW_PREFERENCES, "Too few.", have=3, need=10)
    answer = problem_handler(error, {})
    assert answer is not None
    assert (answer.data["have"], answer.data["need"]) == (3, 10)
    json.dumps(answer.data)


def test_a_wait_is_a_header() -> None:
    answer = problem_handler(exceptions.Throttled(wait=3), {})
    assert answer is not None
    assert answer["Retry-After"] == "4"


def test_what_nobody_expected_is_not_dressed_up() -> None:
    assert problem_handler(ValueError("bug"), {}) is None
