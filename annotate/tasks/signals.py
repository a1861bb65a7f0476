"""What the worker's main process tells: that it lives, and that it is about to stop."""

import logging
import time
from typing import Any

import redis
from celery.signals import heartbeat_sent, worker_init, worker_shutting_down

from annotate.jobs import shutdown
from annotate.selectors.health import worker_seen

_log = logging.getLogger(__name__)
SEEN_EVERY_SECONDS = 5.0
_seen_at = 0.0


@worker_init.connect
def on_init(**_: Any) -> None:
    shutdown.withdraw()


@worker_shutting_down.connect
def on_shutting_down(**_: Any) -> None:
    shutdown.announce()


@heartbeat_sent.connect
def on_heartbeat(sender: Any = None, **_: Any) -> None:
    global _seen_at
    if time.monotonic() - _seen_at < SEEN_EVERY_SECONDS:
        return
    _seen_at = time.monotonic()
    try:
        worker_seen(name=sender.eventer.hostname)
    except redis.RedisError as error:
        _log.warning("no sign of life could be given: %s", error)
