"""Where simulated customers live: doors on every continent, with the clock and the law there.

The hours are written down here once more, by hand, from the laws that ``rules.toml`` names: what
the gate makes of its rules is held against this table, never against itself.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Law:
    """The local hours in which a customer may be called: ``since`` may be, ``until`` may not."""

    since: int = 8
    until: int = 21
    sundays_and_holidays: bool = True
    """May they be called on those?"""
    most_in_24_hours: int | None = None


ELSEWHERE = Law()
STATES: dict[str, Law] = {
    "AL": Law(sundays_and_holidays=False),
    "LA": Law(sundays_and_holidays=False),
    "MS": Law(sundays_and_holidays=False),
    "FL": Law(until=20, most_in_24_hours=3),
    "OK": Law(until=20, most_in_24_hours=3),
    "WA": Law(until=20),
    "MD": Law(until=20),
    "MA": Law(until=20),
    "CT": Law(since=9, until=20),
    "KY": Law(since=10),
}
"""US states with a law of their own; the others are as everywhere."""


@dataclass(frozen=True, slots=True)
class Place:
    """A town; ``numbers`` is how telephone numbers there begin, ``#`` stands for any digit."""

    name: str
    zone: str
    longitude: float
    latitude: float
    numbers: str
    state: str | None = None
    language: str = "en"
    number_tells: bool = True
    """Do numbering plans know the time zone of these numbers? Not of islands and of Morocco."""

    def number(self, dice: random.Random) -> str:
        """A telephone number of this place."""
        return "".join(dice.choice("0123456789") if each == "#" else each for each in self.numbers)

    @property
    def law(self) -> Law:
        """The law at the door."""
        return STATES.get(self.state or "", ELSEWHERE)


PLACES: tuple[Place, ...] = (
    Place("Montgomery", "America/Chicago", -86.30, 32.37, "+1334555####", "AL"),
    Place("Baton Rouge", "America/Chicago", -91.15, 30.45, "+1225555####", "LA"),
    Place("Jackson", "America/Chicago", -90.18, 32.30, "+1601555####", "MS"),
    Place("Miami", "America/New_York", -80.30, 25.80, "+1305555####", "FL", "es"),
    Place("Pensacola", "America/Chicago", -87.22, 30.48, "+1850555####", "FL"),
    Place("Tulsa", "America/Chicago", -95.99, 36.15, "+1918555####", "OK"),
    Place("Spokane", "America/Los_Angeles", -117.60, 47.66, "+1509555####", "WA"),
    Place("Baltimore", "America/New_York", -76.61, 39.29, "+1410555####", "MD"),
    Place("Worcester", "America/New_York", -71.80, 42.26, "+1508555####", "MA"),
    Place("New Haven", "America/New_York", -72.92, 41.31, "+1475555####", "CT"),
    Place("Lexington", "America/New_York", -84.50, 38.04, "+1859555####", "KY"),
    Place("Bowling Green", "America/Chicago", -86.44, 36.99, "+1270555####", "KY"),
    Place("New York", "America/New_York", -73.78, 40.75, "+1212555####", "NY"),
    Place("Fresno", "America/Los_Angeles", -119.77, 36.75, "+1559555####", "CA", "es"),
    Place("Tucson", "America/Phoenix", -110.93, 32.22, "+1520555####", "AZ"),
    Place("Kayenta", "America/Denver", -110.25, 36.73, "+1928555####", "AZ"),
    Place("Honolulu", "Pacific/Honolulu", -157.86, 21.33, "+1808555####", "HI"),
    Place("Anchorage", "America/Anchorage", -149.90, 61.20, "+1907555####", "AK"),
    Place("Adak", "America/Adak", -176.66, 51.88, "+1907555####", "AK"),
    Place("St. John's", "America/St_Johns", -52.71, 47.56, "+1709555####"),
    Place("London", "Europe/London", -0.12, 51.50, "+44207946####"),
    Place("Berlin", "Europe/Berlin", 13.40, 52.52, "+4930236####", language="de"),
    Place("Paris", "Europe/Paris", 2.35, 48.85, "+331990#####", language="fr"),
    Place("Ponta Delgada", "Atlantic/Azores", -25.66, 37.77, "+35129624####"),
    Place("Cairo", "Africa/Cairo", 31.24, 30.05, "+202279#####"),
    Place("Casablanca", "Africa/Casablanca", -7.60, 33.57, "+21252220####", None, "fr", False),
    Place("Nuuk", "America/Nuuk", -51.72, 64.18, "+29932####"),
    Place("Kolkata", "Asia/Kolkata", 88.36, 22.57, "+913322######"),
    Place("Kathmandu", "Asia/Kathmandu", 85.32, 27.71, "+9771441####"),
    Place("Beirut", "Asia/Beirut", 35.52, 33.89, "+961135####", language="fr"),
    Place("Tokyo", "Asia/Tokyo", 139.70, 35.69, "+81352######"),
    Place("Adelaide", "Australia/Adelaide", 138.60, -34.93, "+6187010####"),
    Place("Sydney", "Australia/Sydney", 151.00, -33.85, "+6127010####"),
    Place("Lord Howe", "Australia/Lord_Howe", 159.07, -31.53, "+6126563####", None, "en", False),
    Place("Auckland", "Pacific/Auckland", 174.76, -36.85, "+649379####"),
    Place("Chatham", "Pacific/Chatham", -176.54, -43.95, "+643305####"),
    Place("Kiritimati", "Pacific/Kiritimati", -157.40, 1.87, "+68673020###"),
    Place("Apia", "Pacific/Apia", -171.77, -13.84, "+68520###"),
    Place("Sao Paulo", "America/Sao_Paulo", -46.63, -23.55, "+551125######", language="es"),
    Place("Santiago", "America/Santiago", -70.65, -33.45, "+562229#####", language="es"),
    Place("Hanga Roa", "Pacific/Easter", -109.42, -27.14, "+5632210####", None, "es", False),
)
