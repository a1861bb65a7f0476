"""The life of a run: queued → running → done, failed, cancelled, or paused until an admin decides.

The row is the truth, guarded by a fencing token.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annotate import dispatch
from annotate.errors import AnnotateError, ErrorCode
from annotate.models import RUN_FINAL, Round, Run, RunEvent, RunStatus, User
from annotate.services.audit import audit_record
from annotate.services.checkpoint_checks import Look, checkpoint_check_paused, checkpoints_store, checks_withdraw
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


class Order(Enum):
    """What a run's worker is told when it reports."""

    GO_ON = auto()
    CANCEL = auto()
    PAUSE = auto()


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
    run_note(run, RunStatus.QUEUED)
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
    run_note(run, RunStatus.RUNNING)
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
def run_beat(
    *,
    run: Run,
    events: Iterable[EventLine] = (),
    progress: dict[str, Any] | None = None,
    looks: Iterable[Look] = (),
) -> Order:
    """Renew the heartbeat, store events and what the monitor saw; whether to go on.

    Lines and looks stored before are left out, so a takeover may read the file from its start.
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
    checkpoints_store(run=owned, looks=looks)
    if owned.cancel_requested_at is not None:
        return Order.CANCEL
    return Order.PAUSE if owned.paused_by else Order.GO_ON


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
    run_end(owned, RunStatus.DONE)


@transaction.atomic
def run_failed(*, run: Run, code: FailureCode, detail: str) -> None:
    """End the run with a reason an admin understands. Raises: TokenLost."""
    _fail(run_owned(run=run), code, detail)


@transaction.atomic
def run_cancelled(*, run: Run) -> None:
    """End the run as asked; its directory and checkpoint stay. Raises: TokenLost."""
    run_end(run_owned(run=run), RunStatus.CANCELLED)


@transaction.atomic
def run_paused(*, run: Run, fired: list[dict[str, Any]]) -> None:
    """Wait for an admin, and let people check the newest checkpoint meanwhile; its directory stays as it is.

    Args:
        fired: the rules that the engine found, as `rlhf_backend.types.FiredRule`; the site's own stand with the run.
    Raises: TokenLost.
    """
    owned = run_owned(run=run)
    if owned.cancel_requested_at is not None:
        run_end(owned, RunStatus.CANCELLED)
        return
    owned.status, owned.token, owned.paused_by = RunStatus.PAUSED, None, [*owned.paused_by, *fired]
    owned.save()
    run_note(owned, RunStatus.PAUSED, ", ".join(rule["rule"] for rule in owned.paused_by))
    checkpoint_check_paused(run=owned)


@transaction.atomic
def run_interrupted(*, run: Run) -> None:
    """Back to the queue after a planned stop of its worker; it goes on from its checkpoint. Raises: TokenLost."""
    run_requeue(run_owned(run=run), detail="its worker was stopped")


@transaction.atomic
def run_crashed(*, run: Run, detail: str, code: FailureCode = FailureCode.INTERNAL) -> None:
    """Back to the queue after the engine died without a result, or failed after the third time. Raises: TokenLost."""
    run_crash(run_owned(run=run), code, detail)


@transaction.atomic
def run_cancel(*, run: Run, actor: User | None) -> None:
    """Ask a run to stop; one that is queued or paused ends at once. The caller advances the round.

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
    if locked.status in (RunStatus.QUEUED, RunStatus.PAUSED):
        run_end(locked, RunStatus.CANCELLED)


@transaction.atomic
def run_retry(*, run: Run) -> None:
    """A failed or cancelled run again, in the same directory: it goes on from its checkpoint if it has one."""
    locked = Run.objects.select_for_update().get(pk=run.pk)
    locked.crashes = 0
    if locked.status == RunStatus.CANCELLED:
        locked.finish_step = None  # cancelled was the order to end with a checkpoint, too
    locked.cancel_requested_at = locked.finished_at = None
    locked.failure_code = locked.failure_detail = ""
    run_requeue(locked, detail="tried again by an admin")


def run_end(run: Run, status: RunStatus) -> None:
    """Write the run's last status. The caller holds the run."""
    run.status, run.token, run.finished_at, run.paused_by = status, None, timezone.now(), []
    run.save()
    if status == RunStatus.CANCELLED:
        checks_withdraw(run=run)
    run_note(run, status, run.failure_detail)


def _fail(run: Run, code: FailureCode, detail: str) -> None:
    run.failure_code, run.failure_detail = code.value, detail
    run_end(run, RunStatus.FAILED)


def run_crash(run: Run, code: FailureCode, detail: str) -> None:
    """Count a crash: once more from its checkpoint, or the end. The caller holds the run."""
    run.crashes += 1
    if run.crashes > CRASHES_ALLOWED:
        _fail(run, code, f"The run ended without a result {run.crashes} times and is given up. Last: {detail}")
    else:
        run_requeue(run, detail=detail)


def run_requeue(run: Run, *, detail: str) -> None:
    """Queue the run again; `detail` says why. The caller holds the run."""
    run.status, run.token, run.queued_at = RunStatus.QUEUED, None, timezone.now()
    run.save()
    run_note(run, RunStatus.QUEUED, detail)
    dispatch.enqueue(dispatch.TaskName.RUN_EXECUTE, run.pk)


def run_note(run: Run, status: RunStatus, detail: str = "") -> None:
    """Tell those who watch the run that its status changed."""
    data = {"status": status.value, **({"detail": detail} if detail else {})}
    RunEvent.objects.create(run=run, attempt=run.attempt, at=timezone.now(), type="status", data=data)
