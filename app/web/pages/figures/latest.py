"""The latest days of which there is something to show: a page of nothing helps nobody."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.web.api.problems import Problem
from app.web.pages import asking
from app.web.pages.figures.choice import Choice, week_of
from app.web.words import zone_here


def opened(usual: Choice, today: date) -> Choice:
    """What the page opens on where nobody chose days: the usual ones, unless others alone have
    deliveries."""
    if _last_day(usual.agent_id, usual.last, since=usual.first) is not None:
        return usual
    return latest(today, usual.agent_id) or usual


def latest(today: date, agent_id: str) -> Choice | None:
    """The latest week up to today with a delivery of this agent, or of any; None: there is none."""
    day = _last_day(agent_id, today)
    return None if day is None else week_of(day, today, agent_id)


def _last_day(agent_id: str, last: date, since: date | None = None) -> date | None:
    """The day of the latest delivery up to this one, by the company's clock."""
    zone = ZoneInfo(zone_here())
    query = {
        "sort": "-scheduled_time",
        "limit": 1,
        "scheduled_before": datetime.combine(last + timedelta(days=1), time(), zone).isoformat(),
    }
    if since is not None:
        query["scheduled_from"] = datetime.combine(since, time(), zone).isoformat()
    if agent_id:
        query["agent_id"] = agent_id
    try:
        found = asking.ask("list_deliveries", query=query).items
    except Problem:
        # What is wrong with the question is told where it is counted.
        return None
    day: date | None = found[0].scheduled_time.astimezone(zone).date() if found else None
    return day
