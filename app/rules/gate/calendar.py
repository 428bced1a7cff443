"""The hours of each local day, by every rule of hours and closed days together."""

from __future__ import annotations

from datetime import date, time
from functools import lru_cache

from app.rules.gate.book import Applying, Closed
from app.rules.gate.facts import Hours as LocalTimes
from app.rules.gate.public_holidays import holiday
from app.rules.gate.windows import DAY, Hours

_END = time(23, 59)
"""A last time of 23:59 or later means the end of the day: a time of day cannot say 24:00."""


def seconds(hours: LocalTimes) -> Hours:
    """Two local times as seconds since midnight."""
    since, until = hours
    last = DAY if until >= _END else until.hour * 3600 + until.minute * 60 + until.second
    return since.hour * 3600 + since.minute * 60 + since.second, last


def clock(second: int) -> str:
    """A time of day for people."""
    return f"{second // 3600:02}:{second % 3600 // 60:02}"


@lru_cache(maxsize=1024)
def hours_on(rules: Applying, weekday: int) -> Hours:
    """What all rules of hours leave of a weekday; its end may lie before its beginning."""
    since, until = 0, DAY
    for rule in rules.hours:
        if weekday in rule.days:
            since, until = max(since, rule.since), min(until, rule.until)
    return since, until


def closed_by(rule: Closed, regions: frozenset[str], day: date) -> str | None:
    """Why a rule closes the day, in words; None where it does not."""
    if day.weekday() in rule.weekdays:
        return f"{day:%Y-%m-%d} is a {day:%A}"
    if not rule.holidays:
        return None
    for region in _whose_holidays(rule, regions):
        name = holiday(region, day)
        if name:
            return f"{day:%Y-%m-%d} is {name} in {region}"
    return None


@lru_cache(maxsize=1024)
def _whose_holidays(rule: Closed, regions: frozenset[str]) -> tuple[str, ...]:
    named = [region for region in rule.where if region != "*"]
    if not named:
        return tuple(sorted(region for region in regions if not region.endswith("-?")))
    # Of a state nobody knows, and of a country nobody knows, each region's holidays count.
    known = [region for region in named if region in regions]
    unknown = [
        region for region in named if f"{region.partition('-')[0]}-?" in regions or not regions
    ]
    return tuple(sorted({*known, *unknown}))
