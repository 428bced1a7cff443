"""Many deliveries at once: as JSON, or as a CSV file that may first be tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Literal

from mongoengine import ValidationError
from pydantic import ConfigDict, Field

from app.errors import PermanentError
from app.models import Delivery
from app.models.transaction import in_transaction
from app.pipeline import delivery_file
from app.pipeline.plan import NewDelivery as Wish
from app.pipeline.plan import plan
from app.rules.permissions import Permission
from app.web.api.asking import Ask
from app.web.api.deliveries import planned, resource
from app.web.api.delivery_shapes import NewDelivery, shown
from app.web.api.once import Answered, once
from app.web.api.operations import CSV
from app.web.api.problems import Fault, Problem, invalid
from app.web.api.shapes import Given, Id, Shape

MOST = 1000
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
        Field(max_length=60, description="Of rows without one and without coordinates."),
    ] = None
    region: Annotated[
        str | None, Field(pattern="^[A-Z]{2}$", description="Country of numbers without one.")
    ] = None


class RowOut(Shape):
    """What came of one."""

    row: int = Field(description="Its number: of a file the line, where the header is line 1.")
    outcome: Literal["planned", "planned_without_a_call", "refused"]
    delivery_id: Id | None = None
    reference: str | None = None
    detail: str | None = Field(
        default=None, description="Why it was refused, or why nobody will call."
    )


class BatchOut(Shape):
    """What came of each."""

    planned: int
    without_a_call: int
    refused: int
    dry_run: bool
    unknown_columns: list[str] = []
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
    rows = [
        _row(ask, number, lambda item=item: planned(ask, item), item.reference)  # type: ignore[misc]
        for number, item in enumerate(body.items, start=1)
    ]
    return _told(rows, dry_run=False)


@resource.post(
    "/deliveries/import", may=Permission.DELIVERIES_WRITE, status=200, answer=BatchOut,
    transactional=False, largest=_LARGEST, media=CSV,
)  # fmt: skip
def import_deliveries(ask: Ask, query: FileAsked, text: str) -> BatchOut:
    """Plan the deliveries of a CSV file.

    Needs the columns customer_name, phone, address and scheduled_time; may have reference,
    longitude, latitude, time_zone, window_end, agent_email, language, sequence, parcel,
    delivery_instructions and consent (yes unless it says no). At most 1,000 rows. With
    `dry_run=true` every row is tried and nothing is kept.
    """
    try:
        given = delivery_file.read(text.splitlines(keepends=True))
    except PermanentError as error:
        raise invalid(Fault(detail=str(error), source="body", pointer="")) from None
    if len(given.rows) > MOST:
        says = f"has {len(given.rows)} rows: send at most {MOST} at once"
        raise invalid(Fault(detail=says, source="body", pointer=""))
    rows = list(_of_file(ask, given, query))
    return _told(rows, dry_run=query.dry_run, unknown=given.unknown)


def _of_file(ask: Ask, given: delivery_file.DeliveryFile, query: FileAsked) -> Iterator[RowOut]:
    seen: set[str] = set()
    for number, row in given.rows:
        try:
            wish = delivery_file.wish_of(row, query.time_zone, query.region)
        except PermanentError as error:
            yield RowOut(row=number, outcome="refused", detail=str(error))
            continue
        if wish.reference in seen:
            says = f"reference {wish.reference} is in this file twice"
            yield RowOut(row=number, outcome="refused", reference=wish.reference, detail=says)
            continue
        seen |= {wish.reference} if wish.reference else set()
        yield _row(
            ask, number, lambda wish=wish: _planned(ask, wish), wish.reference, query.dry_run  # type: ignore[misc]
        )  # fmt: skip


def _planned(ask: Ask, wish: Wish) -> Delivery:
    settings = ask.runtime.settings
    made = plan(
        ask.tenant_id, wish, now=ask.now, window=settings.calling_window, book=ask.runtime.rules,
        own_number=settings.twilio_from_number, locate=settings.geocoder_url is not None,
    )  # fmt: skip
    ask.note("delivery.created", "delivery", made.pk, after=shown(made))
    return made


class _OnlyTriedError(Exception):
    """Undoes what a row would have done."""

    def __init__(self, row: RowOut) -> None:
        self.row = row


def _row(
    ask: Ask,
    number: int,
    plan_it: Callable[[], Delivery],
    reference: str | None,
    dry_run: bool = False,
) -> RowOut:
    def work() -> Answered:
        ask.noted.clear()
        made = plan_it()
        silent = made.outreach.state in delivery_file.WITHOUT_A_CALL
        row = RowOut(
            row=number,
            outcome="planned_without_a_call" if silent else "planned",
            delivery_id=None if dry_run else str(made.pk),
            reference=made.reference,
            detail=made.outreach.reason if silent else None,
        )
        if dry_run:
            raise _OnlyTriedError(row)
        ask.write_notes()
        return Answered(200, row.model_dump_json(), {})

    key = ask.key.part(f"row {number}") if ask.key else None
    try:
        if dry_run:
            in_transaction(work)
        answered, _ = once(ask.tenant_id, key, work, datetime.now(UTC))
    except _OnlyTriedError as tried:
        return tried.row
    except (PermanentError, ValidationError) as error:
        says = str(error) if isinstance(error, PermanentError) else _plainly(error)
        return RowOut(row=number, outcome="refused", reference=reference, detail=says)
    except Problem as problem:
        says = "; ".join(
            f"{fault.pointer or ''} {fault.detail}".strip() for fault in problem.errors
        )
        return RowOut(
            row=number, outcome="refused", reference=reference, detail=says or problem.detail
        )
    finally:
        ask.noted.clear()
    return RowOut.model_validate_json(answered.text)


def _plainly(error: ValidationError) -> str:
    return "; ".join(f"{name}: {says}" for name, says in error.to_dict().items())


def _told(rows: list[RowOut], *, dry_run: bool, unknown: tuple[str, ...] = ()) -> BatchOut:
    outcomes = [row.outcome for row in rows]
    return BatchOut(
        planned=len(rows) - outcomes.count("refused"),
        without_a_call=outcomes.count("planned_without_a_call"),
        refused=outcomes.count("refused"),
        dry_run=dry_run,
        unknown_columns=list(unknown),
        rows=rows,
    )
