"""When a customer's wall clock shows certain hours, in UTC; right on the days clocks change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
"""From the first moment to the one after the last, in UTC."""
Hours = tuple[int, int]
"""Seconds since local midnight: the first is open, the second no longer is."""
OpenOn = Callable[[date], Hours | None]
"""The hours of a local day; None for a day that stays closed."""

DAY = 24 * 3600
FARTHEST = timedelta(days=45)
"""No opening is looked for beyond this."""
_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The zone of this name, looked up once."""
    return ZoneInfo(name)


@lru_cache(maxsize=8192)
def stretches(name: str, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The local day as spans of UTC, each with its one offset from UTC.

    Two where the clocks change within the day; none for a day that the zone left out altogether.
    """
    tz = zone(name)
    opens = datetime.combine(day, time(), tzinfo=UTC)
    closes = opens + timedelta(days=1)
    found = []
    begin = opens - 27 * _HOUR
    for start, end in _constant(tz, begin, closes + 27 * _HOUR):
        offset = _offset(tz, start)
        span = (max(start, opens - offset), min(end, closes - offset))
        if span[0] < span[1]:
            found.append((*span, offset))
    return tuple(found)


def _constant(tz: ZoneInfo, begin: datetime, end: datetime) -> list[Span]:
    """The spans between changes of the offset; changes lie an hour or more apart."""
    edges = [begin]
    at = begin
    while at < end:
        after = at + _HOUR
        if _offset(tz, at) != _offset(tz, after):
            low, high = at, after
            while high - low > _SECOND:
                middle = low + (high - low) / 2
                middle = middle.replace(microsecond=0)
                if _offset(tz, middle) == _offset(tz, low):
                    low = middle
                else:
                    high = middle
            edges.append(high)
        at = after
    edges.append(end)
    return list(pairwise(edges))


def _offset(tz: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(tz).utcoffset()
    if offset is None:  # pragma: no cover - a ZoneInfo always has one
        raise ValueError("a zone without an offset")
    return offset


@lru_cache(maxsize=16384)
def open_spans(name: str, day: date, hours: Hours) -> tuple[Span, ...]:
    """When the wall clock shows ``hours`` on this local day.

    An hour that the clocks show twice is open twice, one that they leave out not at all.
    """
    midnight = datetime.combine(day, time(), tzinfo=UTC)
    since, until = (midnight + timedelta(seconds=seconds) for seconds in hours)
    spans = (
        (max(start, since - offset), min(end, until - offset))
        for start, end, offset in stretches(name, day)
    )
    return tuple(span for span in spans if span[0] < span[1])


def next_open(
    at: datetime, zones: tuple[str, ...], open_on: OpenOn, until: datetime | None
) -> Span | None:
    """The first span at or after ``at`` that is open in all ``zones``, cut off at ``at``.

    None where there is none that begins before ``until`` or within FARTHEST. Its end is where the
    first zone closes; spans that touch (over midnight) are one.
    """
    farthest = at + FARTHEST
    if until is not None and until < farthest:
        farthest = until
    begin = at
    while begin < farthest:
        spans = []
        for name in zones:
            span = _from(begin, name, open_on, farthest)
            if span is None:
                return None
            spans.append(span)
        latest = max(span[0] for span in spans)
        if latest == begin:
            return begin, min(span[1] for span in spans)
        begin = latest
    return None


def _from(at: datetime, name: str, open_on: OpenOn, farthest: datetime) -> Span | None:
    """One zone's first open span that ends after ``at``, joined with those that touch it."""
    day = at.astimezone(zone(name)).date()
    last = farthest + timedelta(days=1)
    found: Span | None = None
    while True:
        hours = open_on(day)
        spans = open_spans(name, day, hours) if hours is not None else ()
        for start, end in spans:
            if end <= at:
                continue
            if found is None:
                found = (max(start, at), end)
            elif start == found[1]:
                found = (found[0], end)
            else:
                return found
        # Only hours that reach midnight can touch those of the next day.
        if found is not None and (hours is None or hours[1] < DAY or found[1] > last):
            return found
        day += timedelta(days=1)
        if found is None and datetime.combine(day, time(), tzinfo=UTC) > last:
            return None
