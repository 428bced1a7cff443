"""A file of deliveries: CSV, a row each, with a clear message for each that cannot be read.

Taken as spreadsheets write it, whatever separates its cells. ``app.pipeline.file_rows`` reads what
a row says.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.errors import PermanentError
from app.rules.spreadsheet import nearest, plain_name, rows_of
from app.saying import Saying, Sayings

REQUIRED = ("customer_name", "phone", "address", "scheduled_time")
OPTIONAL = (
    "longitude", "latitude", "time_zone", "window_end", "reference", "agent_email", "language",
    "sequence", "parcel", "delivery_instructions", "consent", "date",
)  # fmt: skip
COLUMNS = (*REQUIRED, *OPTIONAL)
WITHOUT_A_CALL = ("skipped", "suppressed")
"""Outreach states of a delivery that was planned, and about which nobody will call."""

Row = Mapping[str | None, str | list[str] | None]
"""By column; the cells beyond the last column are a list under None."""


@dataclass(frozen=True, slots=True)
class DeliveryFile:
    """What a file holds."""

    names: tuple[str, ...]
    """Of its columns, ours in our form."""
    rows: tuple[tuple[int, Row], ...]
    """With their numbers, as a spreadsheet counts them: the header is 1. Empty ones are left out,
    and counted."""
    unknown: tuple[str, ...]
    """Columns from which nothing is read."""
    meant: Mapping[str, str]
    """For some of those, the column of ours that it may be meant for."""


def read(text: str) -> DeliveryFile:
    """All rows with their numbers. Raises PermanentError for what is no such file."""
    try:
        header, *rows = rows_of(text, COLUMNS)
    except csv.Error as error:
        raise PermanentError(
            Saying("the file is no CSV that can be read: %(error)s", error=error.args[0])
        ) from None
    names = [plain_name(cell, COLUMNS) for cell in header]
    unknown = [name for name in names if name and name not in COLUMNS]
    missing = [name for name in REQUIRED if name not in names]
    absent = [name for name in OPTIONAL if name not in names]
    meant = {
        name: found
        for name in unknown
        if (found := nearest(name, missing) or nearest(name, absent))
    }
    if missing:
        hints = [
            Saying(
                "the column %(name)s may be meant for %(ours)s: call it so",
                name=repr(name),
                ours=ours,
            )
            for name, ours in meant.items()
            if ours in missing
        ]
        says = Saying("the file lacks the columns %(names)s", names=", ".join(missing))
        raise PermanentError(Sayings.of([says, *hints]))
    if twice := sorted({name for name in names if name in COLUMNS and names.count(name) > 1}):
        raise PermanentError(
            Saying("the file has the columns %(names)s more than once", names=", ".join(twice))
        )
    full = [
        (number, _row(names, cells)) for number, cells in enumerate(rows, start=2) if any(cells)
    ]
    return DeliveryFile(tuple(names), tuple(full), tuple(unknown), meant)


def _row(names: Sequence[str], cells: Sequence[str]) -> Row:
    row: dict[str | None, str | list[str] | None] = dict(zip(names, cells, strict=False))
    # Empty ones too: a comma that is not quoted shifts what stands behind it.
    if beyond := cells[len(names) :]:
        row[None] = list(beyond)
    return row
