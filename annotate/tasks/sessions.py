"""Log-ins that are over, removed once a day."""

from annotate.config.celery import app
from annotate.dispatch import TaskName


@app.task(name=TaskName.SESSIONS_CLEAR)
def clear() -> None:
    """Expired sessions, which name nobody any more."""
    from django.core.management import call_command

    call_command("clearsessions")
