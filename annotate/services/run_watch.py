"""Runs watched from the beat: whose workers are gone, whose messages were lost, whose checkpoints people dislike."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from annotate import dispatch
from annotate.models import Run, RunEvent, RunStatus
from annotate.selectors.checkpoints import people_rule
from annotate.services.runs import run_crash, run_end, run_warn
from rlhf_backend.config import PolicyJob, RunKind
from rlhf_backend.errors import FailureCode
from rlhf_backend.tuning_sections import FiredRule


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


def runs_heed_people() -> list[int]:
    """Pause running tuning runs whose checkpoints people like less and less; the ids of those that the rule fired for.

    The worker hears of it at its next beat, lets the engine write its training state and ends it. A run whose monitor
    only warns says so in its log once.
    """
    at_work = Run.objects.filter(status=RunStatus.RUNNING, kind=RunKind.POLICY, checkpoints__checked_at__isnull=False)
    fired = []
    for pk in at_work.exclude(accepted_rules__contains=["people"]).distinct().values_list("pk", flat=True):
        rule = people_rule(run_id=pk)
        if rule is not None and _heed(pk, rule):
            fired.append(pk)
    return fired


@transaction.atomic
def _heed(run_id: int, rule: FiredRule) -> bool:
    """Ask for the pause, or warn; False when that was done before or the run has ended."""
    run = Run.objects.select_for_update().filter(pk=run_id, status=RunStatus.RUNNING, paused_by=[]).first()
    if run is None or RunEvent.objects.filter(run=run, type="log", data__message=rule.explanation).exists():
        return False
    run_warn(run=run, message=rule.explanation)
    if PolicyJob.model_validate(run.job).monitor.pause:
        run.paused_by = [rule.model_dump(mode="json")]
        run.save(update_fields=["paused_by"])
    return True
