"""Places in what is asked: near where, and how near."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.saying import Saying
from app.web.api.problems import Fault, invalid

NEAR = Annotated[
    str | None,
    Field(
        pattern=r"^-?\d{1,3}(\.\d{1,8})?,-?\d{1,2}(\.\d{1,8})?$",
        description="Longitude,latitude: only what lies within radius of there.",
        examples=["-73.98,40.74"],
    ),
]
RADIUS = Annotated[int, Field(ge=1, le=200_000, description="Metres.")]


def near_of(text: str | None, radius: int, name: str = "near") -> tuple[float, float, int] | None:
    """Longitude, latitude and metres. Raises Problem for what is no place on the globe."""
    if text is None:
        return None
    longitude, latitude = (float(part) for part in text.split(","))
    if abs(longitude) > 180 or abs(latitude) > 90:
        says = Saying("must be longitude,latitude: within -180 and 180, and within -90 and 90")
        raise invalid(Fault(detail=says, source="query", name=name))
    return longitude, latitude, radius
