"""A chat's message from queue to answers under every way its engine can behave; the fake engine takes its place."""

import json
import os
import signal
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from annotate.jobs import chat_engine, chats
from annotate.jobs.chats import chat_turn_sample
from annotate.models import Chat, ChatTurn, Completion, ModelVersion, Project, User
from annotate.services.chats import turn_create
from tests.annotate.chat_cast import chat_make, judge

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Chats are answered by `tests.annotate.fake_chat_engine`; its folder."""
    command = (sys.executable, "-m", "tests.annotate.fake_chat_engine", str(tmp_path))
    monkeypatch.setattr(chat_engine, "COMMAND", command)
    yield tmp_path
    chats._engine.stop()


@pytest.fixture
def chat(project: Project, ann: User) -> Chat:
    return chat_make(project, ann)


def do(chat: Chat, text: str, *, stopping: bool = False) -> ChatTurn:
    turn = turn_create(chat=chat, text=text)
    chat_turn_sample(turn_id=turn.pk, is_stopping=lambda: stopping)
    turn.refresh_from_db()
    return turn


def starts(engine: Path) -> list[int]:
    return [int(line) for line in (engine / "starts").read_text().splitlines()]


def test_both_answers_are_stored_with_how_they_were_made(chat: Chat, engine: Path) -> None:
    turn = do(chat, "hello")
    assert (turn.status, turn.token, turn.failure) == ("ready", None, "")
    assert turn.partial == ["hello, left", "hello, right"]
    stored = Completion.objects.order_by("seed")
    assert [(c.text, c.seed, c.logprob, c.tokens) for c in stored] == [
        ("hello, left", 7, -2.5, 4),
        ("hello, right", 8, -2.5, 4),
    ]
    sampling = {"max_new_tokens": 96, "temperature": 1.0, "top_p": 1.0, "left_out": 2, "cut": True, "ended": True}
    assert stored[0].sampling == sampling


def test_one_process_answers_every_turn_and_hears_the_whole_conversation(chat: Chat, engine: Path) -> None:
    judge(do(chat, "hello"), side="right")
    do(chat, "more")
    assert len(starts(engine)) == 1
    asked = [json.loads(line) for line in (engine / "asked").read_text().splitlines()]
    assert [m["content"] for m in asked[1]["messages"]] == ["hello", "hello, right", "more"]
    assert asked[0]["seed"] != asked[1]["seed"]
    assert Path(asked[0]["policy"]).is_dir()


def test_a_process_that_died_between_two_turns_is_started_again(chat: Chat, engine: Path) -> None:
    judge(do(chat, "hello"))
    os.kill(starts(engine)[0], signal.SIGKILL)
    assert do(chat, "more").status == "ready"
    assert len(starts(engine)) == 2


def test_a_process_that_dies_in_an_answer_is_started_once_more_without_half_answers(chat: Chat, engine: Path) -> None:
    turn = do(chat, "die once")
    assert (turn.status, turn.partial[0]) == ("ready", "die once, left")
    assert len(starts(engine)) == 2


def test_a_process_that_keeps_dying_fails_the_turn_and_not_the_next(chat: Chat, engine: Path) -> None:
    turn = do(chat, "die")
    assert turn.status == "failed"
    assert "memory" in turn.failure
    assert "Try again" in turn.failure
    assert len(starts(engine)) == 2
    assert do(chat, "hello").status == "ready"


@pytest.mark.parametrize(("text", "said"), [("refuse", "lower it. Try again"), ("nonsense", "what is no answer")])
def test_what_the_engine_cannot_do_is_told(chat: Chat, engine: Path, text: str, said: str) -> None:
    turn = do(chat, text)
    assert turn.status == "failed"
    assert said in turn.failure


def test_a_silent_process_is_given_up(chat: Chat, engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_engine, "SILENCE_SECONDS", 0.3)
    turn = do(chat, "wait")
    assert turn.status == "failed"
    assert "it said nothing" in turn.failure


def test_a_policy_whose_files_are_gone_is_told(chat: Chat, engine: Path) -> None:
    turn = turn_create(chat=chat, text="hello")
    ModelVersion.objects.filter(pk=chat.policy_id).update(source="models/1/gone")
    chat_turn_sample(turn_id=turn.pk, is_stopping=lambda: False)
    turn.refresh_from_db()
    assert turn.status == "failed"
    assert "was not found" in turn.failure


def test_hostile_answers_are_stored_as_text_and_nul_is_replaced(chat: Chat, engine: Path) -> None:
    turn = do(chat, "nul")
    assert turn.partial == ["a\ufffdb", "\U0001f642 <script>alert(1)</script>"]


def test_a_stopping_worker_gives_the_turn_back_and_leaves_no_process(chat: Chat, engine: Path) -> None:
    turn = do(chat, "hello", stopping=True)
    assert (turn.status, turn.partial) == ("queued", [])
    assert not Path(f"/proc/{starts(engine)[0]}").exists()


def test_a_message_twice_is_answered_once(chat: Chat, engine: Path) -> None:
    turn = do(chat, "hello")
    chat_turn_sample(turn_id=turn.pk, is_stopping=lambda: False)
    assert len((engine / "asked").read_text().splitlines()) == 1


@pytest.fixture
def waiting(chat: Chat, engine: Path) -> Iterator[ChatTurn]:
    """A turn in the middle of its answers, sampled in a thread; it ends when the test is over."""
    turn = turn_create(chat=chat, text="wait")

    def work() -> None:
        try:
            chat_turn_sample(turn_id=turn.pk, is_stopping=lambda: False)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        turn.refresh_from_db()
        if turn.partial and all(turn.partial):
            break
        time.sleep(0.02)
    yield turn
    (engine / "go on").touch()
    worker.join(timeout=20)


@pytest.mark.django_db(transaction=True)
def test_the_text_is_in_the_row_while_it_is_written_and_the_row_shows_life(waiting: ChatTurn, engine: Path) -> None:
    assert (waiting.status, waiting.partial) == ("sampling", ["wai", "wai"])
    seen, deadline = waiting.updated_at, time.monotonic() + 10
    while waiting.updated_at == seen and time.monotonic() < deadline:
        time.sleep(0.05)
        waiting.refresh_from_db()
    assert waiting.updated_at > seen
    assert (timezone.now() - waiting.updated_at).total_seconds() < 2


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_turn_throws_the_answers_away(waiting: ChatTurn, engine: Path) -> None:
    ChatTurn.objects.filter(pk=waiting.pk).update(token=uuid.uuid4())
    deadline = time.monotonic() + 10
    while Path(f"/proc/{starts(engine)[0]}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{starts(engine)[0]}").exists()
    assert not Completion.objects.exists()
