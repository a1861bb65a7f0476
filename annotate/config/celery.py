"""The Celery application: its queues are acknowledged early, because the rows and not the broker are the truth."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotate.config.settings")

app = Celery("prefloop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_default_queue="default",
    task_routes={"annotate.runs.execute": {"queue": "runs"}, "annotate.chats.sample": {"queue": "chat"}},
    task_acks_late=False,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,  # a busy worker must not hold a run that an idle one could do
    worker_max_tasks_per_child=50,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a worker outlives any restart of the broker
    beat_schedule={
        "requeue-stale-runs": {"task": "annotate.runs.requeue_stale", "schedule": 10.0, "options": {"expires": 9}},
        "tend-chats": {"task": "annotate.chats.tend", "schedule": 5.0, "options": {"expires": 4}},
        "start-due-rounds": {"task": "annotate.rounds.start_due", "schedule": 10.0, "options": {"expires": 9}},
        "refresh-quality": {"task": "annotate.quality.refresh_due", "schedule": 15.0, "options": {"expires": 14}},
        "clear-sessions": {
            "task": "annotate.sessions.clear",
            "schedule": crontab(hour=3, minute=20),  # UTC
            "options": {"expires": 3600},
        },
    },
)
app.autodiscover_tasks(["annotate"])
