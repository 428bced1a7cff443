"""Days by a company's clock, where clocks change at midnight, by half an hour, or by a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models import database
from app.pipeline.analytics import Span, SpanError
from app.pipeline.analytics.span import local_day, local_hour

ODD = (
    "America/New_York",
    "Africa/Cairo",  # forward at midnight
    "America/Havana",  # back to midnight: there are two
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Apia",  # left out a whole day in 2011
    "America/Caracas",  # moved by half an hour for good
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "UTC",
)
days = st.dates(date(2005, 1, 1), date(2037, 12, 1))


@pytest.mark.parametrize(
    ("first", "last", "zone", "says"),
    [
        (date(2026, 3, 2), date(2026, 3, 1), "UTC", "before the first"),
        (date(2025, 1, 1), date(2026, 3, 1), "UTC", "425 days are too many: ask for 400"),
        (date(1999, 12, 31), date(2000, 1, 1), "UTC", "of this century"),
        (date.max - timedelta(days=1), date.max, "UTC", "of this century"),
        (date(2026, 3, 1), date(2026, 3, 1), "Mars/Olympus", "like Europe/London"),
        (date(2026, 3, 1), date(2026, 3, 1), "", "like Europe/London"),
        (date(2026, 3, 1), date(2026, 3, 1), "../../etc/passwd", "like Europe/London"),
        (date(2026, 3, 1), date(2026, 3, 1), "America", "like Europe/London"),
        (date(2026, 3, 1), date(2026, 3, 1), "a\0b", "like Europe/London"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused(first, last, zone, says) -> None:
    with pytest.raises(SpanError, match=says):
        Span(first, last, zone)


@given(day=days, length=st.integers(0, 60), zone=st.sampled_from(ODD))
def test_every_moment_of_a_range_is_on_one_of_its_days(day, length, zone) -> None:
    span = Span(day, day + timedelta(days=length), zone)
    assert span.start.astimezone(ZoneInfo(zone)).date() >= day
    before = span.start - timedelta(seconds=1)
    assert before.astimezone(ZoneInfo(zone)).date() < day
    last = span.end - timedelta(seconds=1)
    assert last.astimezone(ZoneInfo(zone)).date() <= span.last
    assert span.end.astimezone(ZoneInfo(zone)).date() > span.last


@pytest.mark.parametrize("zone", ODD)
@pytest.mark.parametrize("first", [date(2011, 12, 1), date(2025, 10, 20), date(2026, 3, 1)])
def test_mongodb_reads_the_same_days_and_hours_off_the_clock(settings, zone, first) -> None:
    span = Span(first, first + timedelta(days=45), zone)
    moments = [
        span.start + timedelta(minutes=10 * n)
        for n in range(int((span.end - span.start) / timedelta(minutes=10)))
    ]
    changes = [at for at, _ in span._offsets(timedelta(0))]
    moments += [at + timedelta(seconds=s) for at in changes for s in (-1, 0, 1)]
    moments = [each for each in moments if span.start <= each < span.end]
    collection = database().moments
    collection.insert_many([{"_id": n, "at": at} for n, at in enumerate(moments)])
    shown = span.local("$at")
    project = {"day": local_day(shown), "hour": local_hour(shown)}
    rows = list(collection.aggregate([{"$project": project}, {"$sort": {"_id": 1}}]))
    collection.drop()
    expected = [at.astimezone(ZoneInfo(zone)) for at in moments]
    assert [(row["day"], row["hour"]) for row in rows] == [
        (str(each.date()), each.hour) for each in expected
    ]


def test_a_day_on_which_clocks_change_is_longer_or_shorter() -> None:
    def hours(day: date) -> float:
        span = Span(day, day, "Europe/London")
        return (span.end - span.start) / timedelta(hours=1)

    assert [hours(date(2026, 3, day)) for day in (28, 29, 30)] == [24, 23, 24]
    assert [hours(date(2026, 10, day)) for day in (24, 25, 26)] == [24, 25, 24]
    assert Span(date(2026, 3, 29), date(2026, 3, 29), "Europe/London").start == datetime(
        2026, 3, 29, tzinfo=UTC
    )
