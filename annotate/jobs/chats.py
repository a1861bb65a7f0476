"""Two answers for a chat's message, from queued to ready, with the text copied into the row as it comes."""

import logging
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

from annotate.jobs.chat_engine import ChatEngine, ChatEngineDied
from annotate.models import ChatTurn
from annotate.selectors.chats import conversation_before
from annotate.selectors.model_sources import model_location
from annotate.services.chat_turns import (
    Sampled,
    TurnLost,
    turn_answered,
    turn_failed,
    turn_given_back,
    turn_take,
    turn_write,
)
from rlhf_backend.chat_lines import ANSWERS, ChatAgain, ChatDelta, ChatDone, ChatError, ChatLine, ChatRequest

_log = logging.getLogger(__name__)
WRITE_SECONDS = 0.1
BEAT_SECONDS = 2.0
STARTS = 2
"""A process that dies once is started again within the same turn."""

_engine = ChatEngine()


class _NoAnswer(Exception):  # noqa: N818
    """The engine cannot answer; the text is for the labeler."""


class _Stopping(Exception):  # noqa: N818
    """The worker was asked to stop."""


def chat_turn_sample(*, turn_id: int, is_stopping: Callable[[], bool]) -> None:
    """Answer one message twice; a second worker with the same message finds it taken and returns."""
    turn = turn_take(turn_id=turn_id)
    if turn is None:
        _log.info("turn %s: nothing to do", turn_id)
        return
    try:
        _sample(turn, is_stopping)
    except TurnLost as error:
        _log.warning("%s: its answers are thrown away", error)


def _sample(turn: ChatTurn, is_stopping: Callable[[], bool]) -> None:
    try:
        request = _request(turn)
        done = _answered(turn, request, is_stopping)
        turn_answered(turn=turn, messages=[m.model_dump() for m in request.messages], answers=_sampled(request, done))
    except _Stopping:
        turn_given_back(turn=turn)
    except (LookupError, _NoAnswer) as error:
        why = str(error).rstrip(".")
        turn_failed(turn=turn, failure=f"The policy could not answer: {why}. Try again, or begin a new chat.")
    except TurnLost:
        raise
    except Exception:
        _log.exception("turn %s", turn.pk)
        turn_failed(
            turn=turn, failure="The answers could not be stored, for a reason the worker's log names. Try again."
        )


def _request(turn: ChatTurn) -> ChatRequest:
    """Raises: LookupError: the policy's files are gone."""
    assert turn.token is not None, "a taken turn"  # noqa: S101
    return ChatRequest(
        id=f"{turn.pk}:{turn.token}",
        policy=model_location(source=turn.chat.policy.source),
        messages=conversation_before(turn=turn),
        seed=turn.token.int >> 65,  # anew for each try; the seed of each answer is kept with it
        sampling=turn.chat.project.typed_settings().sampling,
    )


def _answered(turn: ChatTurn, request: ChatRequest, is_stopping: Callable[[], bool]) -> ChatDone:
    """Raises: _NoAnswer, _Stopping, TurnLost."""
    for start in range(1, STARTS + 1):
        copy = _Copy(turn)
        try:
            with closing(_engine.ask(request)) as lines:
                for line in lines:
                    if is_stopping():
                        raise _Stopping
                    if isinstance(line, ChatError):
                        raise _NoAnswer(line.error)
                    if isinstance(line, ChatDone):
                        return line
                    copy.take(line)
        except ChatEngineDied as error:
            _log.warning("turn %s: the process that holds the policy failed (%s), start %d", turn.pk, error, start)
            problem = str(error)
    raise _NoAnswer(f"the process that holds it failed {STARTS} times ({problem}); the worker's log says more")


class _Copy:
    """The answers so far, written to the row at most every 100 ms, and every two seconds as a sign of life."""

    def __init__(self, turn: ChatTurn) -> None:
        self._turn = turn
        self._texts = [""] * ANSWERS
        self._is_new = True
        self._written_at = 0.0

    def take(self, line: ChatLine | None) -> None:
        """Raises: TurnLost."""
        if isinstance(line, ChatDelta):
            self._texts[line.index] += _storable(line.delta)
            self._is_new = True
        elif isinstance(line, ChatAgain):
            self._texts = [""] * ANSWERS
            self._is_new = True
        since = time.monotonic() - self._written_at
        if since >= (WRITE_SECONDS if self._is_new else BEAT_SECONDS):
            turn_write(turn=self._turn, partial=self._texts)
            self._is_new, self._written_at = False, time.monotonic()


def _sampled(request: ChatRequest, done: ChatDone) -> list[Sampled]:
    kept: dict[str, Any] = request.sampling.model_dump(include={"max_new_tokens", "temperature", "top_p"})
    sampling = kept | {"left_out": done.left_out, "cut": done.cut}
    return [
        Sampled(_storable(answer.text), answer.seed, answer.logprob, answer.tokens, sampling | {"ended": answer.ended})
        for answer in done.done
    ]


def _storable(text: str) -> str:
    """A policy may write NUL, which PostgreSQL cannot store."""
    return text.replace("\x00", "\ufffd")
