"""Times as people write them in tables: most of them by the clock of a place, without an offset."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.saying import Saying

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_WITH_DOTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
"""Whoever writes dots has the day first; with slashes nobody knows whether it is the month."""
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


class OddTimeError(ValueError):
    """A clock never shows this time, or shows it twice; the message says what to write."""

    def __init__(self, says: Callable[[str], Saying]) -> None:
        super().__init__(says("it"))
        self.of = says
        """The message about a time of this name."""


def day_of(text: str) -> date | None:
    """The day in 2026-11-24 or 24.11.2026; None for anything else."""
    if found := _DAY.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY_WITH_DOTS.fullmatch(text):
        day, month, year = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def clock_of(text: str) -> time | None:
    """The time of day in 9:30, 14:30 or 14:30:00; None for anything else."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    try:
        hour, minute, second = (int(part or 0) for part in found.groups())
        return time(hour, minute, second)
    except ValueError:
        return None


def moment_of(text: str) -> datetime | None:
    """A day and a time of day, with an offset where the text has one (ISO 8601); else None.

    A day alone is none: midnight would be a guess.
    """
    day, _, clock = text.replace("T", " ", 1).partition(" ")
    local, hour = day_of(day), clock_of(clock.strip())
    if local is not None and hour is not None:
        return datetime.combine(local, hour)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def at(local: datetime, zone: str) -> datetime:
    """When the clocks of this zone show this. Raises OddTimeError for never, and for twice."""
    here = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=here, fold=fold) for fold in (0, 1))
    shown = first.astimezone(UTC).astimezone(here)
    if shown.replace(tzinfo=None) != local:
        meant = shown.isoformat(timespec="minutes")
        raise OddTimeError(
            lambda name: Saying(
                "%(name)s: %(local)s does not exist in %(zone)s, where clocks go forward then: "
                "write %(one)s if that is meant",
                name=name,
                local=f"{local:%Y-%m-%d %H:%M}",
                zone=zone,
                one=meant,
            )
        )
    if first.utcoffset() != second.utcoffset():
        one, other = (each.isoformat(timespec="minutes") for each in (first, second))
        raise OddTimeError(
            lambda name: Saying(
                "%(name)s: %(local)s comes twice in %(zone)s, where clocks go back then: "
                "write %(one)s or %(other)s",
                name=name,
                local=f"{local:%Y-%m-%d %H:%M}",
                zone=zone,
                one=one,
                other=other,
            )
        )
    return first
