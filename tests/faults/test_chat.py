"""Chats with the real policy and worker: answers stream, the conversation goes on, no death leaves it stuck."""

import json
import os
import signal
import time
import uuid
from pathlib import Path

import pytest

from tests.faults.stage import Stage, verdict_on
from tests.live.client import Json, wait_for

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def project_id(stage: Stage) -> int:
    return int(stage.admin.post("projects/", {"name": f"Chats {uuid.uuid4().hex[:6]}", "base_policy": "starter"})["id"])


@pytest.fixture
def chat(stage: Stage, project_id: int) -> str:
    """The address of a new chat."""
    return f"projects/{project_id}/chats/{stage.admin.post(f'projects/{project_id}/chats/')['id']}/"


def last(stage: Stage, chat: str, *statuses: str, seconds: float = 60) -> Json:
    """The chat's last turn once it is in one of these states."""

    def probe() -> Json | None:
        turn: Json = stage.admin.get(chat)["turns"][-1]
        return turn if turn["status"] in statuses else None

    return wait_for(probe, what=f"a turn that is {' or '.join(statuses)}", seconds=seconds)


def engines(stage: Stage) -> list[int]:
    """The processes that hold a policy for this site's chat worker."""
    worker = stage.site.services["chat"].process
    assert worker is not None
    found = []
    for place in Path("/proc").iterdir():
        try:
            if b"rlhf_backend.chat\0" in (place / "cmdline").read_bytes():
                parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
                if os.getpgid(parent) == worker.pid:
                    found.append(int(place.name))
        except (OSError, ValueError):
            continue
    return found


def test_a_conversation_streams_is_judged_and_goes_on(stage: Stage, project_id: int, chat: str) -> None:
    stage.admin.post(f"{chat}turns/", {"text": "Help me write to my aunt about tea."})
    stream = stage.admin.request("GET", f"{chat}stream/")
    told = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: ")]
    turns = [data["turn"] for data in told if "turn" in data]
    partials = [turn["partial"] for turn in turns if turn["status"] == "sampling" and any(turn["partial"])]
    assert partials, "no text was seen before the end"
    done = turns[-1]
    assert done["status"] == "ready"
    assert done["partial"][0] != done["partial"][1]
    for early in partials:
        assert all(whole.startswith(part) for part, whole in zip(early, done["partial"], strict=True))
    stage.admin.post(f"projects/{project_id}/verdicts/", verdict_on(done["assignment"]["id"]))
    stage.admin.post(f"{chat}turns/", {"text": "And now to my boss?"})
    second = last(stage, chat, "ready")
    said = [message["content"] for message in second["assignment"]["prompt"]]
    assert said == ["Help me write to my aunt about tea.", done["partial"][0], "And now to my boss?"]
    (engine,) = engines(stage)
    assert engine


def test_a_killed_policy_process_is_started_again(stage: Stage, chat: str) -> None:
    stage.admin.post(f"{chat}turns/", {"text": "Hello?"})
    last(stage, chat, "ready")
    (engine,) = engines(stage)
    os.kill(engine, signal.SIGKILL)
    other = chat.replace(chat.rsplit("/", 2)[1], str(stage.admin.post(chat.rsplit("/", 2)[0] + "/")["id"]))
    stage.admin.post(f"{other}turns/", {"text": "Hello again?"})
    assert last(stage, other, "ready", "failed")["status"] == "ready"
    assert engines(stage) != [engine]


def test_a_killed_worker_fails_its_turn_within_half_a_minute_and_it_can_be_tried_again(stage: Stage, chat: str) -> None:
    stage.kill("chat")
    stage.revive()  # a fresh worker takes seconds to load the policy: time to be killed in
    stage.admin.post(f"{chat}turns/", {"text": "Hello?"})
    last(stage, chat, "sampling")
    (engine,) = wait_for(lambda: engines(stage) or None, what="the policy's process")
    stage.kill("chat")
    killed_at = time.monotonic()
    failed = last(stage, chat, "failed", seconds=40)
    assert time.monotonic() - killed_at < 30
    assert "Try again" in failed["failure"]
    assert not Path(f"/proc/{engine}").exists()
    stage.revive()
    stage.admin.post(f"{chat}turns/{failed['id']}/retry/")
    assert last(stage, chat, "ready", "failed")["status"] == "ready"


def test_without_a_worker_the_message_waits_and_says_so(stage: Stage, chat: str) -> None:
    stage.site.services["chat"].stop(seconds=20)
    stage.admin.post(f"{chat}turns/", {"text": "Is anybody there?"})

    def probe() -> str | None:
        return str(stage.admin.get(chat)["reason"]) or None

    assert "No worker is sampling for chats: start one with" in wait_for(probe, what="the reason", seconds=30)
    stage.revive()
    assert last(stage, chat, "ready", "failed")["status"] == "ready"
    assert stage.admin.get(chat)["available"]


def test_a_polite_stop_in_the_middle_gives_the_message_to_the_next_worker(stage: Stage, chat: str) -> None:
    stage.kill("chat")
    stage.revive()
    stage.admin.post(f"{chat}turns/", {"text": "Hello?"})
    last(stage, chat, "sampling")
    stage.site.services["chat"].stop(seconds=20)
    assert stage.admin.get(chat)["turns"][-1]["status"] == "queued"
    stage.revive()
    assert last(stage, chat, "ready", "failed")["status"] == "ready"
