"""Rounds: list, start, watch, steer."""

from typing import Any

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of, role_of
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.errors import not_found
from annotate.models import Role, Round, RoundTrigger
from annotate.selectors.round_preview import RoundPreviewOut, round_preview
from annotate.selectors.rounds import RoundOut, rounds_read, rounds_read_brief
from annotate.services.round_acts import round_cancel, round_dismiss, round_override, round_promote, round_retry
from annotate.services.round_starts import round_start
from annotate.types import Page


class RoundStartIn(Body):
    """Nothing to choose: a round takes the project's settings."""


class RoundOverrideIn(Body):
    reason: str = Field(min_length=10, max_length=2000, description="Why the gate's verdict does not count here.")


class RoundsView(APIView):
    @extend_schema(operation_id="rounds_list", parameters=query_parameters(PageQuery), responses=Page[RoundOut])
    def get(self, request: Request, project_id: int) -> Response:
        """The project's rounds, newest first. Labelers see number, status and dates."""
        read = rounds_read if role_of(request) == Role.ADMIN else rounds_read_brief
        rounds = Round.objects.filter(project=project_of(request))
        return answer(page_read(rounds, query=query_read(PageQuery, request), encode=read))

    @extend_schema(operation_id="rounds_start", request=RoundStartIn, responses={201: RoundOut})
    def post(self, request: Request, project_id: int) -> Response:
        """Start a round on the preferences given so far."""
        body_read(RoundStartIn, request)
        round_ = round_start(project=project_of(request), trigger=RoundTrigger.BUTTON, actor=person_of(request))
        return _round_answer(round_.pk, status=201)


class RoundPreviewView(APIView):
    @extend_schema(operation_id="rounds_preview", responses=RoundPreviewOut)
    def get(self, request: Request, project_id: int) -> Response:
        """What a round would train on now, and whether it could start."""
        return answer(round_preview(project=project_of(request)))


class RoundView(APIView):
    @extend_schema(operation_id="round_read", responses=RoundOut)
    def get(self, request: Request, round_id: int) -> Response:
        """One round with its steps, gates and reports."""
        return _round_answer(round_id)


class RoundCancelView(APIView):
    @extend_schema(operation_id="round_cancel", request=None, responses=RoundOut)
    def post(self, request: Request, round_id: int) -> Response:
        """Stop the round and its runs; checkpoints and models already made are kept."""
        round_cancel(round_=_round(round_id), actor=person_of(request))
        return _round_answer(round_id)


class RoundOverrideView(APIView):
    @extend_schema(operation_id="round_override", request=RoundOverrideIn, responses=RoundOut)
    def post(self, request: Request, round_id: int) -> Response:
        """Let a blocked round go on in spite of its gate; the reason is kept."""
        body = body_read(RoundOverrideIn, request)
        round_override(round_=_round(round_id), actor=person_of(request), reason=body.reason)
        return _round_answer(round_id)


class RoundRetryView(APIView):
    @extend_schema(operation_id="round_retry", request=None, responses=RoundOut)
    def post(self, request: Request, round_id: int) -> Response:
        """Take up the step in which the round failed or was cancelled."""
        round_retry(round_=_round(round_id), actor=person_of(request))
        return _round_answer(round_id)


class RoundPromoteView(APIView):
    @extend_schema(operation_id="round_promote", request=None, responses=RoundOut)
    def post(self, request: Request, round_id: int) -> Response:
        """Put the waiting policy to use and sample from it."""
        round_promote(round_=_round(round_id), actor=person_of(request))
        return _round_answer(round_id)


class RoundDismissView(APIView):
    @extend_schema(operation_id="round_dismiss", request=None, responses=RoundOut)
    def post(self, request: Request, round_id: int) -> Response:
        """End a blocked or waiting round; its policy stays a candidate."""
        round_dismiss(round_=_round(round_id), actor=person_of(request))
        return _round_answer(round_id)


def _round(round_id: int) -> Round:
    round_ = Round.objects.filter(pk=round_id).first()
    if round_ is None:
        raise not_found("round")
    return round_


def _round_answer(round_id: int, **kwargs: Any) -> Response:
    return answer(rounds_read([_round(round_id)], samples=True)[0], **kwargs)
