"""How far two places are from each other."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

Place = tuple[float, float]
"""Longitude and latitude in degrees, WGS 84."""
_RADIUS = 6_371_009
"""Metres: the mean radius of the earth (IUGG)."""


def metres(here: Place, there: Place) -> float:
    """As the crow flies: the haversine formula, on a sphere (wrong by half a per cent at most)."""
    across = radians(there[0] - here[0])
    north, other = radians(here[1]), radians(there[1])
    half = sin((other - north) / 2) ** 2 + cos(north) * cos(other) * sin(across / 2) ** 2
    return 2 * _RADIUS * asin(min(1.0, sqrt(half)))


def beyond(here: Place, there: Place, than: float) -> bool:
    """Are they surely farther apart than so many metres? A quick look, by their latitudes alone."""
    return abs(there[1] - here[1]) * 111_000 > than
