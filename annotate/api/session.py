"""Logging in and out, one's password, one's tokens."""

from datetime import datetime

from django.contrib.auth import login, logout, update_session_auth_hash
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotate import __version__
from annotate.api.pagination import PageQuery, page_read
from annotate.api.permissions import person_of
from annotate.api.wire import Body, answer, body_read, query_parameters, query_read
from annotate.models import ApiToken, User
from annotate.services.people import login_check, password_change, token_create, token_revoke
from annotate.types import Line, Page, ReadModel, Text


class SessionUser(ReadModel):
    id: int
    username: str
    is_site_admin: bool


class SessionOut(ReadModel):
    """Who is logged in, if anyone, and the site's version."""

    user: SessionUser | None
    version: str


class SessionCreateIn(Body):
    username: Text = Field(max_length=150)
    password: Text = Field(max_length=1000)


class PasswordChangeIn(Body):
    old: Text = Field(max_length=1000)
    new: Text = Field(max_length=1000)


class TokenCreateIn(Body):
    name: Line = Field(max_length=80, description="What the token is for.")


class TokenOut(ReadModel):
    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


class TokenCreateOut(ReadModel):
    """A new token; the secret is shown this once."""

    id: int
    name: str
    secret: str


class SessionView(APIView):
    @extend_schema(operation_id="session_read", responses=SessionOut)
    def get(self, request: Request) -> Response:
        """Who is logged in; sets the CSRF cookie."""
        get_token(request._request)
        return answer(session_read(request.user if isinstance(request.user, User) else None))

    @extend_schema(operation_id="session_create", request=SessionCreateIn, responses=SessionOut)
    def post(self, request: Request) -> Response:
        """Log in. At most 10 tries a minute for one name from one address."""
        csrf_check(request)
        body = body_read(SessionCreateIn, request)
        user = login_check(request=request._request, username=body.username, password=body.password)
        login(request._request, user)
        return answer(session_read(user))

    @extend_schema(operation_id="session_delete", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Log out."""
        logout(request._request)
        return Response(status=204)


class PasswordView(APIView):
    @extend_schema(operation_id="session_password", request=PasswordChangeIn, responses={204: None})
    def post(self, request: Request) -> Response:
        """Change one's password; other sessions of the same person end."""
        body = body_read(PasswordChangeIn, request)
        user = person_of(request)
        password_change(user=user, old=body.old, new=body.new)
        update_session_auth_hash(request._request, user)
        return Response(status=204)


class TokensView(APIView):
    @extend_schema(operation_id="tokens_list", parameters=query_parameters(PageQuery), responses=Page[TokenOut])
    def get(self, request: Request) -> Response:
        """One's own tokens that work."""
        tokens = ApiToken.objects.filter(user=person_of(request), revoked_at=None)
        return answer(page_read(tokens, query=query_read(PageQuery, request), encode=tokens_read))

    @extend_schema(operation_id="tokens_create", request=TokenCreateIn, responses={201: TokenCreateOut})
    def post(self, request: Request) -> Response:
        """A new token: a program sends it as `Authorization: Bearer <secret>`."""
        body = body_read(TokenCreateIn, request)
        new = token_create(user=person_of(request), name=body.name)
        return answer(TokenCreateOut(id=new.token.pk, name=new.token.name, secret=new.secret), status=201)


class TokenView(APIView):
    @extend_schema(operation_id="tokens_delete", responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        """Revoke one of one's own tokens."""
        token_revoke(user=person_of(request), token_id=token_id)
        return Response(status=204)


def session_read(user: User | None) -> SessionOut:
    """The answer that names `user`."""
    named = None if user is None else SessionUser(id=user.pk, username=user.username, is_site_admin=user.is_staff)
    return SessionOut(user=named, version=__version__)


def tokens_read(tokens: list[ApiToken]) -> list[TokenOut]:
    """Tokens without their secrets, which nobody knows any more."""
    return [TokenOut.model_validate(token, from_attributes=True) for token in tokens]


def csrf_check(request: Request) -> None:
    """Refuse a post from another site where no session stands yet, so that nobody is logged in as somebody else.

    The framework checks only requests that come with a session.
    """
    SessionAuthentication().enforce_csrf(request)
