"""Near a place: a condition that MongoDB answers by an index on the globe."""

from __future__ import annotations

from typing import Any

_EARTH = 6_378_100
"""Metres: the radius of the sphere that MongoDB measures on."""


def within(near: tuple[float, float, int]) -> dict[str, Any]:
    """The condition on a GeoJSON point of lying there: longitude, latitude, and metres around."""
    longitude, latitude, metres = near
    return {"$geoWithin": {"$centerSphere": [[longitude, latitude], metres / _EARTH]}}
