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
            if over.wait(0.1):
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


STREAMS = 24
"""More than there are database connections in the pool: a stream must not hold one while it waits."""


def test_verdicts_are_taken_while_many_streams_are_open(stage: Stage) -> None:
    project_id = stage.labelled_project(policy={"steps": 60}, queue={"pairs_per_round": 18})
    round_id = stage.start_round(project_id)
    stage.training(round_id, step=0)
    seen: list[set[str]] = []
    opened = threading.Barrier(STREAMS + 1)

    def watch() -> None:
        names: set[str] = set()
        with stage.admin.http.stream("GET", f"rounds/{round_id}/stream/", timeout=120) as answer:
            lines = answer.iter_lines()
            names.add(next(lines))
            opened.wait()
            names |= {line.removeprefix("event: ") for line in lines if line.startswith("event: ")}
        seen.append(names)

    watchers = [threading.Thread(target=watch) for _ in range(STREAMS)]
    for watcher in watchers:
        watcher.start()
    opened.wait(timeout=60)
    began = time.monotonic()
    stage.label(project_id, count=6)
    print(f"6 claims and verdicts beside {STREAMS} streams: {time.monotonic() - began:.2f} s")
    stage.admin.post(f"rounds/{round_id}/cancel/")
    for watcher in watchers:
        watcher.join()
    assert len(seen) == STREAMS
    assert all({"run", "round", "end"} <= names for names in seen)


def all_preferences(admin: Client, project_id: int) -> list[Json]:
    rows: list[Json] = []
    cursor: str | None = None
    while True:
        page = admin.get(f"projects/{project_id}/preferences/", limit=200, **({"cursor": cursor} if cursor else {}))
        rows += page["results"]
        cursor = page["next"]
        if cursor is None:
            return rows
