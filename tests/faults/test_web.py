"""The web server is killed between receiving and answering verdicts; clients try again; nothing is lost or doubled."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from tests.faults.stage import Stage, verdict_on
from tests.live.client import Client, Json

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]

LABELERS = 4
EACH = 25
KILLS = 5


@dataclass
class Persistent:
    """A browser's outbox: every verdict is sent with one client id until somebody answers."""

    client: Client
    project_id: int
    acknowledged: dict[str, Json] = field(default_factory=dict)
    retries: int = 0

    def label(self, count: int) -> None:
        while len(self.acknowledged) < count:
            claimed = self._insist(f"projects/{self.project_id}/claim/", {"count": 5})
            for assignment in claimed["assignments"]:
                body = verdict_on(assignment["id"])
                self.acknowledged[body["client_id"]] = self._insist(f"projects/{self.project_id}/verdicts/", body)
            if not claimed["assignments"]:
                return

    def _insist(self, path: str, body: Json) -> Json:
        while True:
            try:
                answer: Json = self.client.post(path, body)
                return answer
            except httpx.TransportError:
                self.retries += 1
                time.sleep(0.05)


@contextmanager
def killing(stage: Stage, times: int) -> Iterator[None]:
    """Kill the whole web server again and again while the block runs."""
    over = threading.Event()

    def kill() -> None:
        for _ in range(times):
            if over.wait(0.7):
                return
            stage.kill("web")
            stage.revive()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        over.set()
        killer.join()


def test_no_verdict_is_lost_or_doubled_when_the_web_server_dies(stage: Stage) -> None:
    project_id = stage.project(queue={"pairs_per_round": 40, "overlap": LABELERS}, sampling={"samples_per_prompt": 6})
    stage.finish_round(project_id)
    people = [
        Persistent(stage.admin.invite_labeler(project_id, f"l{uuid.uuid4().hex[:8]}"), project_id)
        for _ in range(LABELERS)
    ]
    threads = [threading.Thread(target=person.label, args=(EACH,)) for person in people]
    with killing(stage, KILLS):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(person.retries for person in people) > 0, "no request met a dead server"
    stored = all_preferences(stage.admin, project_id)
    acknowledged = {row["preference_id"] for person in people for row in person.acknowledged.values()}
    assert {row["id"] for row in stored} == acknowledged
    assert len(acknowledged) == sum(len(person.acknowledged) for person in people)
    judged = [(row["comparison_id"], row["annotator"]) for row in stored]
    assert len(judged) == len(set(judged))
    queue = stage.admin.get(f"projects/{project_id}/queue/")
    assert queue["done"] == len(stored)


def all_preferences(admin: Client, project_id: int) -> list[Json]:
    rows: list[Json] = []
    cursor: str | None = None
    while True:
        page = admin.get(f"projects/{project_id}/preferences/", limit=200, **({"cursor": cursor} if cursor else {}))
        rows += page["results"]
        cursor = page["next"]
        if cursor is None:
            return rows
