"""Days: which are offered for another try, and whether somebody answers the telephone now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

_SUNDAY = 6
OFFERED = 3
_LOOK_AHEAD = 60


def next_days(after: date, quiet: Collection[str], count: int = OFFERED) -> tuple[date, ...]:
    """The next possible delivery days: no Sunday, and none of the company's quiet days.

    ``quiet`` are dates like 2026-12-24. Fewer than ``count`` where nearly two months are quiet.
    """
    ahead = (after + timedelta(days=n) for n in range(1, _LOOK_AHEAD))
    possible = (day for day in ahead if is_possible(day, quiet))
    return tuple(day for day, _ in zip(possible, range(count), strict=False))


def is_possible(day: date, quiet: Collection[str]) -> bool:
    """May a delivery be asked for on this day: no Sunday, and none of the company's quiet days?"""
    return day.weekday() != _SUNDAY and day.isoformat() not in quiet


def somebody_there(hours: str | None, now: datetime) -> bool:
    """Is ``now``, a local time, within hours like 09:00-17:00? Absent hours are all hours."""
    if not hours:
        return True
    start, _, end = hours.partition("-")
    try:
        return time.fromisoformat(start) <= now.time() < time.fromisoformat(end)
    except ValueError:
        return False
