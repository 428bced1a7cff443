"""How many requests somebody may make: counted in Redis, told in every answer.

The headers are those of the IETF's draft-ietf-httpapi-ratelimit-headers-10 (``RateLimit-Policy``
and ``RateLimit``), and ``Retry-After`` (RFC 9110). Where Redis is out of reach each process counts
for itself, so that requests go on and a flood is still bounded.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import structlog
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis import ConnectionPool
from redis.exceptions import RedisError

from app.web.api.problems import Problem
from app.web.breaker import Breaker

log = structlog.get_logger()
_REST = 5.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many requests in so many seconds, for one who is named."""

    policy: str
    """What it counts: user, key or address."""
    who: str
    requests: int
    seconds: int


class Counter:
    """Counts requests over a sliding window. One for each process."""

    def __init__(self, redis_url: str) -> None:
        # Whoever waits for an answer cannot wait for Redis.
        pool = ConnectionPool.from_url(redis_url, socket_connect_timeout=0.3, socket_timeout=0.5)
        storage = RedisStorage(redis_url, connection_pool=pool)
        self._shared = SlidingWindowCounterRateLimiter(storage)
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._breaker = Breaker(rest=_REST)

    def take(self, allowance: Allowance) -> dict[str, str]:
        """Count one request; returns the headers that tell what is left.

        Raises Problem ``too-many-requests`` where nothing was left.
        """
        if self._breaker.allows():
            try:
                headers = _take(self._shared, allowance)
            except (RedisError, OSError) as error:
                self._breaker.failed()
                log.warning("requests are counted by each process", why=type(error).__name__)
            except Problem:
                self._breaker.worked()
                raise
            else:
                self._breaker.worked()
                return headers
        return _take(self._own, allowance)


def _take(limiter: SlidingWindowCounterRateLimiter, allowance: Allowance) -> dict[str, str]:
    item = RateLimitItemPerSecond(allowance.requests, allowance.seconds, namespace="api")
    name = (allowance.policy, allowance.who)
    taken = limiter.hit(item, *name)
    window = limiter.get_window_stats(item, *name)
    wait = max(1, math.ceil(window.reset_time - time.time()))
    left = max(0, window.remaining) if taken else 0
    headers = {
        "RateLimit-Policy": f'"{allowance.policy}";q={allowance.requests};w={allowance.seconds}',
        "RateLimit": f'"{allowance.policy}";r={left};t={wait}',
    }
    if taken:
        return headers
    raise Problem(
        "too-many-requests",
        f"At most {allowance.requests} requests in {allowance.seconds} seconds for this "
        f"{allowance.policy}. Try again in {wait} seconds.",
        headers={**headers, "Retry-After": str(wait)},
    )
