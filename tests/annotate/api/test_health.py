from collections.abc import Iterator
from pathlib import Path

import pytest

from annotate.config.env import env
from annotate.selectors import health
from tests.conftest import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("REDIS_URL", f"unix://{tmp_path}/nobody.sock")
    env.cache_clear()
    health._client.cache_clear()
    yield
    monkeypatch.undo()
    env.cache_clear()
    health._client.cache_clear()


def test_every_part_is_named(api: Api) -> None:
    answer = api(None).get("/api/health/")
    assert answer.status_code == 200
    assert {answer.json()[part] for part in ("status", "database", "redis")} == {"ok"}


def test_a_worker_is_named_for_half_a_minute_after_its_last_sign_of_life(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    health.worker_seen(name="runs@here")
    assert "runs@here" in api(None).get("/api/health/").json()["workers"]
    now = health.time.time()
    monkeypatch.setattr(health.time, "time", lambda: now + 31)
    assert "runs@here" not in api(None).get("/api/health/").json()["workers"]


@pytest.mark.usefixtures("broker_away")
def test_a_broker_that_does_not_answer_makes_the_site_unhealthy(api: Api) -> None:
    answer = api(None).get("/api/health/")
    assert answer.status_code == 503
    assert (answer.json()["status"], answer.json()["database"], answer.json()["redis"]) == ("down", "ok", "down")
