"""The command that plans deliveries from a file."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TextIO

import click
from mongoengine import ValidationError

from app.commands.surroundings import database, plainly, problems
from app.errors import PermanentError
from app.models import DEFAULT_TENANT
from app.pipeline.plan import NewDelivery, known_company, plan
from app.runtime import rules

_REQUIRED = ("customer_name", "phone", "address", "scheduled_time")
_OPTIONAL = (
    "longitude", "latitude", "time_zone", "window_end", "reference", "agent_email", "language",
    "sequence", "parcel", "delivery_instructions", "consent",
)  # fmt: skip
_WITHOUT_A_CALL = ("skipped", "suppressed")
_CONSENT = {"": True, "yes": True, "no": False}


@click.command("plan")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option("--time-zone", help="Of rows without one and without coordinates, as Europe/London.")
@click.option("--region", help="Country of numbers without one, as US.")
@click.option("--tenant", "tenant_id", default=DEFAULT_TENANT, show_default=True)
@plainly
def plan_file(file: TextIO, time_zone: str | None, region: str | None, tenant_id: str) -> None:
    """Plan the deliveries of a CSV FILE (- for standard input), row by row.

    Needs the columns customer_name, phone, address and scheduled_time (ISO 8601); may have
    longitude and latitude (both or neither), time_zone, window_end, reference, agent_email,
    language, sequence, parcel, delivery_instructions (what the customer asks for every time, as
    where their usual place is), and consent (yes unless it says no: whether the number was given
    for the order). A row that cannot be planned is reported and the others go on; exit status 1
    then. One whose customer may not be called is planned, and reported with the reason.
    """
    rows = _rows(file)
    planned, silent, failed = 0, 0, 0
    with database() as found:
        known_company(tenant_id)
        book = rules(found)
        for number, row in rows:
            try:
                wish = _wish(row, time_zone, region)
                now = datetime.now(UTC)
                made = plan(
                    tenant_id, wish, now=now, window=found.calling_window, book=book,
                    own_number=found.twilio_from_number,
                )  # fmt: skip
            except PermanentError as error:
                failed += 1
                click.echo(f"row {number}: {error}", err=True)
            except ValidationError as error:
                failed += 1
                click.echo(f"row {number}: {problems(error)}", err=True)
            else:
                planned += 1
                if made.outreach.state in _WITHOUT_A_CALL:
                    silent += 1
                    click.echo(
                        f"row {number}: planned, but nobody will be called: {made.outreach.reason}"
                    )
    without = f" ({silent} of them without a call)" if silent else ""
    click.echo(f"{planned} planned{without}, {failed} refused")
    if failed:
        sys.exit(1)


_Row = Mapping[str | None, str | list[str] | None]
"""By column; the cells beyond the last column are a list under None."""


def _rows(file: TextIO) -> list[tuple[int, _Row]]:
    """All rows with their numbers, read before any is planned. Raises PermanentError."""
    try:
        rows = csv.DictReader(file)
        names = rows.fieldnames or []
        missing = [name for name in _REQUIRED if name not in names]
        if missing:
            other = next((mark for mark in ";\t|" if mark in "".join(names)), None)
            hint = f"; the file seems to be separated by {other!r}, not by commas" if other else ""
            raise PermanentError(f"the file lacks the columns {', '.join(missing)}{hint}")
        read: list[tuple[int, _Row]] = list(enumerate(rows, start=2))
    except UnicodeDecodeError:
        raise PermanentError("the file is not UTF-8: save it as CSV UTF-8 and try again") from None
    except csv.Error as error:
        raise PermanentError(f"the file is no CSV that can be read: {error}") from None
    _tell_of_unknown(names)
    return read


def _tell_of_unknown(names: Iterable[str]) -> None:
    unknown = [name for name in names if name.strip() and name not in _REQUIRED + _OPTIONAL]
    if unknown:
        click.echo(
            f"delauto: nothing is read from the columns {', '.join(unknown)}; "
            f"those that may be there are {', '.join(_REQUIRED + _OPTIONAL)}",
            err=True,
        )


def _wish(row: _Row, time_zone: str | None, region: str | None) -> NewDelivery:
    """One row as a wish. Raises PermanentError naming the columns that cannot be read."""
    if None in row:
        # The other cells stand in the wrong columns then.
        raise PermanentError("has more cells than the header: quote texts with commas")
    cells = {name: str(value or "").strip() for name, value in row.items() if name}
    problems = [f"{name} is empty" for name in _REQUIRED if not cells[name]]
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
