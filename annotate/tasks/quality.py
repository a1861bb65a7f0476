"""The quality reports, brought up to date soon after each verdict."""

from annotate.config.celery import app
from annotate.dispatch import TaskName

BUDGET_SECONDS = 10.0
"""What is not computed in this time waits for the next call, longest neglected first."""


@app.task(name=TaskName.QUALITY_REFRESH_DUE)
def refresh_due() -> None:
    """Reports of projects with new verdicts."""
    from annotate.services.quality import quality_refresh_due

    quality_refresh_due(within_seconds=BUDGET_SECONDS)
