"""Where the customer may be: every time zone and every region whose rules could hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfoNotFoundError

import phonenumbers
import tzfpy
from phonenumbers import timezone as number_zones

from app.rules.gate import area_codes, us_states
from app.rules.gate.windows import zone

_UNKNOWN = "Etc/Unknown"
_NEAR = 0.05
"""Degrees, some five kilometres: near a border both sides count, as the map is simplified."""
_AROUND = tuple((x * _NEAR, y * _NEAR) for x in (-1, 0, 1) for y in (-1, 0, 1))


@dataclass(frozen=True, slots=True)
class Place:
    """All that may hold. No zone: nobody knows the time there. No region: nobody knows where."""

    zones: tuple[str, ...]
    regions: frozenset[str]
    """US, US-FL; US-? where the state is not known."""
    found_by: tuple[str, ...]


@lru_cache(maxsize=16384)
def find(
    phone: str,
    coordinates: tuple[float, float] | None,
    stated_zone: str | None,
    stated_states: tuple[str, ...],
) -> Place:
    """Find the zones and the regions.

    The door's coordinates decide the zone. Without them every zone counts that the number may be
    in, those of its area code's state and of the postal address's, and the stated one. The regions
    are those of the zones, of the coordinates, of the address, and of the number: an area code
    presumes residence.
    """
    zones = _at(coordinates) if coordinates else ()
    by_door = bool(zones)
    how = ["time zone from the door's coordinates"] if zones else []
    country = _country(phone)
    if not zones:
        found = _told(phone, country, stated_zone, stated_states)
        zones = tuple(sorted({zone for each in found.values() for zone in each}))
        how = list(found)
    countries = {_zone_countries()[name] for name in zones if name in _zone_countries()}
    if country:
        countries.add(country)
    states: dict[str, str] = {}
    if "US" in countries:
        door = coordinates if coordinates and by_door else None
        states = _states(phone, door, stated_states)
        how += [f"{state}: {why}" for state, why in sorted(states.items())]
    return Place(zones, frozenset(countries | set(states)), tuple(how))


def _told(
    phone: str,
    country: str | None,
    stated_zone: str | None,
    stated_states: tuple[str, ...],
) -> dict[str, tuple[str, ...]]:
    """Every zone that may be the customer's where the door is not known, by how we know."""
    area = area_codes.state_of(phone)
    in_states = [state.partition("-")[2] for state in stated_states if country == "US"]
    found = {
        "time zones that the telephone number may be in": zones_of_number(phone),
        "time zones of the area code's state": us_states.zones_of(area) if area else (),
        "time zones of the postal address's state": tuple(
            zone for state in in_states for zone in us_states.zones_of(state)
        ),
        "time zone as stated with the delivery": (stated_zone,)
        if stated_zone and is_zone(stated_zone)
        else (),
    }
    known = {why: zones for why, zones in found.items() if zones}
    at_home = _country_zones().get(country or "", ())
    return known or ({"time zones of the telephone number's country": at_home} if at_home else {})


def _states(
    phone: str, door: tuple[float, float] | None, stated: tuple[str, ...]
) -> dict[str, str]:
    """Every US state that the customer may live in, and how we know."""
    found = dict.fromkeys(stated, "postal address")
    if door:
        there = us_states.states_at(door)
        found |= {f"US-{state}": "the door's coordinates" for state in there}
    area = area_codes.state_of(phone)
    if area:
        found.setdefault(f"US-{area}", "the number's area code")
    if not found and not door:
        found["US-?"] = "state unknown, so the rules of every state"
    return found


def is_zone(name: str) -> bool:
    """Is this the name of a time zone?"""
    try:
        zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zones_at(coordinates: tuple[float, float]) -> tuple[str, ...]:
    """The time zone at longitude and latitude first, then those within some kilometres."""
    return _at(coordinates)


def zones_of_number(phone: str) -> tuple[str, ...]:
    """Every time zone that an E.164 number may be in; empty where nobody knows."""
    number = _parsed(phone)
    found = number_zones.time_zones_for_number(number) if number is not None else ()
    return tuple(name for name in found if name != _UNKNOWN and is_zone(name))


def likely_zone(phone: str, at: datetime) -> str | None:
    """The one zone to tell a number's customer times in; None where its zones differ at ``at``.

    Where several agree, one of the number's own country comes first.
    """
    country, zones = _country(phone), zones_of_number(phone)
    zones = zones or _country_zones().get(country or "", ())
    if len({at.astimezone(zone(name)).utcoffset() for name in zones}) != 1:
        return None
    at_home = [name for name in zones if _zone_countries().get(name) == country]
    return (at_home or list(zones))[0]


def _at(coordinates: tuple[float, float]) -> tuple[str, ...]:
    longitude, latitude = coordinates
    here = _zones_there(longitude, latitude)
    near = {name for x, y in _AROUND for name in _zones_there(longitude + x, latitude + y)} - set(
        here
    )
    return (*here, *sorted(near))


def _zones_there(longitude: float, latitude: float) -> list[str]:
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        return []
    # At sea there is only the hour that the meridian stands for: nobody lives by it.
    found = tzfpy.get_tzs(longitude, latitude)
    return [name for name in found if not name.startswith("Etc/") and is_zone(name)]


def _parsed(phone: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return None


def _country(phone: str) -> str | None:
    """The number's country, ISO 3166-1; that of its calling code where it is no known number."""
    if area_codes.state_of(phone):
        return "US"
    number = _parsed(phone)
    if number is None or number.country_code is None:
        return None
    country = phonenumbers.region_code_for_number(number)
    country = country or phonenumbers.region_code_for_country_code(number.country_code)
    return country if country not in ("001", "ZZ") else None


@lru_cache(maxsize=1)
def _zone_countries() -> dict[str, str]:
    """The country of each zone, from the table that comes with the time-zone database."""
    text = files("tzdata.zoneinfo").joinpath("zone.tab").read_text()
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


@lru_cache(maxsize=1)
def _country_zones() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, country in sorted(_zone_countries().items()):
        found[country] = (*found.get(country, ()), name)
    return found
