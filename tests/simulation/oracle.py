"""Whether somebody may be called at a moment, thought out anew: a naive look at the wall clock."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.simulation.calendar_days import holidays_of_states
from tests.simulation.orders import SECOND_HOURS
from tests.simulation.people import SECOND_COMPANY, Customer


def against(whom: Customer, at: datetime, quiet_day: date | None) -> str | None:
    """Why this moment is not one to disturb them at; None where it is."""
    wall = at.astimezone(ZoneInfo(whom.place.zone))
    spans = [(8, 21), *((law.since, law.until) for law in whom.law)]
    if whom.tenant_id == SECOND_COMPANY:
        spans.append(SECOND_HOURS)
        if wall.date() == quiet_day:
            return f"{wall:%Y-%m-%d} is a quiet day"
    for since, until in spans:
        if not since <= wall.hour < until:
            return f"{wall:%a %Y-%m-%d %H:%M:%S} in {whom.place.name}, not within {since}-{until}"
    if not all(law.sundays_and_holidays for law in whom.law):
        if wall.weekday() == 6:
            return f"{wall:%Y-%m-%d} is a Sunday in {whom.place.name}"
        if wall.date() in holidays_of_states(wall.year):
            return f"{wall:%Y-%m-%d} is a holiday in {whom.place.name}"
    return None
