"""Which US states a door may lie in, and the time zones of a state."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("us_states.json")
"""Rough shapes of the states, each some five kilometres too large; made by tools/us_states.py."""

_Point = tuple[float, float]
_Box = tuple[float, float, float, float]
"""West, south, east, north."""
_ZONES = {
    "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC TN VA VT WV",
    "America/Chicago": "AL AR FL IA IL IN KS KY LA MI MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "AZ CO ID KS MT ND NE NM NV OR SD TX UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA ID NV OR WA",
    "America/Anchorage": "AK",
    "America/Adak": "AK",
    "Pacific/Honolulu": "HI",
}


def zones_of(state: str) -> tuple[str, ...]:
    """One zone for each time that clocks show in a state, as FL: New York's and Chicago's."""
    return tuple(zone for zone, states in _ZONES.items() if state in states.split())


def states_at(coordinates: _Point) -> tuple[str, ...]:
    """The states (FL, DC) around longitude and latitude: near a border several, abroad none.

    Never fewer than the one in which the place lies.
    """
    x, y = coordinates
    return tuple(
        dict.fromkeys(
            state
            for state, (west, south, east, north), polygon in _shapes()
            if west <= x <= east and south <= y <= north and _inside(coordinates, polygon)
        )
    )


@lru_cache(maxsize=1)
def _shapes() -> list[tuple[str, _Box, list[_Point]]]:
    """Every polygon with its state and the box around it."""
    read: dict[str, list[list[_Point]]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return [
        (state, _box(polygon), polygon) for state, polygons in read.items() for polygon in polygons
    ]


def _box(polygon: list[_Point]) -> _Box:
    xs, ys = zip(*polygon, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _inside(point: _Point, polygon: list[_Point]) -> bool:
    """Does a ray to the east cross the polygon's edge an odd number of times?"""
    x, y = point
    inside = False
    last_x, last_y = polygon[-1]
    for this_x, this_y in polygon:
        if (this_y > y) != (last_y > y) and x < (last_x - this_x) * (y - this_y) / (
            last_y - this_y
        ) + this_x:
            inside = not inside
        last_x, last_y = this_x, this_y
    return inside
