"""A range of days by a company's clock, and how MongoDB learns what its clock said.

MongoDB has time zones of its own, as old as its version; ours come with the product. So that both
never disagree, MongoDB is only told how far the clock was ahead of UTC, and since when.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.errors import PermanentError
from app.saying import Saying

MOST_DAYS = 400
MOST_MILLISECONDS = 15_000
"""How long MongoDB may count for one figure; the connection would wait five seconds more."""
_HOUR = timedelta(hours=1)
_WEEK = timedelta(days=6)
"""From its first day to its last."""


class SpanError(PermanentError):
    """The range of days cannot be answered for; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days from ``first`` to ``last``, both included, by the clock of a time zone."""

    first: date
    last: date
    time_zone: str

    def __post_init__(self) -> None:
        """Raises SpanError for a range that is empty, too long, or of no known zone."""
        if self.last < self.first:
            raise SpanError(
                Saying(
                    "the last day, %(last)s, lies before the first, %(first)s",
                    last=self.last,
                    first=self.first,
                )
            )
        if len(self) > MOST_DAYS:
            raise SpanError(
                Saying(
                    "%(count)s days are too many: ask for %(most)s at most",
                    count=len(self),
                    most=MOST_DAYS,
                )
            )
        if not 2000 <= self.first.year <= self.last.year < 2100:
            raise SpanError(Saying("days must be of this century"))
        _zone(self.time_zone)

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def days(self) -> Iterator[date]:
        """Every day, the first first."""
        return (self.first + timedelta(days=n) for n in range(len(self)))

    @property
    def start(self) -> datetime:
        """When the first day begins, in UTC."""
        return self._midnight(self.first)

    @property
    def end(self) -> datetime:
        """When the last day is over, in UTC: the first moment that does not belong."""
        return self._midnight(self.last + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        # A midnight that there is twice is taken the first time; one that is left out by a change
        # of clocks is the moment of the change.
        return datetime.combine(day, time(0), ZoneInfo(self.time_zone)).astimezone(UTC)

    def local(self, field: str, beyond: timedelta = timedelta(0)) -> dict[str, Any]:
        """A MongoDB expression: the local time that a clock showed at a field's moment.

        ``beyond`` is how far after the last day the moment may lie.
        """
        (_, ahead), *changes = self._offsets(beyond)
        chosen: Any = _milliseconds(ahead)
        for since, later in changes:
            chosen = {"$cond": [{"$gte": [field, since]}, _milliseconds(later), chosen]}
        return {"$add": [field, chosen]}

    def _offsets(self, beyond: timedelta) -> list[tuple[datetime, timedelta]]:
        """How far the clock was ahead of UTC, from which moment on."""
        found = [(self.start, self._ahead(self.start))]
        moment = self.start
        while moment < self.end + beyond:
            following = moment + _HOUR
            if self._ahead(following) != found[-1][1]:
                found.append(self._change(moment, following))
            moment = following
        return found

    def _change(self, before: datetime, after: datetime) -> tuple[datetime, timedelta]:
        """The first second within an hour at which the clock is ahead as it is at its end."""
        ahead = self._ahead(after)
        while after - before > timedelta(seconds=1):
            middle = before + timedelta(seconds=(after - before).seconds // 2)
            before, after = (before, middle) if self._ahead(middle) == ahead else (middle, after)
        return after, ahead

    def _ahead(self, moment: datetime) -> timedelta:
        return moment.astimezone(ZoneInfo(self.time_zone)).utcoffset() or timedelta(0)


def span_of(first: date | None, last: date | None, time_zone: str, *, now: datetime) -> Span:
    """The days asked for; where one end is left out, a week; where both are, the last full one.

    Weeks begin on Monday. Raises SpanError.
    """
    today = now.astimezone(_zone(time_zone)).date()
    try:
        if first is None:
            first = last - _WEEK if last else today - timedelta(days=today.weekday() + 7)
        return Span(first, last or first + _WEEK, time_zone)
    except OverflowError:
        raise SpanError(Saying("days must be of this century")) from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SpanError(Saying("the time zone must be one like Europe/London")) from None


def _milliseconds(ahead: timedelta) -> int:
    return int(ahead.total_seconds() * 1000)


def local_day(shown: Any) -> dict[str, Any]:
    """A MongoDB expression: the day of a local time, as 2026-03-10."""
    return {"$dateToString": {"date": shown, "format": "%Y-%m-%d", "timezone": "UTC"}}


def local_hour(shown: Any) -> dict[str, Any]:
    """A MongoDB expression: the hour of a local time, 0 to 23."""
    return {"$hour": {"date": shown, "timezone": "UTC"}}
