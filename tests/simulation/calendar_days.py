"""Which days are simulated: many of them on or beside a change of the clocks, or a holiday."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tests.simulation.places import PLACES, Place

FIRST, LAST = date(2026, 1, 2), date(2034, 12, 1)
_DAY = timedelta(days=1)
_KINDS = ("change", "beside", "holiday", "any")
_SHARES = (35, 20, 20, 25)


@dataclass(frozen=True, slots=True)
class Day:
    """The local day of the vans at one place, and what is special about it."""

    anchor: Place
    day: date
    kind: str


def midnight(zone: str, day: date) -> datetime:
    """The beginning of a local day, in UTC."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


@lru_cache(maxsize=100_000)
def changes(zone: str, day: date) -> bool:
    """Do the clocks change there on that local day?"""
    offsets = {
        datetime.combine(each, time(), tzinfo=ZoneInfo(zone)).utcoffset()
        for each in (day, day + _DAY)
    }
    return len(offsets) > 1


def near_a_change(zone: str, day: date) -> bool:
    """Do the clocks change there on that local day, or on the one before or after it?"""
    return any(changes(zone, day + n * _DAY) for n in (-1, 0, 1))


def holidays_of_states(year: int) -> set[date]:
    """Days that are public holidays in Alabama, Louisiana and Mississippi, whatever else is."""
    fourth_thursday = _nth(year, 11, 3, 4)
    last_monday = max(day for day in _month(year, 5) if day.weekday() == 0)
    return {
        date(year, 1, 1),
        _nth(year, 1, 0, 3),
        last_monday,
        date(year, 7, 4),
        _nth(year, 9, 0, 1),
        date(year, 11, 11),
        fourth_thursday,
        date(year, 12, 25),
    }


def _month(year: int, month: int) -> Iterator[date]:
    day = date(year, month, 1)
    while day.month == month:
        yield day
        day += _DAY


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    return [day for day in _month(year, month) if day.weekday() == weekday][which - 1]


def first_day(dice: random.Random) -> date:
    """Where a chapter of days begins."""
    return FIRST + dice.randrange((LAST - FIRST).days) * _DAY


def next_day(after: date, dice: random.Random) -> Day:
    """Draw the next day to simulate, some days or months after the last one."""
    kind = dice.choices(_KINDS, _SHARES)[0]
    anchor = dice.choice(PLACES)
    if kind == "holiday":
        anchor = dice.choice([place for place in PLACES if not place.law.sundays_and_holidays])
        return Day(anchor, _next_closed(after + 3 * _DAY, dice), kind)
    if kind in ("change", "beside"):
        found = _next_change(anchor.zone, after + 3 * _DAY)
        while found is None:
            anchor = dice.choice(PLACES)
            found = _next_change(anchor.zone, after + 3 * _DAY)
        shift = dice.choice((-1, 1)) if kind == "beside" else 0
        return Day(anchor, found + shift * _DAY, kind)
    return Day(anchor, after + dice.randrange(2, 40) * _DAY, kind)


def _next_closed(since: date, dice: random.Random) -> date:
    """A Sunday, or the next holiday of the states that rest on those."""
    if dice.random() < 0.5:
        return since + timedelta(days=(6 - since.weekday()) % 7)
    days = sorted(holidays_of_states(since.year) | holidays_of_states(since.year + 1))
    return next(day for day in days if day >= since)


@lru_cache(maxsize=50_000)
def _next_change(zone: str, since: date) -> date | None:
    for ahead in range(400):
        if changes(zone, since + ahead * _DAY):
            return since + ahead * _DAY
    return None
