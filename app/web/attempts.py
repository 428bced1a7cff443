"""How often somebody may try a password: counted by account and by address, in Redis.

An account has so many attempts in any stretch of time; a log-in that works begins anew, and so does
a password set by a link, by which who was shut out by others gets in again. An address has as many
that fail, so that a whole depot may log in behind one; a link that is used there opens it again.
Both are counted for what does not exist as well. Where Redis is out of reach each process counts
for itself.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import time

from flask import current_app
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.strategies import MovingWindowRateLimiter, RateLimiter

from app.web.counting import Counting

_HOUSEHOLD = 64
"""Bits of an IPv6 address that one subscriber has at least (RFC 6177)."""


class Attempts:
    """Counts attempts over a moving window. One for each process."""

    def __init__(self, redis_url: str, allowance: tuple[int, int], key: bytes) -> None:
        self._counting = Counting(redis_url, MovingWindowRateLimiter)
        self._item = RateLimitItemPerSecond(*allowance, namespace="attempts")
        self._key = key

    def wait(self, address: str, *account: str) -> int:
        """Seconds until the next attempt is let through; 0 where this one is, and was counted."""
        where, who = self._place(address), self._named("account", *account)
        return self._counting.ask(lambda limiter: self._wait(limiter, where, who))

    def failed(self, address: str) -> None:
        """The attempt did not work: that counts against where it came from."""
        where = self._place(address)
        self._counting.ask(lambda limiter: limiter.hit(self._item, *where))

    def worked(self, *account: str) -> None:
        """The attempt worked: earlier ones of this account are forgotten."""
        who = self._named("account", *account)
        self._counting.ask(lambda limiter: limiter.clear(self._item, *who))

    def forget(self, address: str) -> None:
        """Who is there has proven otherwise that they may come in: the place begins anew."""
        where = self._place(address)
        self._counting.ask(lambda limiter: limiter.clear(self._item, *where))

    def _wait(self, limiter: RateLimiter, where: tuple[str, ...], who: tuple[str, ...]) -> int:
        item: RateLimitItem = self._item
        if not limiter.test(item, *where):
            return _seconds(limiter, item, where)
        return 0 if limiter.hit(item, *who) else _seconds(limiter, item, who)

    def _place(self, address: str) -> tuple[str, str]:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return self._named("address", address)
        if isinstance(parsed, ipaddress.IPv6Address):
            parsed = parsed.ipv4_mapped or parsed
        if parsed.version == 6:
            net = ipaddress.ip_network(f"{parsed}/{_HOUSEHOLD}", strict=False)
            return self._named("address", str(net))
        return self._named("address", str(parsed))

    def _named(self, kind: str, *parts: str) -> tuple[str, str]:
        """A name for Redis that tells nobody who or where it is."""
        text = "\0".join(part.strip().lower() for part in parts).encode("utf-8", "replace")
        return kind, hmac.new(self._key, text, hashlib.sha256).hexdigest()[:32]


def attempts_here() -> Attempts:
    """The counter of the application that serves this request."""
    found: Attempts = current_app.extensions["delauto.attempts"]
    return found


def _seconds(limiter: RateLimiter, item: RateLimitItem, name: tuple[str, ...]) -> int:
    return max(1, math.ceil(limiter.get_window_stats(item, *name).reset_time - time.time()))
