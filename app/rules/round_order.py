"""The order of a driver's round: by the day, the number within it, and the time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

Key = tuple[date, int, bool, datetime]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stop stands."""

    day: date
    """By the clock of the place: numbers begin anew each day."""
    time: datetime
    number: int | None = None
    """In the order of the day; None for one that came later, as from another driver."""


def key(place: Place, others: Iterable[Place]) -> Key:
    """By which the stops of a round are sorted; ``others`` are those of the round.

    One without a number stands by its time: behind the last numbered one of its day that does not
    come later.
    """
    if place.number is not None:
        return place.day, place.number, False, place.time
    before = [
        each.number
        for each in others
        if each.number is not None and each.day == place.day and each.time <= place.time
    ]
    return place.day, max(before, default=0), True, place.time
