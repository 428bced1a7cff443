"""Many deliveries at once: as JSON, or as a CSV file that may first be tried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import ConfigDict, Field

from app.errors import PermanentError
from app.pipeline import company, delivery_file, file_rows
from app.pipeline.delivery_file import DeliveryFile
from app.pipeline.file_rows import Zones
from app.pipeline.wish import WishError, wrong
from app.rules.permissions import Permission
from app.saying import Saying
from app.web.api.asking import Ask
from app.web.api.batch_rows import Row, RowOut, planned_rows, tried_rows
from app.web.api.deliveries import resource
from app.web.api.delivery_shapes import NewDelivery
from app.web.api.delivery_wishes import Known, wish_of
from app.web.api.operations import CSV
from app.web.api.problems import Fault, Problem, invalid, of_error
from app.web.api.shapes import Given, Shape

MOST = 1000
_LONGEST = 200
_LARGEST = 2 * 1024 * 1024
_EXAMPLE = NewDelivery.model_config["json_schema_extra"]["examples"][0]  # type: ignore[index]


class Batch(Given):
    """Deliveries to plan."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_EXAMPLE]}]})
    items: Annotated[list[NewDelivery], Field(min_length=1, max_length=MOST)]


class FileAsked(Given):
    """How a file is to be read."""

    dry_run: Annotated[bool, Field(description="Say what would come of it, and plan nothing.")] = (
        False
    )
    time_zone: Annotated[
        str | None,
        Field(
            max_length=60,
            description="Of rows that name none: of their times without an offset from UTC (the "
            "company's own unless given), and of deliveries without coordinates.",
            examples=["Europe/London"],
        ),
    ] = None
    region: Annotated[
        str | None, Field(pattern="^[A-Z]{2}$", description="Country of numbers without one.")
    ] = None


class BatchOut(Shape):
    """What came of each."""

    planned: int
    without_a_call: int
    refused: int
    dry_run: bool
    unknown_columns: list[str] = Field(
        default=[], description="Columns of the file from which nothing is read."
    )
    columns_meant: dict[str, str] = Field(
        default={}, description="For some of those, the column that may be meant."
    )
    rows: list[RowOut]


@resource.post(
    "/deliveries/batch", may=Permission.DELIVERIES_WRITE, status=200, answer=BatchOut,
    transactional=False, largest=_LARGEST,
)  # fmt: skip
def create_deliveries(ask: Ask, body: Batch) -> BatchOut:
    """Plan up to 1,000 deliveries.

    Each is planned or refused by itself: one that is refused keeps nobody else waiting. Where the
    form of any is wrong, none is planned. Sent again with the same Idempotency-Key, those that
    were planned stay as they are and the others are tried again.
    """
    known = Known.read(ask, body.items)
    rows = [_of_item(number, item, known) for number, item in enumerate(body.items, start=1)]
    return _told(planned_rows(ask, rows), dry_run=False)


def _of_item(number: int, item: NewDelivery, known: Known) -> Row:
    try:
        wish = wish_of(item, known)
    except Problem as problem:
        return Row(number, item.reference, refused=problem)
    return Row(number, item.reference, wish)


@resource.post(
    "/deliveries/import", may=Permission.DELIVERIES_WRITE, status=200, answer=BatchOut,
    transactional=False, largest=_LARGEST, media=CSV,
)  # fmt: skip
def import_deliveries(ask: Ask, query: FileAsked, text: str) -> BatchOut:
    """Plan the deliveries of a CSV file.

    Needs the columns customer_name, phone, address and scheduled_time; may have reference,
    longitude, latitude, time_zone, window_end, agent_email, language, sequence, parcel,
    delivery_instructions, consent (yes unless it says no) and date. Cells may be separated by
    commas, semicolons or tabs. Times are like `2026-11-24T14:30-05:00`, or like
    `2026-11-24 14:30`: then the clock is that of the row's time_zone, of the parameter, or of the
    company, and each row says so. A time of day alone is one on the row's date. At most 1,000
    rows. With `dry_run=true` every row is tried and nothing is kept.
    """
    try:
        given = delivery_file.read(text)
    except PermanentError as error:
        raise invalid(Fault(detail=of_error(error), source="body", pointer="")) from None
    if len(given.rows) > MOST:
        says = Saying(
            "has %(count)s rows: send at most %(most)s at once", count=len(given.rows), most=MOST
        )
        raise invalid(Fault(detail=says, source="body", pointer=""))
    zones = Zones(query.time_zone, company.time_zone(ask.tenant_id))
    rows = list(_of_file(given, zones, query.region))
    told = tried_rows(ask, rows) if query.dry_run else planned_rows(ask, rows)
    return _told(told, dry_run=query.dry_run, given=given)


def _of_file(given: DeliveryFile, zones: Zones, region: str | None) -> Iterator[Row]:
    seen: set[str] = set()
    for number, row in given.rows:
        try:
            read = file_rows.wish_of(row, zones, region)
        except PermanentError as error:
            yield Row(number, _reference(row), refused=error)
            continue
        wish = read.wish
        if wish.reference in seen:
            says = Saying("reference %(reference)s is in this file twice", reference=wish.reference)
            twice = WishError([wrong(says, "reference")])
            yield Row(number, wish.reference, refused=twice)
            continue
        seen |= {wish.reference} if wish.reference else set()
        yield Row(number, wish.reference, wish, assumed_zone=read.assumed_zone)


def _reference(row: delivery_file.Row) -> str | None:
    """Of a row that cannot be read otherwise; none where cells may stand in the wrong columns."""
    given = str(row.get("reference") or "")
    return given if given and len(given) <= _LONGEST and None not in row else None


def _told(rows: list[RowOut], *, dry_run: bool, given: DeliveryFile | None = None) -> BatchOut:
    outcomes = [row.outcome for row in rows]
    return BatchOut(
        planned=len(rows) - outcomes.count("refused"),
        without_a_call=outcomes.count("planned_without_a_call"),
        refused=outcomes.count("refused"),
        dry_run=dry_run,
        unknown_columns=list(given.unknown) if given else [],
        columns_meant=dict(given.meant) if given else {},
        rows=rows,
    )
