"""Runs: executed on the queue `runs`, watched over from the beat."""

from datetime import timedelta

from annotate.config.celery import app
from annotate.config.env import env
from annotate.dispatch import TaskName


@app.task(name=TaskName.RUN_EXECUTE)
def execute(run_id: int) -> None:
    from annotate.jobs.execute import run_execute
    from annotate.jobs.shutdown import WorkerWatch

    watch = WorkerWatch()
    run_execute(run_id=run_id, is_stopping=lambda: watch.is_ending)


@app.task(name=TaskName.RUNS_REQUEUE_STALE)
def requeue_stale() -> None:
    """Runs whose worker is gone go back to the queue; lost messages are sent again; rounds that wait go on.

    Runs whose checkpoints people dislike are paused.
    """
    from annotate.services.rounds import rounds_advance_all
    from annotate.services.run_watch import runs_heed_people, runs_requeue_stale, runs_resend

    patience = timedelta(seconds=env().heartbeat_seconds)
    runs_requeue_stale(older_than=patience)
    runs_resend(older_than=2 * patience)
    rounds_advance_all()
    runs_heed_people()
