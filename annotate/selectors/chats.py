"""Chats as their labelers see them: turns, the two answers, what was chosen, and whether one can go on."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone
from pydantic import Field

from annotate.models import (
    Assignment,
    AssignmentStatus,
    Chat,
    ChatTurn,
    ChatTurnStatus,
    Preference,
    PreferenceKind,
)
from annotate.selectors.chat_standing import chat_closed_reason, turn_waiting_reason
from annotate.selectors.queue import AssignmentOut, Leased, assignments_shown
from annotate.sides import Side, shown, side_of
from annotate.types import Page, ReadModel
from rlhf_backend.types import Message

_TITLE_CHARACTERS = 80
UNFINISHED = frozenset({ChatTurnStatus.QUEUED, ChatTurnStatus.SAMPLING})


class ChatVerdictOut(ReadModel):
    """The labeler's verdict on the two answers; `assignment_id` and `client_id` name it for an undo."""

    kind: PreferenceKind
    side: Side | None
    strength: int | None
    assignment_id: int
    client_id: UUID


class ChatTurnOut(ReadModel):
    """What the labeler wrote, and the two answers, left and right.

    `ready` without an assignment and a verdict: the answers are the same text, which goes on; `failure` says so.
    """

    id: int
    number: int
    text: str
    status: ChatTurnStatus
    partial: list[str] = Field(description="The answers as far as they are written: none or two, left and right.")
    failure: str = Field(description="What went wrong and what to do; empty when nothing did.")
    waiting: str = Field(description="Why the answers do not come yet; empty when they may come at any moment.")
    left_out: int = Field(description="Oldest messages of the conversation that the policy did not see.")
    cut: bool = Field(description="The message alone exceeds the policy's context: it saw the end of it.")
    assignment: AssignmentOut | None = Field(description="What to judge; null when there is nothing to judge (yet).")
    verdict: ChatVerdictOut | None
    chosen: str | None = Field(description="The answer that goes on; null when neither does (yet).")


class ChatRow(ReadModel):
    """A chat in the list of one's own."""

    id: int
    title: str = Field(description="How it began; empty before the first message.")
    turns: int
    policy_number: int
    created_at: datetime
    ended_at: datetime | None


class ChatOut(ReadModel):
    """A chat in full. `reason` says why one cannot write, in a sentence; empty when one can."""

    id: int
    policy_number: int
    created_at: datetime
    ended_at: datetime | None
    available: bool
    reason: str
    turns: list[ChatTurnOut]


class ChatsOut(Page[ChatRow]):
    """One's own chats, and whether a new one can be begun."""

    available: bool
    reason: str


def chat_rows(chats: Sequence[Chat]) -> list[ChatRow]:
    """The chats as the list shows them. One SQL statement."""
    first = ChatTurn.objects.filter(chat=OuterRef("pk")).order_by("number").values("text")[:1]
    found = Chat.objects.select_related("policy").annotate(first=Subquery(first), n=Count("turns"))
    loaded = found.in_bulk([chat.pk for chat in chats])
    return [
        ChatRow(
            id=row.pk,
            title=(row.first or "")[:_TITLE_CHARACTERS],
            turns=row.n,
            policy_number=row.policy.number,
            created_at=row.created_at,
            ended_at=row.ended_at,
        )
        for row in (loaded[chat.pk] for chat in chats)
    ]


def chat_read(chat: Chat) -> ChatOut:
    """The chat with all its turns."""
    turns = turns_read(turns_loaded(chat=chat), chat=chat)
    closed = chat_closed_reason(project=chat.project, annotator=chat.annotator, policy=chat.policy)
    reason = closed or next((turn.waiting for turn in turns if turn.waiting), "")
    return ChatOut(
        id=chat.pk,
        policy_number=chat.policy.number,
        created_at=chat.created_at,
        ended_at=chat.ended_at,
        available=not reason,
        reason=reason,
        turns=turns,
    )


def turns_loaded(*, chat: Chat) -> list[ChatTurn]:
    """The chat's turns in order, with their comparisons and completions."""
    related = ("comparison__completion_a", "comparison__completion_b")
    return list(ChatTurn.objects.filter(chat=chat).select_related(*related).order_by("number"))


