"""Whether the site's parts answer."""

import time
from functools import cache
from typing import Literal

import redis
from django.db import DatabaseError, connection

from annotate.config.env import env
from annotate.types import ReadModel

WORKERS_KEY = "prefloop:workers"
"""Sorted set: worker name → unix time of its last sign of life."""
_SEEN_WITHIN_SECONDS = 30
_TIMEOUT_SECONDS = 2

Answer = Literal["ok", "down"]


class HealthOut(ReadModel):
    """`workers` are the Celery workers seen lately; without any, rounds wait but labeling goes on."""

    status: Answer
    database: Answer
    redis: Answer
    workers: list[str]


def health_read() -> HealthOut:
    """One statement to the database, one command to Redis."""
    database, (broker, workers) = _database(), _redis()
    status: Answer = "ok" if database == broker == "ok" else "down"
    return HealthOut(status=status, database=database, redis=broker, workers=workers)


def worker_seen(*, name: str) -> None:
    """Note a worker's sign of life."""
    _client().zadd(WORKERS_KEY, {name: time.time()})


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(
        env().redis_url, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS
    )


def _database() -> Answer:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "ok"


def _redis() -> tuple[Answer, list[str]]:
    try:
        names = _client().zrangebyscore(WORKERS_KEY, time.time() - _SEEN_WITHIN_SECONDS, "+inf")
    except redis.RedisError:
        return "down", []
    return "ok", sorted(name.decode() for name in names)  # type: ignore[union-attr]
