"""Times as people write them, and the hours that clocks skip or show twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import local_times
from app.rules.local_times import OddTimeError

NOON = datetime.fromisoformat("2026-11-24T12:05")
ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC")


@pytest.mark.parametrize(
    "text",
    ["2026-11-24 12:05", "2026-11-24T12:05", "2026-11-24 12:05:00", "24.11.2026 12:05",
     "2026-11-24  12:05"],
)  # fmt: skip
def test_a_day_and_a_time_make_a_local_moment(text) -> None:
    assert local_times.moment_of(text) == NOON


def test_an_offset_is_kept() -> None:
    for text in ("2026-11-24T12:05-05:00", "2026-11-24 12:05-05:00", "2026-11-24T17:05Z"):
        found = local_times.moment_of(text)
        assert found == datetime(2026, 11, 24, 17, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-11-24", "12:05", "tomorrow", "", "11/24/2026 12:05", "24/11/2026 12:05",
     "2026-02-30 1:00", "2026-11-24 25:00", "2026-11-24 12:60", "2026-11-24 12",
     "31.02.2026 12:05", "46350.5"],
)  # fmt: skip
def test_what_says_no_moment_or_could_be_two_is_none(text) -> None:
    assert local_times.moment_of(text) is None


def test_days_and_times_of_day_are_read_by_themselves() -> None:
    assert (
        local_times.day_of("2026-11-24") == local_times.day_of("24.11.2026") == date(2026, 11, 24)
    )
    assert local_times.day_of("11/24/2026") is None
    assert local_times.clock_of("9:30") == local_times.clock_of("09:30:00") == time(9, 30)
    assert local_times.clock_of("24:00") is None


def test_an_hour_that_is_skipped_is_refused_with_what_may_be_meant() -> None:
    with pytest.raises(OddTimeError) as raised:
        local_times.at(datetime.fromisoformat("2027-03-14T02:30"), "America/New_York")
    assert "2027-03-14 02:30 does not exist in America/New_York" in str(raised.value)
    assert "write 2027-03-14T03:30-04:00" in str(raised.value)


def test_an_hour_that_comes_twice_is_refused_with_both() -> None:
    with pytest.raises(OddTimeError) as raised:
        local_times.at(datetime.fromisoformat("2026-10-25T01:30"), "Europe/London")
    assert "write 2026-10-25T01:30+01:00 or 2026-10-25T01:30+00:00" in str(raised.value)


@given(
    st.builds(
        datetime.combine,
        st.dates(date(2001, 1, 1), date(2097, 12, 31)),
        st.builds(time, st.integers(0, 23), st.sampled_from((0, 30))),
    ),
    st.sampled_from(ZONES),
)
def test_a_moment_is_shown_by_the_clock_as_it_was_written_or_refused(local, zone) -> None:
    here = ZoneInfo(zone)
    shown_at = [
        moment
        for minutes in range(-26 * 60, 27 * 60, 30)
        if (
            moment := local.replace(tzinfo=UTC) + timedelta(minutes=minutes)
        ).astimezone(here).replace(tzinfo=None) == local
    ]  # fmt: skip
    try:
        found = local_times.at(local, zone)
    except OddTimeError:
        assert len(shown_at) != 1
    else:
        assert shown_at == [found]
