"""The answers to a chat's message: queued → sampling → ready or failed. The row is the truth, guarded by a token."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from annotate import dispatch
from annotate.models import (
    Assignment,
    AssignmentStatus,
    ChatTurn,
    ChatTurnStatus,
    Comparison,
    ComparisonKind,
    Completion,
    CompletionSource,
    Prompt,
    Split,
)
from annotate.services.prompts import prompt_sha256

TAG = "chat"
STALE_AFTER = timedelta(seconds=20)
"""A worker renews what it samples every two seconds; the beat looks every five."""
RESEND_AFTER = timedelta(seconds=10)
GIVEN_UP_AFTER = timedelta(minutes=10)

_SAME = "Both answers came out the same, three times over: there is nothing to choose, and the text goes on as it is."
_NOTHING = "The policy answered with nothing at all, three times over. Try again, or put your message differently."
_WORKER_LOST = "The worker stopped in the middle of the answers. Try again."
_NO_WORKER = "No worker took the message within ten minutes. Start one (docs/operations.md, chat), then try again."


class TurnLost(Exception):  # noqa: N818  (an outcome, not an error)
    """The turn is no longer this worker's."""


@dataclass(frozen=True)
class Sampled:
    """One answer with how it was made; `sampling` goes into the completion's row."""

    text: str
    seed: int
    logprob: float
    tokens: int
    sampling: dict[str, Any]


def turn_take(*, turn_id: int) -> ChatTurn | None:
    """The queued turn, now ours; None when somebody else has it or it is answered."""
    token = uuid.uuid4()
    taken = ChatTurn.objects.filter(pk=turn_id, status=ChatTurnStatus.QUEUED).update(
        status=ChatTurnStatus.SAMPLING, token=token, partial=[], failure="", updated_at=timezone.now()
    )
    if not taken:
        return None
    return ChatTurn.objects.select_related("chat__policy", "chat__project", "chat__annotator").get(pk=turn_id)


def turn_write(*, turn: ChatTurn, partial: Sequence[str]) -> None:
    """Store the answers as far as they are written, and say that we live. Raises: TurnLost."""
    mine = ChatTurn.objects.filter(pk=turn.pk, token=turn.token, status=ChatTurnStatus.SAMPLING)
    if not mine.update(partial=list(partial), updated_at=timezone.now()):
        raise TurnLost(f"turn {turn.pk} is no longer ours")


@transaction.atomic
def turn_answered(*, turn: ChatTurn, messages: list[dict[str, str]], answers: Sequence[Sampled]) -> None:
    """Make the comparison of the two answers, held by the labeler; `answers` left and right, as they were shown.

    Equal answers are no question: the turn says so and the text goes on. Raises: TurnLost.
    """
    owned = _owned(turn)
    left, right = answers
    owned.partial = [left.text, right.text]
    if left.text == right.text:
        status = ChatTurnStatus.READY if left.text else ChatTurnStatus.FAILED
        _end(owned, status, failure=_SAME if left.text else _NOTHING)
        return
    prompt, _ = Prompt.objects.get_or_create(
        project=turn.chat.project,
        content_sha256=prompt_sha256(messages),
        defaults={"messages": messages, "split": Split.TRAIN, "tags": [TAG]},
    )
    owned.prompt = prompt
    owned.comparison = _comparison(turn, prompt, [_completion(turn, prompt, answer) for answer in answers])
    _end(owned, ChatTurnStatus.READY)


@transaction.atomic
def turn_failed(*, turn: ChatTurn, failure: str) -> None:
    """End the turn with a sentence that says what to do. Raises: TurnLost."""
    _end(_owned(turn), ChatTurnStatus.FAILED, failure=failure)


@transaction.atomic
def turn_given_back(*, turn: ChatTurn) -> None:
    """Back to the queue: its worker is stopping. Raises: TurnLost."""
    owned = _owned(turn)
    owned.partial = []
    _end(owned, ChatTurnStatus.QUEUED)
    dispatch.enqueue(dispatch.TaskName.CHAT_SAMPLE, owned.pk)


def turns_tend() -> dict[str, int]:
    """Fail turns whose worker is gone, send lost messages again, give up what nobody took; how many of each."""
    now = timezone.now()
    sampling = ChatTurn.objects.filter(status=ChatTurnStatus.SAMPLING, updated_at__lt=now - STALE_AFTER)
    lost = sampling.update(status=ChatTurnStatus.FAILED, token=None, partial=[], failure=_WORKER_LOST, updated_at=now)
    queued = ChatTurn.objects.filter(status=ChatTurnStatus.QUEUED)
    given_up = queued.filter(updated_at__lt=now - GIVEN_UP_AFTER).update(
        status=ChatTurnStatus.FAILED, failure=_NO_WORKER, updated_at=now
    )
    waiting = list(queued.filter(updated_at__lt=now - RESEND_AFTER).values_list("pk", flat=True))
    for pk in waiting:
        # Gone before the next but one is sent: a broker without workers must not fill up.
        dispatch.enqueue(dispatch.TaskName.CHAT_SAMPLE, pk, expires_seconds=RESEND_AFTER.total_seconds())
    return {"lost": lost, "given_up": given_up, "sent": len(waiting)}


def _owned(turn: ChatTurn) -> ChatTurn:
    mine = ChatTurn.objects.select_for_update().filter(pk=turn.pk, token=turn.token, status=ChatTurnStatus.SAMPLING)
    owned = mine.first()
    if owned is None:
        raise TurnLost(f"turn {turn.pk} is no longer ours")
    return owned


def _end(turn: ChatTurn, status: ChatTurnStatus, *, failure: str = "") -> None:
    turn.status, turn.token, turn.failure = status, None, failure
    turn.save()


def _completion(turn: ChatTurn, prompt: Prompt, answer: Sampled) -> Completion:
    return Completion.objects.create(
        project=turn.chat.project,
        prompt=prompt,
        source=CompletionSource.POLICY,
        policy=turn.chat.policy,
        text=answer.text,
        sampling=answer.sampling,
        seed=answer.seed,
        logprob=answer.logprob,
        tokens=answer.tokens,
    )


def _comparison(turn: ChatTurn, prompt: Prompt, shown: Sequence[Completion]) -> Comparison:
    """The comparison and its one slot. Stored order is drawn, so that a and b say nothing about left and right."""
    chat = turn.chat
    left_is_a = random.random() < 0.5  # noqa: S311  (a coin, not a secret)
    a, b = shown if left_is_a else reversed(shown)
    comparison = Comparison.objects.create(
        project=chat.project,
        prompt=prompt,
        completion_a=a,
        completion_b=b,
        kind=ComparisonKind.CHAT,
        strategy="chat",
        reserved_for=chat.annotator,
        wanted=1,
    )
    now = timezone.now()
    Assignment.objects.create(
        project=chat.project,
        comparison=comparison,
        status=AssignmentStatus.LEASED,
        rnd=random.random(),  # noqa: S311
        annotator=chat.annotator,
        reserved=True,
        left_is_a=left_is_a,
        leased_at=now,
        lease_expires_at=now + timedelta(seconds=chat.project.typed_settings().queue.lease_seconds),
    )
    return comparison
