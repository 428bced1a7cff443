"""How many requests somebody may make: counted in Redis, told in every answer.

The headers are those of the IETF's draft-ietf-httpapi-ratelimit-headers-10 (``RateLimit-Policy``
and ``RateLimit``), and ``Retry-After`` (RFC 9110). Where Redis is out of reach each process counts
for itself, so that requests go on and a flood is still bounded.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.strategies import RateLimiter, SlidingWindowCounterRateLimiter

from app.saying import Saying
from app.web.api.problems import Problem
from app.web.counting import Counting


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
        self._counting = Counting(redis_url, SlidingWindowCounterRateLimiter)

    def take(self, allowance: Allowance) -> dict[str, str]:
        """Count one request; returns the headers that tell what is left.

        Raises Problem ``too-many-requests`` where nothing was left.
        """
        taken, left, wait = self._counting.ask(lambda limiter: _counted(limiter, allowance))
        of = f"q={allowance.requests};w={allowance.seconds}"
        headers = {
            "RateLimit-Policy": f'"{allowance.policy}";{of}',
            "RateLimit": f'"{allowance.policy}";r={left};t={wait}',
        }
        if taken:
            return headers
        raise Problem(
            "too-many-requests",
            Saying(
                "At most %(requests)s requests in %(seconds)s seconds for this "
                "%(policy)s. Try again in %(wait)s seconds.",
                requests=allowance.requests,
                seconds=allowance.seconds,
                policy=allowance.policy,
                wait=wait,
            ),
            headers={**headers, "Retry-After": str(wait)},
        )


def _counted(limiter: RateLimiter, allowance: Allowance) -> tuple[bool, int, int]:
    """Is there room for one more; how many are left then, and for how many seconds."""
    item = RateLimitItemPerSecond(allowance.requests, allowance.seconds, namespace="api")
    name = (allowance.policy, allowance.who)
    taken = limiter.hit(item, *name)
    window = limiter.get_window_stats(item, *name)
    wait = max(1, math.ceil(window.reset_time - time.time()))
    return taken, max(0, window.remaining) if taken else 0, wait