def turns_read(turns: Iterable[ChatTurn], *, chat: Chat) -> list[ChatTurnOut]:
    """Turns of `chat` as its labeler sees them. Three SQL statements at most."""
    rows = list(turns)
    slots = _slots(rows)
    verdicts = _verdicts(rows, chat)
    to_judge = [turn for turn in rows if turn.comparison_id in slots and turn.comparison_id not in verdicts]
    leased = [_leased(slots[turn.comparison_id]) for turn in to_judge]
    assignments: dict[int | None, AssignmentOut] = (
        {out.comparison_id: out for out in assignments_shown(leased=leased)} if leased else {}
    )
    return [
        ChatTurnOut(
            id=turn.pk,
            number=turn.number,
            text=turn.text,
            status=ChatTurnStatus(turn.status),
            partial=turn.partial,
            failure=turn.failure,
            waiting=turn_waiting_reason(turn=turn),
            left_out=int(_sampling(turn).get("left_out", 0)),
            cut=bool(_sampling(turn).get("cut", False)),
            assignment=assignments.get(turn.comparison_id),
            verdict=_verdict(slots.get(turn.comparison_id), verdicts.get(turn.comparison_id)),
            chosen=_chosen(turn, slots.get(turn.comparison_id), verdicts.get(turn.comparison_id)),
        )
        for turn in rows
    ]


def turn_news(*, chat: Chat) -> ChatTurnOut | None:
    """The last turn as it is now: what the live stream tells. None before the first."""
    related = ("comparison__completion_a", "comparison__completion_b")
    last = ChatTurn.objects.filter(chat=chat).select_related(*related).order_by("number").last()
    return turns_read([last], chat=chat)[0] if last is not None else None


def conversation_before(*, turn: ChatTurn) -> list[Message]:
    """What `turn` answers: the earlier turns of which an answer goes on, and its own message."""
    earlier = [row for row in turns_loaded(chat=turn.chat) if row.number < turn.number]
    messages = []
    for row in turns_read(earlier, chat=turn.chat):
        if row.chosen is not None:
            messages += [Message(role="user", content=row.text), Message(role="assistant", content=row.chosen)]
    return [*messages, Message(role="user", content=turn.text)]


def turns_unjudged(*, chat: Chat) -> bool:
    """Whether two answers of the chat wait for a verdict."""
    judged = Preference.objects.filter(comparison__chat_turn__chat=chat, annotator=chat.annotator, superseded_at=None)
    open_turns = ChatTurn.objects.filter(chat=chat, comparison__isnull=False)
    return open_turns.exclude(comparison__in=judged.values("comparison")).exists()


def _slots(turns: Sequence[ChatTurn]) -> dict[int | None, Assignment]:
    ids = [turn.comparison_id for turn in turns if turn.comparison_id is not None]
    return {slot.comparison_id: slot for slot in Assignment.objects.filter(comparison__in=ids)} if ids else {}


def _verdicts(turns: Sequence[ChatTurn], chat: Chat) -> dict[int | None, Preference]:
    ids = [turn.comparison_id for turn in turns if turn.comparison_id is not None]
    if not ids:
        return {}
    live = Preference.objects.filter(comparison__in=ids, annotator=chat.annotator_id, superseded_at=None)
    return {preference.comparison_id: preference for preference in live}


def _leased(slot: Assignment) -> Leased:
    # A slot that was given back (its labeler was paused, say) still takes the verdict of who was shown it.
    expires = slot.lease_expires_at if slot.status == AssignmentStatus.LEASED else None
    return Leased(id=slot.pk, left_is_a=slot.left_is_a, lease_expires_at=expires or timezone.now())


def _verdict(slot: Assignment | None, preference: Preference | None) -> ChatVerdictOut | None:
    if slot is None or preference is None or preference.client_id is None:
        return None
    winner = preference.winner
    return ChatVerdictOut(
        kind=PreferenceKind(preference.kind),
        side=side_of(winner, left_is_a=slot.left_is_a) if winner else None,
        strength=preference.strength,
        assignment_id=slot.pk,
        client_id=preference.client_id,
    )


def _chosen(turn: ChatTurn, slot: Assignment | None, preference: Preference | None) -> str | None:
    """The preferred answer, the left one of equally good ones, none of bad ones; without a choice the only text."""
    if turn.status != ChatTurnStatus.READY:
        return None
    if turn.comparison is None:
        return str(turn.partial[0])
    if slot is None or preference is None:
        return None
    left, right = shown(turn.comparison.completion_a.text, turn.comparison.completion_b.text, left_is_a=slot.left_is_a)
    match preference.kind:
        case PreferenceKind.PREFER:
            return left if side_of(preference.winner or "a", left_is_a=slot.left_is_a) == "left" else right
        case PreferenceKind.TIE | PreferenceKind.BOTH_GOOD:
            return left
        case _:
            return None


def _sampling(turn: ChatTurn) -> dict[str, Any]:
    """How the answers were sampled; empty before they are."""
    return turn.comparison.completion_a.sampling if turn.comparison is not None else {}
