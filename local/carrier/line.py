"""The open line of one call: its clock, and everything that may interrupt it.

The clock counts call time. Waiting takes that long divided by the carrier's speed; requests to the
product take the time they take and count for that.
"""

from __future__ import annotations

import asyncio
import math

from local.carrier.clock import Clock
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

    def __init__(self, clock: Clock, speed: float) -> None:
        self.elapsed = 0.0
        self._clock = clock
        self._speed = speed
        self._hang_up_at = math.inf
        self._order: Ordered | Redirected | None = None
        self._waiting: asyncio.Future[None] | None = None

    def hang_up_in(self, seconds: float) -> None:
        """Let the other side hang up that many call seconds from now, or earlier if it would."""
        self._hang_up_at = min(self._hang_up_at, self.elapsed + seconds)

    def order(self, order: Ordered | Redirected) -> None:
        """Interrupt whatever happens on the line. An end is never replaced by a redirect."""
        if not isinstance(self._order, Ordered):
            self._order = order
            if self._waiting is not None and not self._waiting.done():
                self._waiting.set_result(None)

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
            raise order
        if self.elapsed >= self._hang_up_at - 1e-6:
            raise HungUp

    async def _pass_time(self, seconds: float) -> None:
        started = self._clock.monotonic()
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        alarm = loop.call_later(seconds / self._speed, _over, self._waiting)
        try:
            await self._waiting
        finally:
            alarm.cancel()
            self._waiting = None
        if self._order is None:
            self.elapsed += seconds
        else:
            passed = (self._clock.monotonic() - started) * self._speed
            self.elapsed += min(seconds, passed)


def _over(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
