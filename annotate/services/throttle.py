"""Limits on how often something may be tried, counted in Redis so that all web processes count together."""

import hashlib
import logging
from functools import cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from annotate.config.env import env
from annotate.errors import AnnotateError, ErrorCode

log = logging.getLogger(__name__)


def throttle_check(*, action: str, subject: str, limit: int, seconds: int) -> None:
    """Count one try of `action` by `subject`; windows of `seconds` begin with the first try.

    When Redis does not answer, the try is allowed and logged: people can still log in, and the tries are visible.

    Raises: AnnotateError 429 beyond `limit` tries in a window.
    """
    key = f"throttle:{action}:{hashlib.sha256(subject.encode()).hexdigest()}"
    try:
        pipeline = _redis().pipeline()
        pipeline.set(key, 0, ex=seconds, nx=True)
        pipeline.incr(key)
        pipeline.ttl(key)
        _, tries, wait = pipeline.execute()
    except redis.exceptions.RedisError as error:
        log.warning("Redis does not answer, so tries of %s are not limited: %s", action, error)
        return
    if tries > limit:
        raise AnnotateError(
            ErrorCode.THROTTLED,
            f"More than {limit} tries in {seconds} seconds. Try again in {max(wait, 1)} seconds.",
            status=429,
            retry_after_seconds=max(wait, 1),
        )


@cache
def _redis() -> redis.Redis:
    # One attempt: a login must not wait for a broker that is away.
    return redis.Redis.from_url(
        env().redis_url, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
    )
