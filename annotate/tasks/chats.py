"""Chats: answered on the queue `chat`, watched over from the beat."""

from annotate.config.celery import app
from annotate.dispatch import TaskName


@app.task(name=TaskName.CHAT_SAMPLE)
def sample(turn_id: int) -> None:
    from annotate.jobs.chats import chat_turn_sample
    from annotate.jobs.shutdown import WorkerWatch

    watch = WorkerWatch()
    chat_turn_sample(turn_id=turn_id, is_stopping=lambda: watch.is_ending)


@app.task(name=TaskName.CHATS_TEND)
def tend() -> None:
    """Messages whose worker is gone are failed, lost ones are sent again."""
    from annotate.services.chat_turns import turns_tend

    turns_tend()
