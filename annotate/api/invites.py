"""Invites: made and withdrawn by project admins, read and accepted by who holds the link."""

from datetime import datetime

from django.contrib.auth import login
from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of, project_of
from annotate.api.session import csrf_check
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.models import Invite, Role, User
from annotate.selectors.people import InviteOut, invites_read
from annotate.services.invites import (
    invite_accept,
    invite_create,
    invite_fault,
    invite_find,
    invite_revoke,
)
from annotate.services.throttle import throttle_check
from annotate.types import Page, ReadModel, Text


class InviteCreateIn(Body):
    role: Role = Role.LABELER
    max_uses: int = Field(1, ge=1, le=1000)
    days: int = Field(7, ge=1, le=365, description="The link works this long.")


class InviteCreateOut(ReadModel):
    """A new invite; the link is shown this once."""

    id: int
    url: str
    role: Role
    expires_at: datetime
    max_uses: int


class InvitePublicOut(ReadModel):
    """What the holder of a link may know before joining."""

    project_name: str
    role: Role
    expires_at: datetime
    valid: bool
    reason: str | None = Field(description="Why the link cannot be used; null when it can.")


class InviteAcceptIn(Body):
    """Empty for who is logged in; a name and a password make an account."""

    username: Text = Field("", max_length=150)
    password: Text = Field("", max_length=1000)


class InviteAcceptOut(ReadModel):
    project_id: int


class InvitesView(APIView):
    @extend_schema(operation_id="invites_list", parameters=query_parameters(PageQuery), responses=Page[InviteOut])
    def get(self, request: Request, project_id: int) -> Response:
        """The project's invites, without their links."""
        invites = Invite.objects.filter(project=project_of(request), revoked_at=None)
        return answer(page_read(invites, query=query_read(PageQuery, request), encode=invites_read))

    @extend_schema(operation_id="invites_create", request=InviteCreateIn, responses={201: InviteCreateOut})
    def post(self, request: Request, project_id: int) -> Response:
        """A link that makes its holders members."""
        body = body_read(InviteCreateIn, request)
        new = invite_create(
            project=project_of(request),
            actor=person_of(request),
            role=body.role,
            max_uses=body.max_uses,
            days=body.days,
        )
        url = request.build_absolute_uri(f"/join/{new.secret}")
        made = InviteOut.model_validate(new.invite, from_attributes=True)
        shown = made.model_dump(include={"id", "role", "expires_at", "max_uses"})
        return answer(InviteCreateOut(url=url, **shown), status=201)


class InviteRevokeView(APIView):
    @extend_schema(operation_id="invites_delete", responses={204: None})
    def delete(self, request: Request, project_id: int, invite_id: int) -> Response:
        """Withdraw a link."""
        invite_revoke(project=project_of(request), invite_id=invite_id, actor=person_of(request))
        return Response(status=204)


class InviteView(APIView):
    @extend_schema(operation_id="invite_read", responses=InvitePublicOut)
    def get(self, request: Request, secret: str) -> Response:
        """What a link is good for."""
        invite = invite_find(secret=secret)
        fault = invite_fault(invite)
        return answer(
            InvitePublicOut(
                project_name=invite.project.name,
                role=Role(invite.role),
                expires_at=invite.expires_at,
                valid=fault is None,
                reason=fault,
            )
        )


class InviteAcceptView(APIView):
    @extend_schema(operation_id="invite_accept", request=InviteAcceptIn, responses=InviteAcceptOut)
    def post(self, request: Request, secret: str) -> Response:
        """Join: with a session as who one is, else as a new person, who is logged in."""
        csrf_check(request)
        body = body_read(InviteAcceptIn, request)
        throttle_check(action="join", subject=request.META.get("REMOTE_ADDR", ""), limit=60, seconds=60)
        user = request.user if isinstance(request.user, User) else None
        membership = invite_accept(secret=secret, user=user, username=body.username, password=body.password)
        if user is None:
            login(request._request, membership.user)
        return answer(InviteAcceptOut(project_id=membership.project_id))
