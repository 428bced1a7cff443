"""The nearest driver who has room, is not elsewhere in the window, and is not almost full.

Again and again the stop and the driver who are nearest to each other are put together. A driver is
as near as the nearest of all places where they are or come to anyway, so that the stops of one lie
together. It knows no roads, and no order of stops: a routing engine does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from heapq import heappop, heappush

from app.rules.suggestion import Driver, Given, Left, Stop, Suggestion, WhyLeft
from app.rules.suggestion.distance import Place, beyond, metres

SPEED = 25_000 / 3600
"""Metres a second, as the crow flies, in a town."""
WHO_IS_FULL = 10_000.0
"""By so many metres somebody counts as farther away when they are almost full; by half of them when
half full. It spreads the work, and gives nobody a stop at the other end of the country."""
WHO_IS_NOWHERE = 3_000.0
"""As so far away counts who has no stop yet and is nobody knows where: they begin where nobody
else is near."""
_FAR = float("inf")


@dataclass(slots=True)
class _Van:
    """A driver while stops are being found for them."""

    driver: Driver
    has: list[Stop]
    to_find: Mapping[str, Stop]
    """The stops that are still to be found somebody for, with a place."""
    near: dict[str, float] = field(default_factory=dict)
    """How far each of them is from the nearest of the driver's places, in metres."""
    refused: set[str] = field(default_factory=set)
    _queue: list[tuple[float, str]] = field(default_factory=list)
    """The nearest first; with entries that are out of date."""

    @property
    def nowhere(self) -> bool:
        """Is no place known where they are or come to?"""
        return self.driver.place is None and not any(stop.place for stop in self.has)

    @property
    def penalty(self) -> float:
        """What their load adds to each distance, in metres."""
        return WHO_IS_FULL * len(self.has) / max(1, self.driver.room)

    def comes_to(self, place: Place) -> None:
        """They will be there: that may be nearer to some stops."""
        for stop in self.to_find.values():
            known = self.near.get(stop.id, _FAR)
            if stop.place is None or stop.id in self.refused or beyond(place, stop.place, known):
                continue
            there = metres(place, stop.place)
            if there < known:
                self.near[stop.id] = there
                heappush(self._queue, (there, stop.id))

    def cost(self) -> float:
        """Of their next stop, in metres; infinite where there is none for them."""
        if len(self.has) >= self.driver.room:
            return _FAR
        if self.nowhere:
            return WHO_IS_NOWHERE + self.penalty if self._may_have() else _FAR
        while self._queue and self._is_gone(*self._queue[0]):
            heappop(self._queue)
        return self._queue[0][0] + self.penalty if self._queue else _FAR

    def next(self, vans: Iterable[_Van]) -> Stop:
        """The stop to try: the nearest, or for who is nowhere the farthest from all others."""
        if not self.nowhere:
            return self.to_find[self._queue[0][1]]
        far = {each.id: _to_anybody(vans, each) for each in self._may_have()}
        return self.to_find[max(far, key=lambda each: (far[each], each))]

    def can(self, stop: Stop) -> bool:
        """Could they be there in its window, beside each of their other stops?"""
        return all(_reach(stop, other) or _reach(other, stop) for other in self.has)

    def _may_have(self) -> list[Stop]:
        return [stop for stop in self.to_find.values() if stop.id not in self.refused]

    def _is_gone(self, there: float, stop_id: str) -> bool:
        out = stop_id not in self.to_find or stop_id in self.refused
        return out or there > self.near[stop_id]


class Nearest:
    """Suggests the nearest with room; see the module."""

    def suggest(self, stops: Sequence[Stop], drivers: Sequence[Driver]) -> Suggestion:
        """Who could take which of these stops. The same for the same stops and drivers."""
        left = [Left(stop.id, WhyLeft.NOWHERE) for stop in stops if stop.place is None]
        to_find = {stop.id: stop for stop in stops if stop.place is not None}
        vans = [_Van(driver, list(driver.has), to_find) for driver in drivers]
        for each in vans:
            for place in (each.driver.place, *(stop.place for stop in each.has)):
                if place is not None:
                    each.comes_to(place)
        given = []
        while vans and (van := min(vans, key=_Van.cost)).cost() < _FAR:
            if found := _taken(van, van.next(vans)):
                del to_find[found.stop_id]
                given.append(found)
                if place := van.has[-1].place:
                    van.comes_to(place)
        left += [Left(each, _why(each, vans)) for each in to_find]
        return Suggestion(tuple(given), tuple(left))


def _taken(van: _Van, stop: Stop) -> Given | None:
    """The stop as this van's; None where they cannot, and will not be tried for it again."""
    if not van.can(stop):
        # What somebody has only grows: what they cannot now they never will.
        van.refused.add(stop.id)
        return None
    near = None if van.nowhere else round(van.near[stop.id], 1)
    van.has.append(stop)
    return Given(stop.id, van.driver.id, near)


def _to_anybody(vans: Iterable[_Van], stop: Stop) -> float:
    near = min(van.near.get(stop.id, _FAR) for van in vans)
    return 0.0 if near == _FAR else near


def _reach(first: Stop, then: Stop) -> bool:
    """Begun as early as it may be, can the one be left in time for the other's end?"""
    way = metres(first.place, then.place) / SPEED if first.place and then.place else 0.0
    return first.start + timedelta(minutes=first.minutes, seconds=way) <= then.end


def _why(stop_id: str, vans: Sequence[_Van]) -> WhyLeft:
    if not vans:
        return WhyLeft.NOBODY
    return WhyLeft.TIMES if any(stop_id in van.refused for van in vans) else WhyLeft.FULL
