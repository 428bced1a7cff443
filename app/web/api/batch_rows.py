"""Rows of a batch or a file: each is planned or refused by itself, many in one transaction.

What a row needs is asked for with what its neighbours need, and written with it. Where a whole
group cannot be written, as when another planned one of its references meanwhile, each of its rows
is planned by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from mongoengine.errors import MongoEngineException
from pydantic import Field
from pymongo.errors import OperationFailure

from app.errors import PermanentError
from app.pipeline import delivery_file
from app.pipeline.drafts import Draft, Terms, draft_all
from app.pipeline.plan import NewDelivery as Wish
from app.pipeline.plan import write_all
from app.pipeline.wish import ReferenceTakenError, WishError
from app.saying import Saying
from app.web.api.asking import Ask
from app.web.api.delivery_shapes import shown
from app.web.api.once import Answered, once_each
from app.web.api.problems import Problem, in_one, of_error
from app.web.api.shapes import Id, Moment, Shape
from app.web.words import retold, told

_TOGETHER = 100
"""Rows of one transaction: others who change something of the company wait for its end."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was read."""

    number: int
    reference: str | None
    wish: Wish | None = None
    refused: PermanentError | Problem | None = None
    """Why it cannot be planned, where that is known already: there is no wish then."""
    assumed_zone: str | None = None
    """By whose clock its times were taken, where they named no offset."""


class RowOut(Shape):
    """What came of one."""

    row: int = Field(description="Its number: of a file the line, where the header is line 1.")
    outcome: Literal["planned", "planned_without_a_call", "refused"]
    delivery_id: Id | None = None
    reference: str | None = None
    detail: str | None = Field(
        default=None, description="Why it was refused, or why nobody will call."
    )
    columns: list[str] = Field(
        default=[], description="Those of a file, or fields of an item, that it is refused for."
    )
    renames_customer: bool = Field(
        default=False,
        description="The number is known by another name: all deliveries to it carry the new one.",
    )
    scheduled_time: Moment | None = Field(default=None, description="As it was understood.")
    assumed_time_zone: str | None = Field(
        default=None,
        description="The zone by whose clock its times were taken, where they named no offset.",
    )


def planned_rows(ask: Ask, rows: Sequence[Row]) -> list[RowOut]:
    """Plan what can be planned; what came of each, in their order.

    Each that is planned is there with its audit entry and, under the request's Idempotency-Key,
    its answer; one that was planned under that key before is answered the same, and not planned
    again.
    """
    wished = [row for row in rows if row.wish]
    starts = range(0, len(wished), _TOGETHER)
    outs = [each for at in starts for each in _group(ask, wished[at : at + _TOGETHER])]
    return _in_order(rows, outs)


def tried_rows(ask: Ask, rows: Sequence[Row]) -> list[RowOut]:
    """What would come of each; nothing is written."""
    wished = [row for row in rows if row.wish]
    drafts = draft_all(_terms(ask), [row.wish for row in wished if row.wish])
    outs = [
        _refused(row, draft)
        if isinstance(draft, PermanentError)
        else _planned(row, draft, kept=False)
        for row, draft in zip(wished, drafts, strict=True)
    ]
    return _in_order(rows, outs)


def _in_order(rows: Sequence[Row], outs: Sequence[RowOut]) -> list[RowOut]:
    by_number = {each.row: each for each in outs}
    return [by_number.get(row.number) or _refused(row, row.refused) for row in rows]


def _group(ask: Ask, rows: Sequence[Row]) -> list[RowOut]:
    try:
        return _together(ask, rows)
    except (PermanentError, Problem, MongoEngineException, OperationFailure) as error:
        if len(rows) > 1:
            return [each for row in rows for each in _group(ask, [row])]
        if isinstance(error, PermanentError | Problem):
            return [_refused(rows[0], error)]
        raise
    finally:
        ask.noted.clear()


def _together(ask: Ask, rows: Sequence[Row]) -> list[RowOut]:
    """All of them in one transaction."""
    refused: dict[int, RowOut] = {}
    keys = [ask.key.part(f"row {row.number}") if ask.key else None for row in rows]

    def work(places: Sequence[int]) -> Mapping[int, Answered]:
        ask.noted.clear()
        refused.clear()
        terms = _terms(ask)
        drafts = draft_all(terms, [wish for place in places if (wish := rows[place].wish)])
        right: dict[int, Draft] = {}
        for place, draft in zip(places, drafts, strict=True):
            if isinstance(draft, Draft):
                right[place] = draft
            else:
                refused[place] = _refused(rows[place], draft)
        write_all(terms, list(right.values()))
        for draft in right.values():
            made = draft.delivery
            ask.note("delivery.created", "delivery", made.pk, after=shown(made))
        ask.write_notes()
        outs = {place: _planned(rows[place], draft, kept=True) for place, draft in right.items()}
        return {place: Answered(200, each.model_dump_json(), {}) for place, each in outs.items()}

    done = once_each(ask.tenant_id, keys, work, datetime.now(UTC))
    return [
        refused.get(place) or RowOut.model_validate_json(done[place].text)
        for place in range(len(rows))
    ]


def _terms(ask: Ask) -> Terms:
    settings = ask.runtime.settings
    return Terms(
        ask.tenant_id,
        ask.now,
        settings.calling_window,
        ask.runtime.rules,
        own_number=settings.twilio_from_number,
        locate=settings.geocoder_url is not None,
    )


def _planned(row: Row, draft: Draft, *, kept: bool) -> RowOut:
    made = draft.delivery
    silent = made.outreach.state in delivery_file.WITHOUT_A_CALL
    return RowOut(
        row=row.number,
        outcome="planned_without_a_call" if silent else "planned",
        delivery_id=str(made.pk) if kept else None,
        reference=made.reference,
        detail=retold(made.outreach.reason or "") if silent else None,
        renames_customer=draft.renames,
        scheduled_time=made.scheduled_time,
        assumed_time_zone=row.assumed_zone,
    )


def _refused(row: Row, why: PermanentError | Problem | None) -> RowOut:
    return RowOut(
        row=row.number,
        outcome="refused",
        reference=row.reference,
        detail=_told(why) if why else None,
        columns=[name for name in delivery_file.COLUMNS if name in _about(why)],
    )


def _told(why: PermanentError | Problem) -> Saying:
    return told(in_one(why) if isinstance(why, Problem) else of_error(why))


def _about(why: PermanentError | Problem | None) -> set[str]:
    """The fields that a refusal names, which a file's columns are called like."""
    if isinstance(why, WishError):
        return {name for each in why.problems for name in each.fields}
    if isinstance(why, ReferenceTakenError):
        return {"reference"}
    if isinstance(why, Problem):
        return {(each.pointer or "").removeprefix("/").split("/")[0] for each in why.errors}
    return set()
