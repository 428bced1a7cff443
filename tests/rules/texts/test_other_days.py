"""The days that the customer's page offers: those that the call would offer, too."""

from __future__ import annotations

from datetime import date

from app.rules.texts.choices import DAYS_OFFERED, other_days

FRIDAY = date(2026, 11, 20)


def test_neither_the_planned_day_nor_sundays_nor_quiet_days_are_offered() -> None:
    days = other_days(date(2026, 11, 23), FRIDAY, ["2026-11-25"])
    assert len(days) == DAYS_OFFERED
    assert days[:3] == (date(2026, 11, 21), date(2026, 11, 24), date(2026, 11, 26))
    assert all(day.weekday() != 6 for day in days)
