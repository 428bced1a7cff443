"""A day in the company's time zone, as the pages of planning name it in their addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.web.words import day_of, zone_here

_YEARS = (2001, 2098)


@dataclass(frozen=True, slots=True)
class Day:
    """One day."""

    date: date
    zone: str

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.date, time.min, ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The first moment of the next."""
        return self.other(1).start

    @property
    def label(self) -> str:
        """As the reader writes it."""
        # Noon: some zones have no midnight on the day on which their summer begins.
        return day_of(datetime.combine(self.date, time(12), ZoneInfo(self.zone)), self.zone)

    @property
    def today(self) -> bool:
        """Is it today there?"""
        return self.date == datetime.now(ZoneInfo(self.zone)).date()

    @property
    def before(self) -> Day:
        """The day before."""
        return self.other(-1)

    @property
    def after(self) -> Day:
        """The day after."""
        return self.other(1)

    def other(self, days: int) -> Day:
        """So many days later."""
        return Day(self.date + timedelta(days=days), self.zone)

    def __str__(self) -> str:
        return self.date.isoformat()

    @property
    def range(self) -> dict[str, Any]:
        """For operations that ask for a range."""
        return {"scheduled_from": rfc(self.start), "scheduled_before": rfc(self.end)}


def day_given(given: str | None) -> Day:
    """The day that an address or a form names; today where it names none."""
    zone = zone_here()
    try:
        found = date.fromisoformat(given or "")
    except ValueError:
        found = datetime.now(ZoneInfo(zone)).date()
    if not _YEARS[0] <= found.year <= _YEARS[1]:
        found = datetime.now(ZoneInfo(zone)).date()
    return Day(found, zone)


def moment_given(day: str, clock: str) -> datetime | None:
    """What two fields of a form say, by the company's clock; None where they say no moment."""
    try:
        local = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock))
    except ValueError:
        return None
    if local.tzinfo is not None or not _YEARS[0] <= local.year <= _YEARS[1]:
        return None
    return local.replace(tzinfo=ZoneInfo(zone_here())).astimezone(UTC)


def rfc(moment: datetime) -> str:
    """As the API takes it."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
