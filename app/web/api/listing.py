"""Lists: filters, order, and pages that go on where the last one ended, whatever was added."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from pymongo.errors import ExecutionTimeout

from app.models.as_stored import AsStored
from app.models.base import TenantDocument
from app.saying import Saying
from app.web.api.problems import Fault, Problem, invalid
from app.web.api.shapes import Listed, Page, Versioned, stamped

LONGEST_QUERY = 5000
"""Milliseconds that a list may take."""
ID = "_id"
_LONGEST_VALUE = 500
_UNREADABLE = (
    ValueError, KeyError, TypeError, InvalidId, RecursionError, OverflowError, OSError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """One way to sort: by a field that every document has, then by id."""

    path: str
    """As MongoDB knows it."""
    descending: bool = False

    def after(self, place: tuple[Any, ObjectId]) -> dict[str, Any]:
        """The condition of coming after a place."""
        beyond = "$lt" if self.descending else "$gt"
        value, last = place
        if self.path == ID:
            return {ID: {beyond: last}}
        # The first clause lets the index begin there; the other leaves out what was shown.
        here = "$lte" if self.descending else "$gte"
        return {
            "$and": [
                {self.path: {here: value}},
                {"$or": [{self.path: {beyond: value}}, {self.path: value, ID: {beyond: last}}]},
            ]
        }

    @property
    def keys(self) -> list[tuple[str, int]]:
        """For MongoDB's sort."""
        direction = -1 if self.descending else 1
        return [(ID, direction)] if self.path == ID else [(self.path, direction), (ID, direction)]


NEWEST = Order(ID, descending=True)
OLDEST = Order(ID)


def page_of(  # noqa: PLR0913 - a list has so many sides
    model: type[TenantDocument],
    tenant_id: str,
    asked: Listed,
    *,
    where: Mapping[str, Any],
    order: Order,
    show: Callable[[list[Any]], list[Any]],
    page: type[Page[Any]],
    collation: Mapping[str, Any] | None = None,
) -> Page[Any]:
    """One page of the tenant's documents that match ``where`` (in MongoDB's own form).

    ``show`` makes what is shown of all documents of the page at once; they are for reading alone
    (``AsStored``). Raises Problem for a
    cursor that belongs to another list, and for a list that takes too long.
    """
    query = dict(where)
    if asked.cursor:
        query = {"$and": [query, order.after(_place(asked.cursor, order))]}
    found = model.of(tenant_id, __raw__=query)
    found = found.order_by(__raw__=order.keys).limit(asked.limit + 1)
    if collation is not None:
        found = found.collation(dict(collation))
    kept = in_time(found.as_pymongo())
    more = len(kept) > asked.limit
    kept = kept[: asked.limit]
    shown = show([AsStored(model, each) for each in kept])
    items = [stamped(each) if isinstance(each, Versioned) else each for each in shown]
    return page(items=items, next=_cursor(kept[-1], order) if more else None)


def in_time(found: Any) -> list[Any]:
    """What a query set finds. Raises Problem for what takes too long."""
    try:
        return list(found.max_time_ms(LONGEST_QUERY))
    except ExecutionTimeout:
        fault = Fault(detail=Saying("takes too long: narrow the list with filters"), source="query")
        raise invalid(fault) from None


def unusable_cursor() -> Problem:
    """A cursor that is none of this list."""
    fault = Fault(
        detail=Saying("must be the next of a page of this list in this order"),
        source="query",
        name="cursor",
    )
    return invalid(fault)


def _cursor(kept: Mapping[str, Any], order: Order) -> str:
    value: Any = kept
    if order.path != ID:
        for part in order.path.split("."):
            value = value[part]
    else:
        value = None
    plain = {"by": order.path, "down": order.descending, "at": _kept(value), "id": str(kept["_id"])}
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _kept(value: Any) -> Any:
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return {"t": int(moment.timestamp() * 1000)}
    return value


def _place(cursor: str, order: Order) -> tuple[Any, ObjectId]:
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        at = plain["at"]
        if isinstance(at, dict):
            at = datetime.fromtimestamp(at["t"] / 1000, UTC)
        if (plain["by"], plain["down"]) == (order.path, order.descending) and _simple(at):
            return at, ObjectId(plain["id"])
    except _UNREADABLE:
        pass
    raise unusable_cursor()


def _simple(value: Any) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) < 2**63
    if isinstance(value, str):
        return value.isprintable() and len(value) <= _LONGEST_VALUE
    return value is None or isinstance(value, float | datetime)
