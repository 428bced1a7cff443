"""One time for everybody in the process: the carrier's virtual clock moves the product's too."""

from __future__ import annotations

from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import time_machine

from local.carrier.clock import VirtualClock


class MovingTime(VirtualClock):
    """A virtual clock by which `datetime.now` and `time.time` go, too.

    Within one step of the event loop time stands still: what the product does takes none. A
    context manager; at its end the present is back.
    """

    def __init__(self, start: datetime) -> None:
        self._elapsed = 0.0
        self._travel = time_machine.travel(start, tick=False)
        self._everybody: time_machine.Coordinates | None = None
        super().__init__(start.timestamp())

    def __enter__(self) -> Self:
        self._everybody = self._travel.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._travel.stop()
        self._everybody = None

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._elapsed

    @elapsed.setter
    def elapsed(self, seconds: float) -> None:
        self._elapsed = seconds
        if self._everybody is not None:
            self._everybody.move_to(self.now(), tick=False)

    @property
    def moment(self) -> datetime:
        """What time it is, in UTC, to the microsecond as everybody reads it."""
        return datetime.now(UTC) if self._everybody else datetime.fromtimestamp(self.now(), UTC)

    async def until(self, moment: datetime) -> None:
        """Let the others go on until then; at once where it is past."""
        await self.sleep(max(0.0, moment.timestamp() - self.now()))
