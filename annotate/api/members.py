"""Members of a project, and the record of what admins did."""

from typing import Annotated

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.models import AuditEvent, Membership, Role
from annotate.selectors.people import AuditOut, MemberOut, audit_read, members_read
from annotate.services.members import MemberChange, member_change
from annotate.services.people import member_remove
from annotate.types import Line, Page


class MemberChangeIn(Body):
    """What is left out stays as it is."""

    role: Role | None = None
    groups: list[Annotated[Line, Field(max_length=60)]] | None = Field(None, description="All groups of the member.")
    warmed_up: bool | None = Field(
        None, description="True lets a labeler on without the warm-up; false lets them try it again."
    )


class MembersView(APIView):
    @extend_schema(operation_id="members_list", parameters=query_parameters(PageQuery), responses=Page[MemberOut])
    def get(self, request: Request, project_id: int) -> Response:
        """Who takes part, and how much they labeled."""
        members = Membership.objects.filter(project=project_of(request)).select_related("user", "paused_by")
        return answer(page_read(members, query=query_read(PageQuery, request), encode=members_read))


class MemberView(APIView):
    @extend_schema(operation_id="members_change", request=MemberChangeIn, responses=MemberOut)
    def patch(self, request: Request, project_id: int, user_id: int) -> Response:
        """Change a member's role or groups, or let them on or try again in the warm-up."""
        body = body_read(MemberChangeIn, request)
        membership = member_change(
            project=project_of(request),
            user_id=user_id,
            change=MemberChange(role=body.role, groups=body.groups, warmed_up=body.warmed_up),
            actor=person_of(request),
        )
        return answer(members_read([membership])[0])

    @extend_schema(operation_id="members_delete", responses={204: None})
    def delete(self, request: Request, project_id: int, user_id: int) -> Response:
        """End a membership; the person's preferences stay."""
        member_remove(project=project_of(request), user_id=user_id, actor=person_of(request))
        return Response(status=204)


class AuditView(APIView):
    @extend_schema(operation_id="audit_list", parameters=query_parameters(PageQuery), responses=Page[AuditOut])
    def get(self, request: Request, project_id: int) -> Response:
        """Who did what in this project, newest first."""
        events = AuditEvent.objects.filter(project=project_of(request)).select_related("actor")
        return answer(page_read(events, query=query_read(PageQuery, request), encode=audit_read))
