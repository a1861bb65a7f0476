"""Runs watched from the beat: those whose workers are gone, those whose messages were lost."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from annotate import dispatch
from annotate.models import Run, RunStatus
from annotate.services.runs import run_crash, run_end
from rlhf_backend.errors import FailureCode


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
                run_end(run, RunStatus.CANCELLED)
            else:
                run_crash(run, FailureCode.INTERNAL, silent)
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
