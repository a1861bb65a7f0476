"""The life of a run: queued → running → done, failed or cancelled. The row is the truth, guarded by a fencing token."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annotate import dispatch
from annotate.errors import AnnotateError, ErrorCode
from annotate.models import RUN_FINAL, Round, Run, RunEvent, RunStatus, User
from annotate.services.audit import audit_record
from rlhf_backend.config import Job
from rlhf_backend.errors import FailureCode

CRASHES_ALLOWED = 2
"""A run is started three times in all before a crash is final: one that always runs out of memory must not loop."""


class TokenLost(Exception):  # noqa: N818  (an outcome, not an error)
    """Another worker owns the run, or it has ended: stop touching it."""


@dataclass(frozen=True)
class EventLine:
    """One line of events.jsonl."""

    line: int
    at: datetime
    type: str
    data: dict[str, Any]


def run_create(*, round_: Round, job: Job, seed: int) -> Run:
    """A queued run of the round; its message is sent after commit."""
    run = Run.objects.create(
        project=round_.project,
        round=round_,
        kind=job.kind,
        job=job.model_dump(mode="json"),
        seed=seed,
        snapshot=round_.snapshot,
        queued_at=timezone.now(),
    )
    _note(run, RunStatus.QUEUED)
    dispatch.enqueue(dispatch.TaskName.RUN_EXECUTE, run.pk)
    return run


def run_warn(*, run: Run, message: str) -> None:
    """Say something in the run's log before the engine does."""
    RunEvent.objects.create(
        run=run, attempt=run.attempt, at=timezone.now(), type="log", data={"level": "warning", "message": message}
    )


@transaction.atomic
def run_claim(*, run_id: int) -> Run | None:
    """Take a queued run: it gets a new token and one more attempt. None when somebody else has it or it has ended."""
    now = timezone.now()
    taken = Run.objects.filter(pk=run_id, status=RunStatus.QUEUED).update(
        status=RunStatus.RUNNING, token=uuid.uuid4(), attempt=F("attempt") + 1, heartbeat_at=now
    )
    if not taken:
        return None
    Run.objects.filter(pk=run_id, started_at=None).update(started_at=now)
    run = Run.objects.select_related("project", "round", "snapshot").get(pk=run_id)
    _note(run, RunStatus.RUNNING)
    return run


def run_owned(*, run: Run) -> Run:
    """The run's row, locked, if it is still ours; call it in a transaction.

    Raises: TokenLost.
    """
    owned = Run.objects.select_for_update().filter(pk=run.pk, token=run.token, status=RunStatus.RUNNING).first()
    if owned is None:
        raise TokenLost(f"run {run.pk} is no longer ours")
    return owned


@transaction.atomic
def run_beat(*, run: Run, events: Iterable[EventLine] = (), progress: dict[str, Any] | None = None) -> bool:
    """Renew the heartbeat and store events; whether a cancel was asked for.

    Lines stored before are left out by their number, so a takeover may read the file from its start.
    Raises: TokenLost.
    """
    owned = run_owned(run=run)
    owned.heartbeat_at = timezone.now()
    if progress is not None:
        owned.progress = progress
    owned.save(update_fields=["heartbeat_at", "progress"])
    RunEvent.objects.bulk_create(
        [RunEvent(run=owned, attempt=owned.attempt, line=e.line, at=e.at, type=e.type, data=e.data) for e in events],
        ignore_conflicts=True,
    )
    return owned.cancel_requested_at is not None


@transaction.atomic
def run_prepared(*, run: Run, input_sha256: str, code_version: str) -> None:
    """Note what the run works on. Raises: TokenLost."""
    owned = run_owned(run=run)
    owned.input_sha256, owned.code_version = input_sha256, code_version
    owned.save(update_fields=["input_sha256", "code_version"])


@transaction.atomic
def run_done(*, run: Run, report: dict[str, Any], libraries: dict[str, str]) -> None:
    """End the run well. Raises: TokenLost."""
    owned = run_owned(run=run)
    owned.report, owned.libraries = report, libraries
    _end(owned, RunStatus.DONE)


@transaction.atomic
def run_failed(*, run: Run, code: FailureCode, detail: str) -> None:
    """End the run with a reason an admin understands. Raises: TokenLost."""
    _fail(run_owned(run=run), code, detail)


@transaction.atomic
def run_cancelled(*, run: Run) -> None:
    """End the run as asked; its directory and checkpoint stay. Raises: TokenLost."""
    _end(run_owned(run=run), RunStatus.CANCELLED)


