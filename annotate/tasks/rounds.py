"""Rounds that start by themselves."""

from annotate.config.celery import app
from annotate.dispatch import TaskName


@app.task(name=TaskName.ROUNDS_START_DUE)
def start_due() -> None:
    """A round for each project with enough new preferences."""
    from annotate.services.round_starts import rounds_start_due

    rounds_start_due()
