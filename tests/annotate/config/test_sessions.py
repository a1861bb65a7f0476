"""Who a session belongs to: at most one person who may log in, in two statements."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotate.models import User
from tests.conftest import Api


def who(api_client: object) -> str | None:
    user = api_client.get("/api/session/").data["user"]  # type: ignore[attr-defined]
    return user["username"] if user else None


def test_a_session_names_its_person_in_two_statements(ann: User, api: Api) -> None:
    client = api(ann)
    with CaptureQueriesContext(connection) as statements:
        assert who(client) == "ann"
    assert len(statements) == 2


@pytest.mark.parametrize("spoilt", ["expired", "deleted", "of nobody", "deactivated", "password changed"])
def test_a_session_that_is_over_names_nobody(spoilt: str, ann: User, api: Api) -> None:
    client = api(ann)
    session = Session.objects.get()
    match spoilt:
        case "expired":
            Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        case "deleted":
            session.delete()
        case "of nobody":
            ann.delete()
        case "deactivated":
            User.objects.filter(pk=ann.pk).update(is_active=False)
        case "password changed":
            ann.set_password("another long phrase")
            ann.save()
    assert who(client) is None


def test_a_made_up_key_is_not_kept(db: None, api: Api) -> None:
    client = api(None)
    client.cookies["sessionid"] = "a" * 32
    assert who(client) is None
    assert not Session.objects.exists()
