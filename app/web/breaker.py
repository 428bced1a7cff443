"""A breaker: what just failed to answer is not asked again by everybody at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Whether something out of reach may be asked, for one process and all its threads.

    After ``most`` failures in a row nobody asks for ``rest`` seconds; then one asks each ``rest``
    seconds, until one is answered.
    """

    def __init__(
        self, *, rest: float, most: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rest = rest
        self._most = most
        self._clock = clock
        self._failures = 0
        self._not_before = 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """May it be asked now? Whoever hears yes asks, and tells how it went."""
        with self._lock:
            if self._failures < self._most:
                return True
            if self._clock() < self._not_before:
                return False
            self._not_before = self._clock() + self._rest
            return True

    def failed(self) -> None:
        """It did not answer."""
        with self._lock:
            self._failures += 1
            self._not_before = self._clock() + self._rest

    def worked(self) -> None:
        """It answered, whatever it said."""
        self._failures = 0
