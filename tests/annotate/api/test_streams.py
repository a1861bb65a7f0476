"""The live stream, read through Django's asynchronous handler: events once, in order, resumed, closed at the end."""

import json
from collections.abc import AsyncIterator

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import close_old_connections
from django.test import AsyncClient, Client

from annotate.api import streams
from annotate.models import Project, Round, RoundTrigger, RunEvent, User
from annotate.services.people import token_create
from annotate.services.round_starts import round_start
from annotate.services.run_acts import run_repeat
from annotate.services.runs import run_cancel
from tests.annotate.engine_fixtures import data_dir as data_dir
from tests.annotate.engine_fixtures import fake_engine as fake_engine
from tests.annotate.rounds_cast import project_prepare, script, work
from tests.annotate.tuning_cast import tuned

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(90), pytest.mark.usefixtures("fake_engine")]
Event = tuple[str, str, dict[str, object]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "POLL_SECONDS", 0.01)


@pytest.fixture
def round_(project: Project, ada: User) -> Round:
    project_prepare(project=project)
    return round_start(project=project, trigger=RoundTrigger.BUTTON, actor=ada)


def parsed(text: str) -> list[Event]:
    """(id, event, data) of each message."""
    events = []
    for message in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in message.splitlines() if ": " in line)
        if "data" in fields:
            events.append((fields.get("id", ""), fields["event"], json.loads(fields["data"])))
    return events


async def read(user: User, round_: Round, **headers: str) -> list[Event]:
    client = AsyncClient()
    await sync_to_async(client.force_login)(user)
    answer = await client.get(f"/api/rounds/{round_.pk}/stream/", headers=headers)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/event-stream"
    assert answer["X-Accel-Buffering"] == "no"
    content: AsyncIterator[bytes] = answer.streaming_content
    return parsed(b"".join([block async for block in content]).decode())


def stream_once(user: User, round_: Round, **headers: str) -> list[Event]:
    events = async_to_sync(read)(user, round_, **headers)
    close_old_connections()
    return events


def test_a_finished_round_tells_all_its_events_and_ends(round_: Round, ada: User) -> None:
    work()
    events = stream_once(ada, round_)
    runs = [data for _, name, data in events if name == "run"]
    assert len(runs) == RunEvent.objects.count()
    assert {data["type"] for data in runs} == {"status", "progress", "metrics", "log"}
    ids = [int(id_) for id_, name, _ in events if name == "run"]
    assert ids == sorted(set(ids))
    assert [name for _, name, _ in events if name != "run"] == ["round", "end"]
    (shown,) = [data for _, name, data in events if name == "round"]
    assert shown["status"] == "done"
    assert not any(shown["reports"].values())  # type: ignore[attr-defined]


def test_a_stream_goes_on_after_the_last_event_seen(round_: Round, ada: User) -> None:
    work()
    everything = [id_ for id_, name, _ in stream_once(ada, round_) if name == "run"]
    rest = stream_once(ada, round_, **{"Last-Event-ID": everything[4]})
    assert [id_ for id_, name, _ in rest if name == "run"] == everything[5:]


def test_changes_arrive_while_the_stream_is_open(round_: Round, ada: User) -> None:
    async def watch() -> list[str]:
        client = AsyncClient()
        await sync_to_async(client.force_login)(ada)
        answer = await client.get(f"/api/rounds/{round_.pk}/stream/")
        seen: list[str] = []
        begun = False
        async for block in answer.streaming_content:
            seen += [str(data["status"]) for _, name, data in parsed(block.decode()) if name == "round"]
            if seen and not begun:
                begun = True
                await sync_to_async(work)()
        return seen

    seen = async_to_sync(watch)()
    assert seen[0] == "reward_model"
    assert seen[-1] == "done"


def test_a_page_may_name_its_last_event_in_the_address(round_: Round, ada: User) -> None:
    work()
    last = RunEvent.objects.latest("pk").pk

    async def tail() -> list[Event]:
        client = AsyncClient()
        await sync_to_async(client.force_login)(ada)
        answer = await client.get(f"/api/rounds/{round_.pk}/stream/?after={last}")
        return parsed(b"".join([block async for block in answer.streaming_content]).decode())

    assert [name for _, name, _ in async_to_sync(tail)()] == ["round", "end"]


def test_a_repeat_beside_a_finished_round_is_told_until_it_has_ended(project: Project, ada: User) -> None:
    run = tuned(project, ada)
    script(looks=[0, 5, 10], fire={10: ["kl"]})
    repeat = run_repeat(run=run, actor=ada, seed=7)

    async def watch() -> list[tuple[str, str, int]]:
        client = AsyncClient()
        await sync_to_async(client.force_login)(ada)
        answer = await client.get(f"/api/rounds/{run.round_id}/stream/")
        seen: list[tuple[str, str, int]] = []
        async for block in answer.streaming_content:
            for _, name, data in parsed(block.decode()):
                if name == "round":
                    (shown,) = data["repeats"]  # type: ignore[misc]
                    assert (shown["id"], shown["seed"]) == (repeat.pk, 7)
                    seen.append((str(data["status"]), shown["status"], len(shown["paused_by"])))
                    if shown["status"] == "queued":
                        await sync_to_async(work)()
                    if shown["status"] == "paused":
                        await sync_to_async(run_cancel)(run=repeat, actor=ada)
        return seen

    seen = async_to_sync(watch)()
    assert [each for i, each in enumerate(seen) if each[1] != "running" and each not in seen[:i]] == [
        ("done", "queued", 0),
        ("done", "paused", 1),
        ("done", "cancelled", 0),
    ]


@pytest.mark.parametrize(("who", "status"), [("ann", 403), ("eve", 404), (None, 401)])
def test_only_admins_may_watch(round_: Round, who: str | None, status: int, ann: User, eve: User) -> None:
    client = Client()
    if who:
        client.force_login({"ann": ann, "eve": eve}[who])
    answer = client.get(f"/api/rounds/{round_.pk}/stream/")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_a_program_watches_with_its_token(round_: Round, ada: User) -> None:
    work()
    secret = token_create(user=ada, name="watcher").secret
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get(f"/api/rounds/{round_.pk}/stream/", headers=headers).status_code == 200
    wrong = Client().get(f"/api/rounds/{round_.pk}/stream/", headers={"Authorization": "Bearer nonsense"})
    assert wrong.status_code == 401
