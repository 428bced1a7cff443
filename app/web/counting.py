"""Counts for all processes in Redis; where it is out of reach, each process for itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import RateLimiter
from redis import ConnectionPool
from redis.exceptions import RedisError

from app.web.breaker import Breaker

log = structlog.get_logger()
Result = TypeVar("Result")
_REST = 5.0
"""Seconds for which a Redis that did not answer is left alone."""


class Counting:
    """One way of limiting (a strategy of ``limits``), for one process and all its threads."""

    def __init__(self, redis_url: str, limiter: type[RateLimiter]) -> None:
        # Whoever waits for an answer cannot wait for Redis.
        pool = ConnectionPool.from_url(redis_url, socket_connect_timeout=0.3, socket_timeout=0.5)
        self._shared = limiter(RedisStorage(redis_url, connection_pool=pool))
        self._own = limiter(MemoryStorage())
        self._breaker = Breaker(rest=_REST)

    def ask(self, work: Callable[[RateLimiter], Result]) -> Result:
        """Do the work with the counts of all processes, or else with this one's."""
        if self._breaker.allows():
            try:
                found = work(self._shared)
            except (RedisError, OSError) as error:
                self._breaker.failed()
                log.warning("each process counts for itself", why=type(error).__name__)
            else:
                self._breaker.worked()
                return found
        return work(self._own)
