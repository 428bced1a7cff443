"""Together: requests that wait for the same thing share one trip for it.

MongoDB makes a write durable for all that came with it in about the time that one takes, and the
most of a small request's cost, here and there, is the trip. So whoever comes while nobody is on
the way sets out at once, alone. Whoever comes meanwhile waits, and the next trip is for all of
them: no request is held back to see whether others come, and the busier it is, the more share one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from pymongo.errors import NetworkTimeout

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Place(Generic[Item, Result]):
    """One waiting request's place in a trip."""

    __slots__ = ("error", "item", "leads", "result", "woken")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.leads = False
        self.woken = threading.Lock()
        self.woken.acquire()
        self.result: Result
        self.error: BaseException | None = NetworkTimeout("the trip that was shared never ended")


class Together(Generic[Item, Result]):
    """Does for many at once what each of them asks for.

    ``do`` gets the items of a trip and returns their results in the same order, or raises what
    all of them are to hear. It runs in the thread of one of those who ask, within its limits.
    """

    def __init__(self, do: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        self._do = do
        self._lock = threading.Lock()
        self._under_way = False
        self._waiting: list[_Place[Item, Result]] = []

    def ask(self, item: Item, *, seconds: float) -> Result:
        """The result for one item, after at most so many seconds of waiting for others.

        Raises what ``do`` raised, or NetworkTimeout; then it may have been done all the same.
        """
        place: _Place[Item, Result] = _Place(item)
        with self._lock:
            if self._under_way:
                self._waiting.append(place)
            else:
                self._under_way = place.leads = True
        if not place.leads and not place.woken.acquire(timeout=seconds):
            self._leave(place)
        if place.leads:
            self._lead(place)
        if place.error is not None:
            raise place.error
        return place.result

    def _leave(self, place: _Place[Item, Result]) -> None:
        with self._lock:
            if place in self._waiting:
                self._waiting.remove(place)

    def _lead(self, leader: _Place[Item, Result]) -> None:
        with self._lock:
            places = [leader, *self._waiting]
            self._waiting = []
        try:
            results = self._do([place.item for place in places])
            for place, result in zip(places, results, strict=True):
                place.result, place.error = result, None
        except Exception as error:  # noqa: BLE001 - each who asked raises it
            for place in places:
                place.error = error
        finally:
            self._hand_on()
            for place in places[1:]:
                place.woken.release()

    def _hand_on(self) -> None:
        """The last who came leads the next: of all who wait, it has the most time left."""
        with self._lock:
            if not self._waiting:
                self._under_way = False
                return
            following = self._waiting.pop()
            following.leads = True
        following.woken.release()
