"""Chats over HTTP: a conversation goes on by verdicts, belongs to its labeler, and streams while it is answered."""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import close_old_connections
from django.test import AsyncClient
from rest_framework.test import APIClient

from annotate.api import chat_stream
from annotate.api.chats import MESSAGE_CHARACTERS
from annotate.models import Chat, ChatTurn, Project, User
from annotate.services.chat_turns import turn_failed, turn_take, turn_write
from annotate.services.chats import turn_create
from tests.annotate.chat_cast import answer, asked, chat_make
from tests.conftest import Api
from tests.hostile import HOSTILE


@pytest.fixture
def client(ann: User, api: Api) -> APIClient:
    return api(ann)


@pytest.fixture
def chats(project: Project) -> str:
    return f"/api/projects/{project.pk}/chats/"


def test_a_conversation_goes_on_with_the_chosen_answer(project: Project, client: APIClient, chats: str) -> None:
    begun = client.post(chats)
    assert (begun.status_code, begun.data["turns"], begun.data["available"]) == (201, [], True)
    address = f"{chats}{begun.data['id']}/"
    written = client.post(f"{address}turns/", {"text": "  Hello?\nPlease. "})
    assert (written.status_code, written.data["status"], written.data["text"]) == (201, "queued", "Hello?\nPlease.")
    answer(ChatTurn.objects.get(), ("Left.", "Right."))
    (turn,) = client.get(address).data["turns"]
    assert turn["assignment"]["right"]["text"] == "Right."
    assert turn["partial"] == ["Left.", "Right."]
    verdict = {"kind": "prefer", "side": "right", "strength": 3, "active_ms": 900, "client_id": str(uuid.uuid4())}
    judged = client.post(
        f"/api/projects/{project.pk}/verdicts/", {**verdict, "assignment_id": turn["assignment"]["id"]}
    )
    assert judged.status_code == 201
    (after,) = client.get(address).data["turns"]
    assert (after["chosen"], after["assignment"]) == ("Right.", None)
    said = {name: verdict[name] for name in ("kind", "side", "strength", "client_id")}
    assert after["verdict"] == {**said, "assignment_id": turn["assignment"]["id"]}
    assert client.post(f"{address}turns/", {"text": "More?"}).data["number"] == 2
    assert client.post(f"{address}turns/", {"text": "More?"}).data["code"] == "chat/turn-open"


def test_an_undo_opens_the_turn_again(project: Project, ann: User, client: APIClient, chats: str) -> None:
    turn = asked(chat_make(project, ann), "Hello?")
    address = f"{chats}{turn.chat_id}/"
    slot = client.get(address).data["turns"][0]["assignment"]["id"]
    body = {"kind": "tie", "assignment_id": slot, "client_id": str(uuid.uuid4())}
    client.post(f"/api/projects/{project.pk}/verdicts/", body)
    assert client.get(address).data["turns"][0]["chosen"] == "Left."
    undone = client.post(f"/api/projects/{project.pk}/undo/", {"assignment_id": slot, "client_id": body["client_id"]})
    assert undone.status_code == 200
    (again,) = client.get(address).data["turns"]
    assert (again["assignment"]["id"], again["verdict"], again["chosen"]) == (slot, None, None)


def test_a_chat_belongs_to_its_labeler(project: Project, ann: User, ben: User, ada: User, api: Api, chats: str) -> None:
    turn = asked(chat_make(project, ann), "Hello?")
    for other in (ben, ada):
        assert api(other).get(f"{chats}{turn.chat_id}/").status_code == 404
        assert api(other).post(f"{chats}{turn.chat_id}/turns/", {"text": "Me!"}).status_code == 404
        assert api(other).post(f"{chats}{turn.chat_id}/end/").status_code == 404
        assert api(other).get(chats).data["results"] == []


def test_the_list_shows_ones_own_chats_newest_first(project: Project, ann: User, client: APIClient, chats: str) -> None:
    asked(chat_make(project, ann), "Hello? " + "x" * 200)
    chat_make(project, ann)
    listed = client.get(chats).data
    assert [(row["title"][:6], row["turns"]) for row in listed["results"]] == [("", 0), ("Hello?", 1)]
    assert len(listed["results"][1]["title"]) == 80
    assert (listed["total"], listed["available"], listed["reason"]) == (2, True, "")


def test_why_one_cannot_chat_is_told_before_one_tries(project: Project, client: APIClient, chats: str) -> None:
    project.settings["labeling"]["chat"] = False
    project.save()
    listed = client.get(chats).data
    assert (listed["available"], listed["reason"]) == (False, client.post(chats).data["detail"])
    assert client.post(chats).status_code == 409


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 8001, "a\x00b", 5, None])
def test_a_message_that_is_none_is_refused_by_field(
    project: Project, ann: User, client: APIClient, chats: str, text: object
) -> None:
    refused = client.post(f"{chats}{chat_make(project, ann).pk}/turns/", {"text": text})
    assert (refused.status_code, list(refused.data["fields"])) == (400, ["text"])
    assert not ChatTurn.objects.exists()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_comes_back_as_it_was(
    project: Project, ann: User, client: APIClient, chats: str, name: str
) -> None:
    text = HOSTILE[name].strip()[:MESSAGE_CHARACTERS].strip()
    address = f"{chats}{chat_make(project, ann).pk}/"
    assert client.post(f"{address}turns/", {"text": text}).data["text"] == text
    answer(ChatTurn.objects.get(), (HOSTILE[name], f"{HOSTILE[name]}!"))
    (shown,) = client.get(address).data["turns"]
    assert shown["text"] == text
    assert shown["partial"][0] == shown["assignment"]["left"]["text"] == HOSTILE[name]


