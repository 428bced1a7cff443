"""When the product's clock has something to do, so that quiet hours need not be ticked through.

A clock that does its duties less often than the product's own is only slower; it is never told
what it will find.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.models import CallLog, Delivery, Message, Recording, Reply
from app.states import CALL_ENDED

Query = dict[str, Any]
_WAITING: Query = {"outreach.state": {"$in": ["pending", "waiting"]}}
_NEXT = "outreach.next_attempt_at"
_LIVE: Query = {"status": {"$nin": sorted(CALL_ENDED)}}
_TO_COME: Query = {"status": {"$in": ["intended", "unknown", "queued"]}}
_WAITS: tuple[tuple[Any, Query, str], ...] = (
    (Delivery, _WAITING, _NEXT),
    (CallLog, {"status": "intended"}, "next_try_at"),
    (CallLog, _LIVE, "queued_until"),
    (Recording, {"stage": "announced"}, "next_try_at"),
    (Message, _TO_COME, "not_before"),
)
_OPEN: tuple[tuple[Any, Query], ...] = (
    (Delivery, {"outreach.state": "calling"}),
    (Delivery, {"$or": [{"to_tell": True}, {"outreach.to_text": True}]}),
    (CallLog, {"$or": [{"settled_at": None}, _LIVE]}),
    (CallLog, {"outcome": "not_placed", "looked_again_at": None}),
    (Recording, {"stage": {"$ne": "understood"}}),
    (Message, _TO_COME),
    (Reply, {"settled_at": None}),
)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the ledger holds for the clock: to claim, to sweep up, and when more comes due."""

    due: bool
    open: bool
    alarm: datetime | None


def look(now: datetime) -> Ahead:
    """Ask the ledger, in one query."""
    parts = [_part(Delivery, {**_WAITING, _NEXT: {"$not": {"$gt": now}}}, {"what": "due"})]
    parts += [_part(model, query, {"what": "open"}) for model, query in _OPEN]
    parts += [
        _part(model, {**query, path: {"$gt": now}}, {"what": "alarm", "at": f"${path}"}, path)
        for model, query, path in _WAITS
    ]
    _, first = parts[0]
    union = [{"$unionWith": {"coll": name, "pipeline": part}} for name, part in parts[1:]]
    found = list(Delivery._get_collection().aggregate([*first, *union]))
    kinds = {each["what"] for each in found}
    alarms = [each["at"] for each in found if each["what"] == "alarm"]
    return Ahead("due" in kinds, "open" in kinds, min(alarms, default=None))


def _part(model: Any, query: Query, shown: Query, path: str = "_id") -> tuple[str, list[Query]]:
    kept = {"_id": 0, **{name: {"$literal": value} for name, value in shown.items()}}
    if "at" in shown:
        kept["at"] = shown["at"]
    part = [{"$match": query}, {"$sort": {path: 1}}, {"$limit": 1}, {"$project": kept}]
    return model._get_collection_name(), part
