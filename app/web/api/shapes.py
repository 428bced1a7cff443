"""What the bodies of requests and answers are made of."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from bson import ObjectId
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from app.saying import Saying

_MOST_ITEMS = 200


class Shape(BaseModel):
    """What we send."""

    model_config = ConfigDict(frozen=True)


class Given(BaseModel):
    """What we are sent: nothing that is not described is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    def given(self, *but: str) -> dict[str, Any]:
        """The fields that were sent, for a change of these alone."""
        return {name: getattr(self, name) for name in self.model_fields_set - set(but)}


class Versioned(Shape):
    """A thing that can be changed: its version says whether it is still what was seen."""

    VOLATILE: ClassVar[frozenset[str]] = frozenset()
    """Fields that change by themselves, and make no other version."""

    version: str = Field(default="", description="For If-Match; changes with the thing.")


def version_of(shown: Versioned) -> str:
    """A digest of what is shown."""
    plain = shown.model_dump_json(exclude={"version", *shown.VOLATILE})
    return hashlib.sha256(plain.encode()).hexdigest()[:20]


def stamped(shown: Shown) -> Shown:
    """The same with its version."""
    return shown.model_copy(update={"version": version_of(shown)})


Shown = TypeVar("Shown", bound=Versioned)
Item = TypeVar("Item", bound=BaseModel)


class Page(Shape, Generic[Item]):
    """Some of many."""

    items: list[Item]
    next: str | None = Field(
        default=None, description="Send it as cursor for what follows; absent on the last page."
    )


class Listed(Given):
    """What every list takes."""

    limit: Annotated[int, Field(ge=1, le=_MOST_ITEMS, description="How many at most.")] = 50
    cursor: Annotated[
        str | None, Field(max_length=500, description="The next of the page before.")
    ] = None
    fields: Annotated[
        str | None,
        Field(max_length=500, description="Only these fields of each, separated by commas."),
    ] = None


class Selected(Given):
    """What reading one thing takes."""

    fields: Annotated[
        str | None, Field(max_length=500, description="Only these fields, separated by commas.")
    ] = None


_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,12})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)

_WITHOUT_OFFSET = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,12})?)?", re.ASCII)
_WITH_A_SPACE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,12})? \d\d:\d\d", re.ASCII)


def _as_written(given: object) -> object:
    """Not the seconds since 1970, which pydantic would take as well."""
    written = given.strip() if isinstance(given, str) else ""
    if _WITHOUT_OFFSET.fullmatch(written):
        says = Saying(
            "lacks its offset from UTC: write it behind, as in 2026-11-20T15:30:00-05:00, or Z"
        )
        raise PydanticCustomError("moment_form", "{error}", {"error": says})
    if _WITH_A_SPACE.fullmatch(written):
        says = Saying(
            "has a space for the + of its offset: in an address write + as %2B, as in "
            "2026-11-20T15:30:00%2B01:00"
        )
        raise PydanticCustomError("moment_form", "{error}", {"error": says})
    if not _RFC_3339.fullmatch(written):
        raise PydanticCustomError(
            "datetime_parsing", "must be a time as RFC 3339 writes it: 2026-11-20T15:30:00-05:00"
        )
    return given


def _in_our_times(moment: datetime) -> datetime:
    if not 2000 <= moment.year < 2100:
        raise ValueError(Saying("must lie between the years 2000 and 2100"))
    return moment.astimezone(UTC)


def _written(moment: datetime) -> str:
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _object_id(text: str) -> str:
    if not ObjectId.is_valid(text):
        raise ValueError(Saying("must be an id: 24 hexadecimal digits"))
    return text.lower()


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "input should be a valid integer")
    return value


WHOLE = BeforeValidator(_no_bool)
"""Behind the bounds of an integer in a body: as JSON Schema has it, 3.0 is one, true is none."""
_MOMENT = {"type": "string", "format": "date-time"}
Moment = Annotated[
    datetime, PlainSerializer(_written, return_type=str), WithJsonSchema(_MOMENT, "serialization")
]
"""A time in an answer: RFC 3339, in UTC, to the millisecond."""
GivenMoment = Annotated[
    AwareDatetime,
    BeforeValidator(_as_written),
    AfterValidator(_in_our_times),
    PlainSerializer(_written, return_type=str),
    Field(description="RFC 3339, with its offset from UTC", examples=["2026-11-20T15:30:00-05:00"]),
]
"""A time in a request: with its offset."""
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
Line = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=200, pattern=rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$"
    ),
]
"""A text on one line, and not blank."""
Wanted = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=200, pattern=rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$"
    ),
]
"""What a list is narrowed by: something, or it narrows nothing."""
Text = Annotated[
    str, StringConstraints(max_length=2000, pattern=r"^([^\x00-\x1f\x7f-\x9f]|[\t\n\r])*$")
]
"""A text of a few lines."""
Id = Annotated[
    str,
    AfterValidator(_object_id),
    WithJsonSchema(
        {"type": "string", "pattern": "^[0-9a-f]{24}$", "examples": ["65a1b2c3d4e5f60718293a4b"]}
    ),
]
"""An id of ours: 24 hexadecimal digits."""
Email = Annotated[
    str,
    StringConstraints(
        max_length=254,
        to_lower=True,
        # No label of a host begins or ends with a hyphen (RFC 1035, 2.3.1).
        pattern=r"^[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@"
        r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
        r"[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]$",
    ),
    Field(examples=["dana@example.com"]),
]


class Place(Shape):
    """A place on the globe, WGS 84, in degrees."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, strict=True)]
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, strict=True)]

    @classmethod
    def of(cls, point: Any) -> Place | None:
        """From what a document keeps: a GeoJSON point or a pair."""
        pair = point.get("coordinates") if isinstance(point, dict) else point
        return cls(longitude=pair[0], latitude=pair[1]) if pair else None

    @property
    def pair(self) -> list[float]:
        """As documents keep it: longitude, latitude."""
        return [self.longitude, self.latitude]
