"""Calling hours: the clock on the customer's wall decides."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.calling_hours import judge

WINDOW = (time(8), time(21))


def at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("local", "zone", "allowed", "opens"),
    [
        ("2026-03-10T08:00", "Europe/London", True, None),
        ("2026-03-10T07:59", "Europe/London", False, "2026-03-10T08:00"),
        ("2026-03-10T20:59", "Europe/London", True, None),
        ("2026-03-10T21:00", "Europe/London", False, "2026-03-11T08:00"),
        ("2026-03-10T23:30", "America/New_York", False, "2026-03-11T08:00"),
        ("2026-03-10T03:00", "Asia/Kolkata", False, "2026-03-10T08:00"),
        # The night the clocks go forward, and the night they go back.
        ("2026-03-07T22:00", "America/New_York", False, "2026-03-08T08:00"),
        ("2026-10-31T22:00", "America/New_York", False, "2026-11-01T08:00"),
        ("2026-12-31T22:00", "Australia/Sydney", False, "2027-01-01T08:00"),
    ],
)
def test_the_window_is_the_customers(local, zone, allowed, opens) -> None:
    verdict = judge(at(local, zone), zone, WINDOW)
    assert verdict.allowed is allowed
    if opens:
        assert verdict.not_before == at(opens, zone)


def test_one_moment_two_answers() -> None:
    moment = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    assert judge(moment, "Europe/London", WINDOW).allowed
    assert not judge(moment, "America/Los_Angeles", WINDOW).allowed


def test_after_the_van_no_call() -> None:
    moment = at("2026-03-10T12:00", "Europe/London")
    verdict = judge(moment, "Europe/London", WINDOW, deadline=moment)
    assert (verdict.allowed, verdict.not_before) == (False, None)


def test_a_window_that_opens_after_the_van_left_is_never() -> None:
    moment = at("2026-03-10T05:00", "Europe/London")
    leaves = at("2026-03-10T07:00", "Europe/London")
    verdict = judge(moment, "Europe/London", WINDOW, deadline=leaves)
    assert verdict.not_before is None
    assert "due before" in verdict.reason


@given(
    moment=st.datetimes(
        datetime(2020, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
        datetime(2035, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    zone=st.sampled_from(sorted(available_timezones())),
)
def test_nothing_outside_the_window_is_ever_allowed(moment, zone) -> None:
    verdict = judge(moment, zone, WINDOW)
    wall = moment.astimezone(ZoneInfo(zone)).time()
    assert verdict.allowed is (time(8) <= wall < time(21))
    if not verdict.allowed:
        assert moment < verdict.not_before <= moment + timedelta(hours=24)
        assert judge(verdict.not_before, zone, WINDOW).allowed
