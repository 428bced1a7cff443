"""Time as the carrier knows it: the machine's, or one that a simulation drives.

Everything in the carrier that asks for the time or lets it pass does so through one Clock. With
`VirtualClock` whole days pass in seconds: its event loop never waits, it moves its own clock to
the next thing that is due.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")


class Clock(Protocol):
    """What the carrier needs of time; all in seconds."""

    def now(self) -> float:
        """Return seconds since 1970 (UTC)."""

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""

    async def aside(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """Run work that blocks, such as writing a file, without holding up the rest."""


class RealClock:
    """The machine's own time."""

    def now(self) -> float:
        """Return seconds since 1970 (UTC)."""
        return time.time()

    def monotonic(self) -> float:
        """Return the machine's monotonic time."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        await asyncio.sleep(seconds)

    async def aside(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """Run the work in a thread."""
        return await asyncio.to_thread(work, *arguments)


class VirtualClock:
    """A clock that jumps: `start` is where it begins, in seconds since 1970.

    Only what runs under `run` lives in its time, `asyncio.sleep` and `asyncio.timeout` included.
    Nothing in it may leave the process: while one waits for a socket or a thread, time would jump.
    """

    def __init__(self, start: float) -> None:
        self._start = start
        self.elapsed = 0.0

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run the work to its end, in virtual time, and return its result."""
        with asyncio.Runner(loop_factory=lambda: _VirtualLoop(self)) as runner:
            return runner.run(work)

    def now(self) -> float:
        """Return the seconds since 1970 that it is in the simulation."""
        return self._start + self.elapsed

    def monotonic(self) -> float:
        """Return the seconds that have passed in the simulation."""
        return self.elapsed

    async def sleep(self, seconds: float) -> None:
        """Let the others go on until that much later."""
        await asyncio.sleep(seconds)

    async def aside(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """Run the work at once: it takes no time."""
        return work(*arguments)


class _VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that tells its virtual clock's time."""

    def __init__(self, clock: VirtualClock) -> None:
        # Set first: the loop asks for the time while it is being made.
        self._virtual_clock = clock
        super().__init__(_JumpingSelector(clock))
        # After a year a float holds no nanoseconds: what is due by this much counts as due.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._virtual_clock.elapsed


class _JumpingSelector(selectors.BaseSelector):
    """Where a loop would wait for something to become due, this one moves the clock there."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._real = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            # Nothing will ever become due: only another thread or a signal can go on from here.
            return self._real.select(None)
        events = self._real.select(0)
        if not events and timeout > 0:
            self._clock.elapsed += timeout
        return events

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def close(self) -> None:
        self._real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()