@transaction.atomic
def run_interrupted(*, run: Run) -> None:
    """Back to the queue after a planned stop of its worker; it goes on from its checkpoint. Raises: TokenLost."""
    _requeue(run_owned(run=run), detail="its worker was stopped")


@transaction.atomic
def run_crashed(*, run: Run, detail: str, code: FailureCode = FailureCode.INTERNAL) -> None:
    """Back to the queue after the engine died without a result, or failed after the third time. Raises: TokenLost."""
    _crash(run_owned(run=run), code, detail)


@transaction.atomic
def run_cancel(*, run: Run, actor: User | None) -> None:
    """Ask a run to stop; a queued one ends at once. The caller advances the round.

    Raises: AnnotateError run/not-cancellable: it has ended.
    """
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if locked.status in RUN_FINAL:
        raise AnnotateError(
            ErrorCode.RUN_NOT_CANCELLABLE, f"Run {run.pk} has ended: it is {locked.status}.", state=locked.status
        )
    locked.cancel_requested_at = locked.cancel_requested_at or timezone.now()
    locked.save(update_fields=["cancel_requested_at"])
    audit_record(actor=actor, action="run.cancel", project=locked.project, target=f"run {locked.pk}")
    if locked.status == RunStatus.QUEUED:
        _end(locked, RunStatus.CANCELLED)


@transaction.atomic
def run_retry(*, run: Run) -> None:
    """A failed or cancelled run again, in the same directory: it goes on from its checkpoint if it has one."""
    locked = Run.objects.select_for_update().get(pk=run.pk)
    locked.crashes = 0
    locked.cancel_requested_at = locked.finished_at = None
    locked.failure_code = locked.failure_detail = ""
    _requeue(locked, detail="tried again by an admin")


def runs_requeue_stale(*, older_than: timedelta) -> list[int]:
    """Take running runs without a sign of life from their workers; the ids of those that were."""
    limit = timezone.now() - older_than
    taken = []
    for pk in Run.objects.filter(status=RunStatus.RUNNING, heartbeat_at__lt=limit).values_list("pk", flat=True):
        with transaction.atomic():
            stale = Run.objects.select_for_update(skip_locked=True).filter(
                pk=pk, status=RunStatus.RUNNING, heartbeat_at__lt=limit
            )
            run = stale.first()
            if run is None:
                continue
            silent = f"its worker gave no sign of life for {older_than.total_seconds():.0f} s"
            if run.cancel_requested_at is not None:
                _end(run, RunStatus.CANCELLED)
            else:
                _crash(run, FailureCode.INTERNAL, silent)
            taken.append(pk)
    return taken


def runs_resend(*, older_than: timedelta) -> list[int]:
    """Send the message of runs that have waited long, in case the broker lost it; the ids of those runs.

    The message expires before the next one is sent, so a busy worker finds at most two.
    """
    limit = timezone.now() - older_than
    sent = []
    for pk in Run.objects.filter(status=RunStatus.QUEUED, queued_at__lt=limit).values_list("pk", flat=True):
        if Run.objects.filter(pk=pk, status=RunStatus.QUEUED, queued_at__lt=limit).update(queued_at=timezone.now()):
            dispatch.enqueue(dispatch.TaskName.RUN_EXECUTE, pk, expires_seconds=1.5 * older_than.total_seconds())
            sent.append(pk)
    return sent


def _end(run: Run, status: RunStatus) -> None:
    run.status, run.token, run.finished_at = status, None, timezone.now()
    run.save()
    _note(run, status, run.failure_detail)


def _fail(run: Run, code: FailureCode, detail: str) -> None:
    run.failure_code, run.failure_detail = code.value, detail
    _end(run, RunStatus.FAILED)


def _crash(run: Run, code: FailureCode, detail: str) -> None:
    run.crashes += 1
    if run.crashes > CRASHES_ALLOWED:
        _fail(run, code, f"The run ended without a result {run.crashes} times and is given up. Last: {detail}")
    else:
        _requeue(run, detail=detail)


def _requeue(run: Run, *, detail: str) -> None:
    run.status, run.token, run.queued_at = RunStatus.QUEUED, None, timezone.now()
    run.save()
    _note(run, RunStatus.QUEUED, detail)
    dispatch.enqueue(dispatch.TaskName.RUN_EXECUTE, run.pk)


def _note(run: Run, status: RunStatus, detail: str = "") -> None:
    data = {"status": status.value, **({"detail": detail} if detail else {})}
    RunEvent.objects.create(run=run, attempt=run.attempt, at=timezone.now(), type="status", data=data)
