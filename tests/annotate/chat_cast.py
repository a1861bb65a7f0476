"""Chats for tests: messages answered by the fake engine, and verdicts on the answers."""

import uuid
from collections.abc import Sequence

from annotate.models import Chat, ChatTurn, Preference, PreferenceKind, Project, User
from annotate.selectors.chats import conversation_before
from annotate.services.chat_turns import Sampled, turn_answered, turn_take
from annotate.services.chats import chat_create, turn_create
from annotate.services.preferences import preference_submit
from annotate.services.verdicts import Verdict
from annotate.sides import Side


def chat_make(project: Project, annotator: User) -> Chat:
    return chat_create(project=project, annotator=annotator)


def answers(left: str, right: str) -> list[Sampled]:
    return [Sampled(text, 7 + i, -2.5, 4, {"temperature": 1.0}) for i, text in enumerate((left, right))]


def answer(turn: ChatTurn, texts: Sequence[str] = ("Left.", "Right.")) -> ChatTurn:
    """Do the worker's part with these texts."""
    taken = turn_take(turn_id=turn.pk)
    assert taken is not None
    messages = [message.model_dump() for message in conversation_before(turn=taken)]
    turn_answered(turn=taken, messages=messages, answers=answers(*texts))
    turn.refresh_from_db()
    return turn


def judge(turn: ChatTurn, kind: PreferenceKind = PreferenceKind.PREFER, side: Side | None = "left") -> Preference:
    """The labeler's verdict, as the endpoint takes it."""
    prefers = kind == PreferenceKind.PREFER
    assert turn.comparison is not None
    verdict = Verdict(
        client_id=uuid.uuid4(),
        assignment_id=turn.comparison.assignments.get().pk,
        kind=kind,
        side=side if prefers else None,
        strength=2 if prefers else None,
    )
    taken = preference_submit(project=turn.chat.project, annotator=turn.chat.annotator, verdict=verdict)
    return Preference.objects.get(pk=taken.preference_id)


def asked(chat: Chat, text: str, texts: Sequence[str] = ("Left.", "Right.")) -> ChatTurn:
    """One message with its answers, unjudged."""
    return answer(turn_create(chat=chat, text=text), texts)
