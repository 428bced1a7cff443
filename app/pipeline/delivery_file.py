"""A file of deliveries: CSV, a row each, with a clear message for each that cannot be read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.errors import PermanentError
from app.pipeline.wish import NewDelivery

REQUIRED = ("customer_name", "phone", "address", "scheduled_time")
OPTIONAL = (
    "longitude", "latitude", "time_zone", "window_end", "reference", "agent_email", "language",
    "sequence", "parcel", "delivery_instructions", "consent",
)  # fmt: skip
WITHOUT_A_CALL = ("skipped", "suppressed")
"""Outreach states of a delivery that was planned, and about which nobody will call."""
_CONSENT = {"": True, "yes": True, "no": False}

Row = Mapping[str | None, str | list[str] | None]
"""By column; the cells beyond the last column are a list under None."""


@dataclass(frozen=True, slots=True)
class DeliveryFile:
    """What a file holds."""

    rows: tuple[tuple[int, Row], ...]
    """With the number of the line where each begins; the header is line 1."""
    unknown: tuple[str, ...]
    """Columns from which nothing is read."""


def read(lines: Iterable[str]) -> DeliveryFile:
    """All rows with their numbers. Raises PermanentError for what is no such file."""
    try:
        rows = csv.DictReader(lines)
        names = rows.fieldnames or []
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            other = next((mark for mark in ";\t|" if mark in "".join(names)), None)
            hint = f"; the file seems to be separated by {other!r}, not by commas" if other else ""
            raise PermanentError(f"the file lacks the columns {', '.join(missing)}{hint}")
        found: list[tuple[int, Row]] = list(enumerate(rows, start=2))
    except UnicodeDecodeError:
        raise PermanentError("the file is not UTF-8: save it as CSV UTF-8 and try again") from None
    except csv.Error as error:
        raise PermanentError(f"the file is no CSV that can be read: {error}") from None
    unknown = [name for name in names if name.strip() and name not in REQUIRED + OPTIONAL]
    return DeliveryFile(tuple(found), tuple(unknown))


def wish_of(row: Row, time_zone: str | None, region: str | None) -> NewDelivery:
    """One row as a wish. Raises PermanentError naming the columns that cannot be read."""
    if None in row:
        # The other cells stand in the wrong columns then.
        raise PermanentError("has more cells than the header: quote texts with commas")
    cells = {name: str(value or "").strip() for name, value in row.items() if name}
    problems = [f"{name} is empty" for name in REQUIRED if not cells[name]]
    try:
        longitude, latitude = (
            float(cells[name]) if cells.get(name) else None for name in ("longitude", "latitude")
        )
    except ValueError:
        problems.append("longitude and latitude must be decimal degrees")
    consent = _CONSENT.get(cells.get("consent", "").lower())
    if consent is None:
        problems.append("consent must be yes or no")
    scheduled = _moment(cells, "scheduled_time", problems)
    end = _moment(cells, "window_end", problems)
    if any(moment is not None and moment.tzinfo is None for moment in (scheduled, end)):
        problems.append("times must have their offset from UTC, as -05:00 or Z")
    if problems or scheduled is None or consent is None:
        raise PermanentError("; ".join(problems))
    return NewDelivery(
        reference=cells.get("reference") or None,
        customer_name=cells["customer_name"],
        phone=cells["phone"],
        address=cells["address"],
        longitude=longitude,
        latitude=latitude,
        scheduled_time=scheduled,
        window_end=end,
        time_zone=cells.get("time_zone") or time_zone,
        region=region,
        language=cells.get("language") or None,
        agent_email=cells.get("agent_email") or None,
        sequence=_sequence(cells.get("sequence", "")),
        parcel=cells.get("parcel") or None,
        delivery_instructions=cells.get("delivery_instructions") or None,
        consent=consent,
    )


def _moment(cells: Mapping[str, str], name: str, problems: list[str]) -> datetime | None:
    if not cells.get(name):
        return None
    try:
        moment = datetime.fromisoformat(cells[name])
    except ValueError:
        problems.append(f"{name} must be like 2026-11-20T09:30:00-05:00")
        return None
    if not 2000 <= moment.year < 2100:
        problems.append(f"{name} must lie between 2000 and 2100")
        return None
    return moment


def _sequence(text: str) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and int(text[:9]) < 10_000 and len(text) < 6:
        return int(text)
    raise PermanentError("sequence must be a whole number from 0 to 9999")
