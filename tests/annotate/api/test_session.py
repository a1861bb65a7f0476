import pytest
import redis
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from annotate import __version__
from annotate.config.env import env
from annotate.models import ApiToken, Project, User
from annotate.services import throttle
from tests.conftest import Api
from tests.factories import user_make

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_limits(settings: Settings) -> None:
    """Tries of other tests do not count, and hashing is quick."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    client = redis.Redis.from_url(env().redis_url)
    for key in client.scan_iter("throttle:*"):
        client.delete(key)


@pytest.fixture
def gil(db: None, fresh_limits: None) -> User:
    """Has a password."""
    return user_make("gil", password=PASSWORD)


def login(client: APIClient, username: str = "gil", password: str = PASSWORD) -> int:
    return int(client.post("/api/session/", {"username": username, "password": password}).status_code)


def test_nobody_is_logged_in_at_first(db: None, api: Api) -> None:
    response = api(None).get("/api/session/")
    assert response.data == {"user": None, "version": __version__}
    assert "csrftoken" in response.cookies


def test_logging_in_and_out(gil: User, api: Api) -> None:
    client = api(None)
    response = client.post("/api/session/", {"username": "gil", "password": PASSWORD})
    assert response.data["user"] == {"id": gil.pk, "username": "gil", "is_site_admin": False}
    assert client.get("/api/session/").data["user"]["username"] == "gil"
    assert client.delete("/api/session/").status_code == 204
    assert client.get("/api/session/").data["user"] is None


@pytest.mark.parametrize(("username", "password"), [("gil", "wrong"), ("nobody", PASSWORD), ("gil", "")])
def test_wrong_credentials_are_told_apart_from_nothing(gil: User, api: Api, username: str, password: str) -> None:
    response = api(None).post("/api/session/", {"username": username, "password": password})
    assert (response.status_code, response.data["code"]) == (400, "auth/wrong-password")
    assert response["Content-Type"] == "application/problem+json"


def test_who_was_deactivated_cannot_log_in(gil: User, api: Api) -> None:
    User.objects.filter(pk=gil.pk).update(is_active=False)
    assert login(api(None)) == 400


def test_the_eleventh_try_within_a_minute_is_refused(gil: User, api: Api) -> None:
    client = api(None)
    assert [login(client, password="wrong") for _ in range(10)] == [400] * 10
    refused = client.post("/api/session/", {"username": "gil", "password": PASSWORD})
    assert (refused.status_code, refused.data["code"]) == (429, "request/throttled")
    assert 0 < refused.data["retry_after_seconds"] <= 60
    assert login(client, username="somebody else", password="x") == 400


def test_without_redis_people_still_log_in(gil: User, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = env().model_copy(update={"redis_url": "unix:///nowhere"})
    monkeypatch.setattr(throttle, "env", lambda: changed)
    monkeypatch.setattr(throttle, "_redis", throttle._redis.__wrapped__)
    assert login(api(None)) == 200


def test_a_login_from_another_site_is_refused(gil: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    assert login(client) == 403
    token = client.get("/api/session/").cookies["csrftoken"].value
    body = {"username": "gil", "password": PASSWORD}
    assert client.post("/api/session/", body, headers={"X-CSRFToken": token}).status_code == 200


def test_a_session_without_the_csrf_header_changes_nothing(project: Project, ann: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(ann)
    assert client.post(f"/api/projects/{project.pk}/claim/", {"count": 1}).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "username"), ({"username": "gil"}, "password"), ({"username": "gil", "password": "x", "extra": 1}, "extra")],
)
def test_a_body_that_lacks_or_adds_something_names_the_field(
    db: None, api: Api, body: dict[str, object], field: str
) -> None:
    response = api(None).post("/api/session/", body)
    assert response.status_code == 400
    assert field in response.data["fields"]


@pytest.mark.parametrize("content", [b"{", b"[" * 50_000, b'"text"', b"\xff", b"null"])
def test_a_malformed_body_is_a_400(db: None, api: Api, content: bytes) -> None:
    response = api(None).post("/api/session/", content, content_type="application/json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_other_media_types_are_refused(db: None, api: Api) -> None:
    response = api(None).post("/api/session/", "username=gil", content_type="application/x-www-form-urlencoded")
    assert (response.status_code, response.data["code"]) == (415, "request/unsupported-media-type")


class TestPassword:
    def change(self, client: APIClient, old: str = PASSWORD, new: str = "a new long phrase") -> dict[str, object]:
        response = client.post("/api/session/password/", {"old": old, "new": new})
        return {
            "status": response.status_code,
            "fields": getattr(response, "data", None) and response.data.get("fields"),
        }

    def test_can_be_changed_and_the_session_stays(self, gil: User, api: Api) -> None:
        client = api(None)
        other = api(None)
        login(client)
        login(other)
        assert self.change(client)["status"] == 204
        assert client.get("/api/session/").data["user"] is not None
        assert other.get("/api/session/").data["user"] is None, "sessions elsewhere end"
        assert login(api(None), password="a new long phrase") == 200
        assert login(api(None)) == 400

    def test_needs_the_old_one(self, gil: User, api: Api) -> None:
        client = api(None)
        login(client)
        assert list(self.change(client, old="wrong")["fields"]) == ["old"]  # type: ignore[call-overload]

    @pytest.mark.parametrize("weak", ["short", "password123", "gilgilgilgil"[:3] + "gil"])
    def test_must_not_be_weak(self, gil: User, api: Api, weak: str) -> None:
        client = api(None)
        login(client)
        assert list(self.change(client, new=weak)["fields"]) == ["new"]  # type: ignore[call-overload]


class TestTokens:
    def test_speak_for_their_owner(self, project: Project, ann: User, api: Api) -> None:
        made = api(ann).post("/api/tokens/", {"name": "script"})
        assert made.status_code == 201
        program = APIClient(headers={"Authorization": f"Bearer {made.data['secret']}"})
        assert [row["name"] for row in program.get("/api/projects/").data["results"]] == ["Tone"]
        assert program.post(f"/api/projects/{project.pk}/claim/", {"count": 1}).status_code == 200
        assert ApiToken.objects.get().last_used_at is not None

    def test_are_kept_as_hashes_only(self, ann: User, api: Api) -> None:
        secret = api(ann).post("/api/tokens/", {"name": "script"}).data["secret"]
        row = ApiToken.objects.values().get()
        assert secret not in str(row)
        listed = api(ann).get("/api/tokens/").data
        assert listed["total"] == 1
        assert set(listed["results"][0]) == {"id", "name", "created_at", "last_used_at"}

    def test_do_not_work_once_revoked(self, ann: User, api: Api) -> None:
        made = api(ann).post("/api/tokens/", {"name": "script"}).data
        assert api(ann).delete(f"/api/tokens/{made['id']}/").status_code == 204
        program = APIClient(headers={"Authorization": f"Bearer {made['secret']}"})
        response = program.get("/api/projects/")
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
        assert api(ann).get("/api/tokens/").data["total"] == 0

    @pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer nonsense", "bearer \xff"])
    def test_that_are_malformed_are_refused(self, db: None, header: str) -> None:
        assert APIClient(headers={"Authorization": header}).get("/api/projects/").status_code == 401

    def test_of_others_cannot_be_seen_or_revoked(self, ann: User, ben: User, api: Api) -> None:
        made = api(ann).post("/api/tokens/", {"name": "script"}).data
        assert api(ben).get("/api/tokens/").data["total"] == 0
        assert api(ben).delete(f"/api/tokens/{made['id']}/").status_code == 404

    def test_of_who_was_deactivated_do_not_work(self, ann: User, api: Api) -> None:
        secret = api(ann).post("/api/tokens/", {"name": "script"}).data["secret"]
        User.objects.filter(pk=ann.pk).update(is_active=False)
        assert APIClient(headers={"Authorization": f"Bearer {secret}"}).get("/api/projects/").status_code == 401
