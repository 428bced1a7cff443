"""Due: which deliveries to call next, fairly between companies, and how many there is room for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Any

from bson import ObjectId

from app.models import BridgedCall, CallLog, Delivery, Tenant, database
from app.pipeline import pace
from app.rules.analysis import Priority
from app.states import OUTREACH_WAITING

_MOST_URGENT_FIRST = (Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW)
_AHEAD = timedelta(seconds=5)
"""How far ahead of the pace calls are claimed."""
FIELDS = (
    "tenant_id", "customer_id", "address", "coordinates", "scheduled_time", "status", "time_zone",
    "outreach.state", "outreach.attempts", "outreach.next_attempt_at", "outreach.asked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the outreach of a due delivery stands."""

    state: str
    attempts: int
    asked: Mapping[str, Any] | None = None
    """Who asked for the call to be placed now, in the database's own form."""


@dataclass(frozen=True, slots=True)
class Due:
    """As much of a delivery as claiming needs; a whole document would cost ten times as much."""

    pk: ObjectId
    tenant_id: str
    customer_id: ObjectId
    address: str
    coordinates: Any
    scheduled_time: datetime
    status: str
    time_zone: str
    outreach: Standing

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Due:
        """From the database's own form, of FIELDS at least."""
        outreach = document["outreach"]
        return cls(
            pk=document["_id"],
            tenant_id=document["tenant_id"],
            customer_id=document["customer_id"],
            address=document.get("address", ""),
            coordinates=document.get("coordinates"),
            scheduled_time=document["scheduled_time"],
            status=document.get("status", "scheduled"),
            time_zone=document.get("time_zone", "UTC"),
            outreach=Standing(
                outreach["state"], outreach.get("attempts", 0), outreach.get("asked")
            ),
        )


@dataclass(frozen=True, slots=True)
class Room:
    """How many calls may be claimed now, in all and for each company that has a limit."""

    most: int
    of_tenant: Mapping[str, int]
    waiting: int = 0
    """Calls that are claimed and wait to be dialled."""

    def share(self, tenant_id: str) -> int:
        """What one company may have of it."""
        return max(0, min(self.most, self.of_tenant.get(tenant_id, self.most)))


def room(per_second: float, in_progress: int) -> Room:
    """What the account's limits, and each company's own, leave.

    A few seconds' worth of calls may wait to be dialled, and no more than ``in_progress`` be under
    way.
    """
    waiting: dict[str, int] = {}
    under_way: dict[str, int] = {}
    groups = CallLog._get_collection().aggregate(
        [
            {"$match": {"in_flight": True}},
            {"$group": {"_id": {"tenant": "$tenant_id", "dialled": {"$gt": ["$dialing_at", None]}},
                        "calls": {"$sum": 1}}},
        ]
    )  # fmt: skip
    for group in groups:
        tenant = group["_id"]["tenant"]
        under_way[tenant] = under_way.get(tenant, 0) + group["calls"]
        if not group["_id"]["dialled"]:
            waiting[tenant] = waiting.get(tenant, 0) + group["calls"]
    for tenant in BridgedCall._get_collection().find({"in_flight": True}, {"tenant_id": 1}):
        # Two calls each: one to the driver, one to the customer.
        under_way[tenant["tenant_id"]] = under_way.get(tenant["tenant_id"], 0) + 2
    most = min(
        pace.room(per_second, seconds=_AHEAD) - sum(waiting.values()),
        in_progress - sum(under_way.values()),
    )
    own = {}
    for tenant, choices in _limits():
        rate, at_once = choices.get("calls_per_second"), choices.get("calls_in_progress")
        if rate:
            own[tenant] = pace.room(rate, seconds=_AHEAD) - waiting.get(tenant, 0)
        if at_once:
            left = at_once - under_way.get(tenant, 0)
            own[tenant] = min(own.get(tenant, left), left)
    return Room(max(0, most), own, sum(waiting.values()))


def _limits() -> Iterator[tuple[str, Mapping[str, Any]]]:
    limited = {"$or": [{"calling.calls_per_second": {"$gt": 0}},
                       {"calling.calls_in_progress": {"$gt": 0}}]}  # fmt: skip
    for document in Tenant._get_collection().find(limited, {"tenant_id": 1, "calling": 1}):
        yield document["tenant_id"], document["calling"]


def pick(most: int, account: str, *, now: datetime) -> list[Due]:
    """Whose calls come next: at most ``most``, one company after the other.

    Within a company the urgent come first, then who has least time until the van. The company
    that was served last comes last the next time.
    """
    hungry = _in_turn(_companies(now), account)
    picked: dict[str, list[Due]] = {tenant: [] for tenant in hungry}
    left = most
    while hungry and left > 0:
        share = -(-left // len(hungry))
        still = []
        for tenant in hungry:
            mine = picked[tenant]
            wanted = min(share, left)
            found = _next_of(tenant, len(mine), wanted, now) if wanted else []
            mine += found
            left -= len(found)
            if found and len(found) == wanted:
                still.append(tenant)
        hungry = still
    turns = chain.from_iterable(zip_longest(*picked.values()))
    return [each for each in turns if each is not None]


def served(account: str, tenant_id: str) -> None:
    """The company that was served last."""
    database().pacing.update_one(
        {"_id": f"{account} companies"}, {"$set": {"last": tenant_id}}, upsert=True
    )


def _companies(now: datetime) -> list[str]:
    """Those that have something due, in the order of their names."""
    deliveries = Delivery._get_collection()
    known: set[str] = set()
    for state in OUTREACH_WAITING:
        known |= set(deliveries.distinct("tenant_id", {"outreach.state": state}))
    # Named: of several indexes that fit, MongoDB may choose one that reads the whole company.
    by = "whose_calls_are_due"
    return sorted(
        tenant
        for tenant in known
        if deliveries.find_one(_due(tenant, now), {"_id": 1}, hint=by) is not None
    )


def _in_turn(companies: list[str], account: str) -> list[str]:
    last = (database().pacing.find_one({"_id": f"{account} companies"}) or {}).get("last", "")
    return [each for each in companies if each > last] + [
        each for each in companies if each <= last
    ]


def _due(tenant_id: str, now: datetime) -> dict[str, Any]:
    return {
        "outreach.state": {"$in": list(OUTREACH_WAITING)},
        "tenant_id": tenant_id,
        "outreach.next_attempt_at": {"$lte": now},
    }


def _next_of(tenant_id: str, skip: int, most: int, now: datetime) -> list[Due]:
    deliveries = Delivery._get_collection()
    found: list[Due] = []
    for priority in _MOST_URGENT_FIRST:
        query = {**_due(tenant_id, now), "priority": priority.value}
        documents = (
            deliveries.find(query, FIELDS)
            .sort("scheduled_time", 1)
            .hint("whom_to_call_next")
            .limit(skip + most)
        )
        found += [Due.read(document) for document in documents]
        if len(found) >= skip + most:
            break
    return found[skip : skip + most]
