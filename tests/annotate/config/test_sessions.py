"""Who a session belongs to: at most one person who may log in, in two statements."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotate.config.celery import app
from annotate.models import User
from annotate.tasks.sessions import clear
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


def test_expired_sessions_are_removed_once_a_day_and_no_others(ann: User, ben: User, api: Api) -> None:
    gone, kept = api(ann), api(ben)
    over = Session.objects.get(session_key=gone.cookies["sessionid"].value)
    Session.objects.filter(pk=over.pk).update(expire_date=timezone.now() - timedelta(seconds=1))
    (daily,) = [entry for entry in app.conf.beat_schedule.values() if entry["task"] == clear.name]
    assert daily["schedule"].is_due(timezone.now() - timedelta(hours=25)).is_due
    just_now = daily["schedule"].is_due(timezone.now())
    assert not just_now.is_due
    assert just_now.next <= timedelta(days=1).total_seconds()
    clear()
    assert [session.session_key for session in Session.objects.all()] == [kept.cookies["sessionid"].value]
    assert who(kept) == "ben"


def test_a_made_up_key_is_not_kept(db: None, api: Api) -> None:
    client = api(None)
    client.cookies["sessionid"] = "a" * 32
    assert who(client) is None
    assert not Session.objects.exists()