def test_a_failed_message_is_tried_again(project: Project, ann: User, client: APIClient, chats: str) -> None:
    turn = turn_create(chat=chat_make(project, ann), text="Hello?")
    retry = f"{chats}{turn.chat_id}/turns/{turn.pk}/retry/"
    assert client.post(retry).data["code"] == "chat/nothing-to-retry"
    taken = turn_take(turn_id=turn.pk)
    assert taken is not None
    turn_failed(turn=taken, failure="The policy could not answer.")
    assert client.get(f"{chats}{turn.chat_id}/").data["turns"][0]["failure"] == "The policy could not answer."
    again = client.post(retry)
    assert (again.status_code, again.data["status"], again.data["failure"]) == (200, "queued", "")
    assert client.post(f"{chats}{turn.chat_id}/turns/0/retry/").status_code == 404


def test_an_ended_chat_says_so(project: Project, ann: User, client: APIClient, chats: str) -> None:
    address = f"{chats}{chat_make(project, ann).pk}/"
    assert client.post(f"{address}end/").data["ended_at"] is not None
    assert client.post(f"{address}turns/", {"text": "Hello?"}).data["code"] == "chat/ended"


def test_a_chat_is_not_in_the_queue(project: Project, ann: User, ben: User, api: Api) -> None:
    asked(chat_make(project, ann), "Hello?")
    for person in (ann, ben):
        claimed = api(person).post(f"/api/projects/{project.pk}/claim/", {"count": 5}).data
        assert (claimed["assignments"], claimed["remaining"]) == ([], 0)


def test_reading_a_long_chat_costs_as_many_statements_as_a_short_one(
    project: Project, ann: User, client: APIClient, chats: str, django_assert_max_num_queries: object
) -> None:
    chat = chat_make(project, ann)
    for number in range(1, 21):
        ChatTurn.objects.create(chat=chat, number=number, text="?", status="ready", partial=["Yes.", "Yes."])
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        assert len(client.get(f"{chats}{chat.pk}/").data["turns"]) == 20


def events(text: str) -> list[tuple[str, dict[str, object]]]:
    blocks = [block for block in text.split("\n\n") if "event: " in block]
    fields = [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
    return [(field["event"], json.loads(field["data"])) for field in fields]


async def watched(user: User, chat: Chat) -> list[tuple[str, dict[str, object]]]:
    """The stream of a turn that is written, then answered, while one listens."""
    client = AsyncClient()
    await sync_to_async(client.force_login)(user)
    opened: Any = await client.get(f"/api/projects/{chat.project_id}/chats/{chat.pk}/stream/")
    taken = await sync_to_async(turn_take)(turn_id=(await sync_to_async(ChatTurn.objects.get)()).pk)
    assert taken is not None
    acts = [lambda: turn_write(turn=taken, partial=["half", ""]), lambda: turn_failed(turn=taken, failure="No.")]
    text = ""
    pieces: AsyncIterator[bytes] = opened.streaming_content
    async for piece in pieces:
        text += piece.decode()
        if acts and "event: turn" in piece.decode():
            await sync_to_async(acts.pop(0))()
    await sync_to_async(close_old_connections)()
    return events(text)


@pytest.mark.django_db(transaction=True)
def test_the_stream_tells_each_change_and_ends_with_the_answers(
    project: Project, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_stream, "POLL_SECONDS", 0.01)
    turn = turn_create(chat=chat_make(project, ann), text="Hello?")
    heard = async_to_sync(watched)(ann, turn.chat)
    turns = [data["turn"] for name, data in heard if name == "turn"]
    assert [(t["status"], t["partial"]) for t in turns][-2:] == [  # type: ignore[index]
        ("sampling", ["half", ""]),
        ("failed", ["half", ""]),
    ]
    assert heard[-1] == ("end", {})


@pytest.mark.django_db(transaction=True)
def test_nobody_else_hears_the_stream(project: Project, ann: User, ben: User, api: Api, chats: str) -> None:
    turn = asked(chat_make(project, ann), "Hello?")
    assert api(ben).get(f"{chats}{turn.chat_id}/stream/").status_code == 404
    assert api(None).get(f"{chats}{turn.chat_id}/stream/").status_code == 401


@pytest.mark.django_db(transaction=True)
def test_the_stream_of_a_chat_at_rest_ends_at_once(project: Project, ann: User) -> None:
    chat = asked(chat_make(project, ann), "Hello?").chat

    async def read() -> str:
        client = AsyncClient()
        await sync_to_async(client.force_login)(ann)
        opened: Any = await client.get(f"/api/projects/{chat.project_id}/chats/{chat.pk}/stream/")
        pieces: AsyncIterator[bytes] = opened.streaming_content
        return b"".join([piece async for piece in pieces]).decode()

    heard = events(async_to_sync(read)())
    assert [name for name, _ in heard] == ["turn", "end"]
    assert heard[0][1]["turn"]["assignment"]["left"]["text"] == "Left."  # type: ignore[index]
