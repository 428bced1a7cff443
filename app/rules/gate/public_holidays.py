"""Public holidays of countries and US states, from the ``holidays`` library."""

from __future__ import annotations

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=8192)
def holiday(region: str, day: date) -> str | None:
    """The name of the public holiday that the day is in a region (US, US-AL), if it is one."""
    return _of_year(region, day.year).get(day)


@lru_cache(maxsize=512)
def _of_year(region: str, year: int) -> dict[date, str]:
    import holidays  # noqa: PLC0415 - some 30 ms and 8 MB, where no rule asks for them

    country, _, state = region.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=state or None, years=year)
    except NotImplementedError:
        return {}
    return {day: str(name) for day, name in found.items() if day.year == year}
