"""The open line of one call: its clock, and everything that may interrupt it.

The clock counts call time. Waiting takes that long divided by the carrier's speed; requests to the
product take the real time they take and count for that.
"""

from __future__ import annotations

import asyncio
import math
import time

from local.carrier.records import Target


class HungUp(Exception):  # noqa: N818 an event, not an error
    """The other side ended the call."""


class Ordered(Exception):  # noqa: N818 an event, not an error
    """The REST API ended the call, or cancelled it before it was answered."""


class Redirected(Exception):  # noqa: N818 an event, not an error
    """The REST API gave the call another document: an address, or the TwiML itself."""

    def __init__(self, target: Target | None, twiml: str | None) -> None:
        super().__init__("redirected by the REST API")
        self.target = target
        self.twiml = twiml


class Line:
    """One telephone line. `elapsed` is call seconds since it was opened."""

    def __init__(self, speed: float) -> None:
        self.elapsed = 0.0
        self._speed = speed
        self._hang_up_at = math.inf
        self._order: Ordered | Redirected | None = None
        self._ordered = asyncio.Event()

    def hang_up_in(self, seconds: float) -> None:
        """Let the other side hang up that many call seconds from now, or earlier if it would."""
        self._hang_up_at = min(self._hang_up_at, self.elapsed + seconds)

    def order(self, order: Ordered | Redirected) -> None:
        """Interrupt whatever happens on the line. An end is never replaced by a redirect."""
        if not isinstance(self._order, Ordered):
            self._order = order
            self._ordered.set()

    async def wait(self, seconds: float) -> None:
        """Let call time pass; raises HungUp, Ordered or Redirected at the moment it happens."""
        self.check()
        await self._pass_time(max(0.0, min(seconds, self._hang_up_at - self.elapsed)))
        self.check()

    def spent(self, real_seconds: float) -> None:
        """Count time the line was held while the product answered."""
        self.elapsed += real_seconds

    def check(self) -> None:
        """Raise what interrupted the line, if anything did."""
        if self._order is not None:
            order, self._order = self._order, None
            self._ordered.clear()
            raise order
        if self.elapsed >= self._hang_up_at - 1e-6:
            raise HungUp

    async def _pass_time(self, seconds: float) -> None:
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds / self._speed):
                await self._ordered.wait()
        except TimeoutError:
            self.elapsed += seconds
        else:
            self.elapsed += min(seconds, (time.monotonic() - started) * self._speed)
