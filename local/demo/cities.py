"""Where the demonstration's morning takes place: a city in which people may be telephoned now.

Telephone numbers are from the ranges that each country keeps free for drama (NANPA 555-01XX,
Ofcom's list for fiction, ACMA's list for creative works): they belong to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class City:
    """A city with its clock, its middle, some streets, and the beginning of unassigned numbers."""

    name: str
    time_zone: str
    longitude: float
    latitude: float
    streets: tuple[str, ...]
    number_prefix: str
    digits: int
    """How many digits follow the prefix."""

    def number(self, index: int) -> str:
        """The index-th number, E.164."""
        return f"{self.number_prefix}{index:0{self.digits}}"


CITIES = (
    City(
        "London",
        "Europe/London",
        -0.1276,
        51.5072,
        ("Mill Lane", "Canal Walk", "Orchard Road", "Station Terrace", "Chapel Street"),
        "+447700900",
        3,
    ),
    City(
        "New York",
        "America/New_York",
        -73.9857,
        40.7484,
        ("Maple Street", "Harbor Avenue", "Linden Place", "Prospect Court", "Water Street"),
        "+12125550",
        3,
    ),
    City(
        "Los Angeles",
        "America/Los_Angeles",
        -118.2437,
        34.0522,
        ("Alder Drive", "Sunset Terrace", "Mesa Street", "Canyon Road", "Olive Avenue"),
        "+12135550",
        3,
    ),
    City(
        "Sydney",
        "Australia/Sydney",
        151.2093,
        -33.8688,
        ("Wattle Street", "Harbour Parade", "Banksia Road", "Ferry Lane", "Hill Street"),
        "+61255500",
        3,
    ),
)
_MORNING = 9


def of_the_hour(now: datetime) -> City:
    """The city whose clock is nearest to nine in the morning, within calling hours."""

    def distance(city: City) -> float:
        local = now.astimezone(ZoneInfo(city.time_zone))
        hours = local.hour + local.minute / 60
        # By 19:30 the windows of the morning's last deliveries would pass the calling hours.
        return abs(hours - _MORNING) if 8 <= hours < 20.5 else 100 + abs(hours - _MORNING)

    return min(CITIES, key=distance)
