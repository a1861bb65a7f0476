"""Programs speak for a person by `Authorization: Bearer <token>`; browsers use the session."""

import hashlib

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from annotate.models import ApiToken, User


class TokenAuthentication(BaseAuthentication):
    """Bearer tokens, looked up by their hash. No cookie is involved, so no CSRF check is needed."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("The Authorization header must read 'Bearer <token>'.")
        digest = hashlib.sha256(parts[1]).hexdigest()
        token = ApiToken.objects.select_related("user").filter(secret_sha256=digest, revoked_at=None).first()
        if token is None or not token.user.is_active:
            raise AuthenticationFailed("This token is unknown or revoked; make a new one under your account.")
        _mark_used(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _mark_used(token: ApiToken) -> None:
    """Note the day-to-day use of a token at most once a minute, so that a program's reads do not all write."""
    now = timezone.now()
    if token.last_used_at is None or (now - token.last_used_at).total_seconds() > 60:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema names the token."""

    target_class = "annotate.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
