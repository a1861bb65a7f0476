"""The quality of a project's labels, flags of labelers, and pausing them."""

from typing import Annotated

from drf_spectacular.utils import extend_schema
from pydantic import Field, StringConstraints
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.selectors.people import MemberOut, members_read
from annotate.selectors.quality import FlagOut, QualityOut, flags_listed, flags_read, quality_read
from annotate.services.quality_acts import REASON_LENGTH, flag_close, member_pause, member_resume
from annotate.types import Page, Text


class FlagsQuery(PageQuery):
    open: bool | None = Field(None, description="Only open flags, or only closed ones; both when left out.")


class FlagCloseIn(Body):
    note: Text = Field("", max_length=2000, description="What the admin found.")


# Of plain `str`, because constraints on text that was validated before are checked before it is stripped.
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=3, max_length=REASON_LENGTH, pattern=r"^[^\x00]*$")
]


class MemberPauseIn(Body):
    reason: Reason = Field(description="The labeler reads it.")


class MemberResumeIn(Body):
    pass


class QualityView(APIView):
    @extend_schema(operation_id="quality_read", responses=QualityOut)
    def get(self, request: Request, project_id: int) -> Response:
        """Agreement, reliability and habits of the labelers, as of the newest report."""
        return answer(quality_read(project=project_of(request)))


class FlagsView(APIView):
    @extend_schema(operation_id="flags_list", parameters=query_parameters(FlagsQuery), responses=Page[FlagOut])
    def get(self, request: Request, project_id: int) -> Response:
        """Suspicions about labelers with their evidence, newest first."""
        query = query_read(FlagsQuery, request)
        return answer(
            page_read(flags_listed(project=project_of(request), is_open=query.open), query=query, encode=flags_read)
        )


class FlagCloseView(APIView):
    @extend_schema(operation_id="flags_close", request=FlagCloseIn, responses=FlagOut)
    def post(self, request: Request, project_id: int, flag_id: int) -> Response:
        """Settle a flag."""
        body = body_read(FlagCloseIn, request)
        flag = flag_close(project=project_of(request), flag_id=flag_id, note=body.note, actor=person_of(request))
        return answer(flags_read([flag])[0])


class MemberPauseView(APIView):
    @extend_schema(operation_id="members_pause", request=MemberPauseIn, responses=MemberOut)
    def post(self, request: Request, project_id: int, user_id: int) -> Response:
        """Give a member nothing more to label for now."""
        body = body_read(MemberPauseIn, request)
        paused = member_pause(
            project=project_of(request), user_id=user_id, reason=body.reason, actor=person_of(request)
        )
        return answer(members_read([paused])[0])


class MemberResumeView(APIView):
    @extend_schema(operation_id="members_resume", request=MemberResumeIn, responses=MemberOut)
    def post(self, request: Request, project_id: int, user_id: int) -> Response:
        """Let a paused member label again."""
        body_read(MemberResumeIn, request)
        resumed = member_resume(project=project_of(request), user_id=user_id, actor=person_of(request))
        return answer(members_read([resumed])[0])
