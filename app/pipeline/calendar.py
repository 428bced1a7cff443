"""The calendar: how many deliveries a range of time holds, and which where these are few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bson import ObjectId

from app.models import Customer, Delivery

Part = Literal["day", "hour"]
LONGEST = 5000
"""Milliseconds that each question may take; pymongo raises ExecutionTimeout beyond them."""
_OF_A_STOP = (
    "reference", "customer_id", "address", "coordinates", "status", "outreach.state",
    "analysis.needs_review", "agent_id", "route.sequence", "priority", "scheduled_time",
    "window.end", "time_zone", "estimated_duration",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries."""

    since: datetime
    before: datetime
    """Scheduled from the one, and before the other."""
    agent_id: ObjectId | None = None
    """Those of one agent."""
    unassigned: bool = False
    """Those of nobody."""
    status: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """So many deliveries in one state, in one part of the range."""

    start: datetime
    status: str
    deliveries: int


@dataclass(frozen=True, slots=True)
class Stop:
    """One delivery, as far as planning it needs."""

    id: str
    reference: str | None
    customer_id: str | None
    """None once the customer was erased."""
    customer: str | None
    """The name; None where it is not to be read."""
    address: str
    place: tuple[float, float] | None
    """Longitude and latitude."""
    status: str
    outreach: str
    needs_review: bool
    agent_id: str | None
    sequence: int | None
    priority: str
    scheduled_time: datetime
    window_end: datetime | None
    time_zone: str
    minutes: int


def counts(tenant_id: str, wanted: Wanted, part: Part, zone: str) -> list[Count]:
    """How many there are of each state in each part of the range, as the zone divides days."""
    # What was put away is told apart afterwards: so the index alone answers.
    there = {"$gt": ["$deleted_at", None]}
    at = {"$dateTrunc": {"date": "$scheduled_time", "unit": part, "timezone": zone}}
    found = Delivery.of(tenant_id, __raw__=_where(wanted)).aggregate(
        [
            {"$group": {"_id": {"at": at, "s": "$status", "gone": there}, "n": {"$sum": 1}}},
            {"$match": {"_id.gone": False}},
            {"$sort": {"_id.at": 1, "_id.s": 1}},
        ],
        maxTimeMS=LONGEST,
    )
    return [Count(_utc(each["_id"]["at"]), each["_id"]["s"], each["n"]) for each in found]


def stops(tenant_id: str, wanted: Wanted, *, most: int, names: bool) -> list[Stop]:
    """The deliveries themselves in the order of their times, the first so many."""
    where = {**_where(wanted), "deleted_at": None}
    found = Delivery.of(tenant_id, __raw__=where).order_by("scheduled_time", "id")
    rows = list(found.only(*_OF_A_STOP).limit(most).max_time_ms(LONGEST).as_pymongo())
    called = (
        _names(tenant_id, {row["customer_id"] for row in rows if row.get("customer_id")})
        if names
        else {}
    )
    return [_stop(row, called) for row in rows]


def _where(wanted: Wanted) -> dict[str, Any]:
    where: dict[str, Any] = {"scheduled_time": {"$gte": wanted.since, "$lt": wanted.before}}
    if wanted.agent_id is not None or wanted.unassigned:
        where["agent_id"] = wanted.agent_id
    if wanted.status:
        where["status"] = {"$in": list(wanted.status)}
    return where


def _names(tenant_id: str, ids: set[ObjectId]) -> dict[ObjectId, str]:
    found = Customer.of(tenant_id, pk__in=list(ids)).only("name").as_pymongo()
    return {each["_id"]: each["name"] for each in found}


def _stop(row: Mapping[str, Any], names: Mapping[ObjectId, str]) -> Stop:
    agent, place, customer = (row.get(each) for each in ("agent_id", "coordinates", "customer_id"))
    end = (row.get("window") or {}).get("end")
    return Stop(
        id=str(row["_id"]),
        reference=row.get("reference"),
        customer_id=str(customer) if customer else None,
        customer=names.get(customer) if customer else None,
        address=row["address"],
        place=tuple(place["coordinates"]) if place else None,
        status=row["status"],
        outreach=row["outreach"]["state"],
        needs_review=bool((row.get("analysis") or {}).get("needs_review")),
        agent_id=str(agent) if agent else None,
        sequence=(row.get("route") or {}).get("sequence"),
        priority=row.get("priority") or "normal",
        scheduled_time=_utc(row["scheduled_time"]),
        window_end=_utc(end) if end else None,
        time_zone=row["time_zone"],
        minutes=row.get("estimated_duration") or 30,
    )


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
