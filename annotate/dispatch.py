"""Puts work on the broker by name, so that neither the web nor the services import the tasks."""

import logging
from enum import StrEnum

from django.db import transaction
from kombu.exceptions import OperationalError

from annotate.config.celery import app

_log = logging.getLogger(__name__)
_RETRY = {"max_retries": 1, "interval_start": 0.1}


class TaskName(StrEnum):
    RUN_EXECUTE = "annotate.runs.execute"
    RUNS_REQUEUE_STALE = "annotate.runs.requeue_stale"
    ROUNDS_START_DUE = "annotate.rounds.start_due"
    QUALITY_REFRESH_DUE = "annotate.quality.refresh_due"
    CHAT_SAMPLE = "annotate.chats.sample"
    CHATS_TEND = "annotate.chats.tend"
    SESSIONS_CLEAR = "annotate.sessions.clear"


def enqueue(task: TaskName, id_: int, *, expires_seconds: float | None = None) -> None:
    """Send `task(id_)` once the current transaction is committed.

    A broker that is away loses nothing: the row is the truth, and beat sends the message again.
    """

    def send() -> None:
        try:
            app.send_task(task.value, args=[id_], expires=expires_seconds, retry_policy=_RETRY)
        except OperationalError as error:
            _log.warning("%s(%s) was not sent: the broker does not answer (%s); beat will send it", task, id_, error)

    transaction.on_commit(send)
