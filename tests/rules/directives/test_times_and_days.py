"""Spoken times and days, resolved against the moment of the call."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.rules.directives.days import days_in
from app.rules.directives.windows import window_in

LONDON = ZoneInfo("Europe/London")
MORNING = datetime(2026, 11, 18, 11, 0, tzinfo=LONDON)
EARLY = datetime(2026, 11, 18, 6, 30, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("after half five", "17:30", None),
        ("after half past five", "17:30", None),
        ("by quarter to six", None, "17:45"),
        ("until twenty past three", None, "15:20"),
        ("at 5.30", "17:30", "17:30"),
        ("at four forty five", "16:45", "16:45"),
        ("before midday", None, "12:00"),
        ("between one and three", "13:00", "15:00"),
        ("between eleven and one", "11:00", "13:00"),
        ("from nine to five", "09:00", "17:00"),
        ("9 till 5", "09:00", "17:00"),
        ("between 2 and 4 pm", "14:00", "16:00"),
        ("from 8 am until noon", "08:00", "12:00"),
        ("after six in the evening", "18:00", None),
        ("at eight in the morning", "08:00", "08:00"),
        ("in the morning", "07:00", "12:00"),
        ("in the afternoon", "12:00", "17:00"),
        ("in the evening", "17:00", "21:00"),
        ("after two but before four", "14:00", "16:00"),
        ("from 14:30 to 16:00", "14:30", "16:00"),
        ("in half an hour", "11:30", None),
        ("within the next hour", None, "12:00"),
    ],
)
def test_a_spoken_window_becomes_hours(said: str, start: str | None, end: str | None) -> None:
    window = window_in(said, MORNING)
    assert window is not None
    slots = window.slots()
    assert (slots.get("start"), slots.get("end")) == (start, end)


def test_a_bare_hour_is_the_next_one_that_a_round_can_serve() -> None:
    at_eleven, at_half_six = window_in("after eight", MORNING), window_in("after eight", EARLY)
    assert at_eleven is not None
    assert at_half_six is not None
    assert at_eleven.slots() == {"start": "20:00"}
    assert at_half_six.slots() == {"start": "08:00"}


def test_a_bare_hour_of_another_day_is_its_first() -> None:
    window = window_in("tomorrow after eight", MORNING)
    assert window is not None
    assert window.slots() == {"date": "2026-11-19", "start": "08:00"}


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("today", "2026-11-18"),
        ("this evening", "2026-11-18"),
        ("tomorrow", "2026-11-19"),
        ("the day after tomorrow", "2026-11-20"),
        ("on friday", "2026-11-20"),
        ("next friday", "2026-11-27"),
        ("next monday", "2026-11-23"),
        ("on wednesday", "2026-11-25"),
        ("the fourteenth", "2026-12-14"),
        ("the 25th", "2026-11-25"),
        ("the third of january", "2027-01-03"),
        ("december 3rd", "2026-12-03"),
        ("at the weekend", "2026-11-21"),
        ("in two days", "2026-11-20"),
        ("a week today", "2026-11-25"),
    ],
)
def test_a_spoken_day_becomes_a_date(said: str, day: str) -> None:
    assert [found.day.isoformat() for found in days_in(said, MORNING.date())] == [day]


@pytest.mark.parametrize("said", ["the third time", "on the second floor", "the first door", "may"])
def test_an_ordinal_that_is_no_day_is_left_alone(said: str) -> None:
    assert days_in(said, MORNING.date()) == []


@pytest.mark.parametrize("said", ["at number five", "for ten minutes", "good evening", "two dogs"])
def test_a_number_that_is_no_time_is_left_alone(said: str) -> None:
    assert window_in(said, MORNING) is None
