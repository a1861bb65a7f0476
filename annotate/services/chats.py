"""Chats: begun and written by labelers. The answers come from `annotate.services.chat_turns`."""

from django.db import transaction
from django.utils import timezone

from annotate import dispatch
from annotate.errors import AnnotateError, ErrorCode, not_found
from annotate.models import Chat, ChatTurn, ChatTurnStatus, Project, User
from annotate.selectors.chat_standing import chat_closed_reason, policy_in_use
from annotate.selectors.chats import UNFINISHED, turns_unjudged

TURNS_AT_MOST = 50


def chat_create(*, project: Project, annotator: User) -> Chat:
    """A new chat with the policy in use, which it keeps.

    Raises: AnnotateError chat/unavailable with the reason.
    """
    policy = policy_in_use(project=project)
    reason = chat_closed_reason(project=project, annotator=annotator, policy=policy)
    if reason or policy is None:
        raise AnnotateError(ErrorCode.CHAT_UNAVAILABLE, reason)
    return Chat.objects.create(project=project, annotator=annotator, policy=policy)


def chat_of(*, project: Project, annotator: User, chat_id: int) -> Chat:
    """The chat of `annotator`. Raises: AnnotateError 404: there is none, or it is somebody else's."""
    chat = Chat.objects.select_related("policy", "project", "annotator").filter(
        pk=chat_id, project=project, annotator=annotator
    )
    found = chat.first()
    if found is None:
        raise not_found("chat")
    return found


@transaction.atomic
def turn_create(*, chat: Chat, text: str) -> ChatTurn:
    """Write the next message; two answers are sampled for it.

    Raises: AnnotateError: chats are closed to its labeler, it has ended or is full, or the last message is being
        answered or its answers wait for a verdict.
    """
    locked = _writable(chat)
    turns = list(ChatTurn.objects.filter(chat=locked).order_by("number"))
    if turns and turns[-1].status in UNFINISHED:
        raise AnnotateError(ErrorCode.CHAT_TURN_OPEN, "Your last message is still being answered. Wait for it.")
    if turns_unjudged(chat=locked):
        raise AnnotateError(ErrorCode.CHAT_TURN_OPEN, "Say first which of the two answers is better.")
    if len(turns) >= TURNS_AT_MOST:
        raise AnnotateError(
            ErrorCode.CHAT_FULL, f"This chat has {TURNS_AT_MOST} messages, which is the most. Begin a new one."
        )
    turn = ChatTurn.objects.create(chat=locked, number=len(turns) + 1, text=text)
    dispatch.enqueue(dispatch.TaskName.CHAT_SAMPLE, turn.pk)
    return turn


@transaction.atomic
def turn_retry(*, chat: Chat, turn_id: int) -> ChatTurn:
    """Sample the answers of a failed last turn again.

    Raises: AnnotateError 404; 409 when it did not fail, a later message was written, or the chat takes no messages.
    """
    locked = _writable(chat)
    turns = list(ChatTurn.objects.filter(chat=locked).order_by("number"))
    turn = next((turn for turn in turns if turn.pk == turn_id), None)
    if turn is None:
        raise not_found("turn")
    if turn.status != ChatTurnStatus.FAILED or turn is not turns[-1]:
        raise AnnotateError(
            ErrorCode.CHAT_NOTHING_TO_RETRY, "Only the last message can be tried again, and only if it failed."
        )
    turn.status, turn.token, turn.partial, turn.failure = ChatTurnStatus.QUEUED, None, [], ""
    turn.save()
    dispatch.enqueue(dispatch.TaskName.CHAT_SAMPLE, turn.pk)
    return turn


@transaction.atomic
def chat_end(*, chat: Chat) -> None:
    """Take no more messages; what was judged stays. Ending twice changes nothing."""
    Chat.objects.filter(pk=chat.pk, ended_at=None).update(ended_at=timezone.now())


def _writable(chat: Chat) -> Chat:
    """The chat, locked, if its labeler may write in it."""
    locked = Chat.objects.select_for_update(of=("self",)).select_related("policy", "project", "annotator")
    chat = locked.get(pk=chat.pk)
    if chat.ended_at is not None:
        raise AnnotateError(ErrorCode.CHAT_ENDED, "This chat has ended. Begin a new one.")
    reason = chat_closed_reason(project=chat.project, annotator=chat.annotator, policy=chat.policy)
    if reason:
        raise AnnotateError(ErrorCode.CHAT_UNAVAILABLE, reason)
    return chat
