"""What calls came to: when people answer, what it cost, and how soon drivers knew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bson import ObjectId

from app.models import BridgedCall, CallLog
from app.pipeline.analytics.figures import (
    LONGEST_TOLD,
    NEVER_RANG,
    NOT_MADE,
    WAITS,
    Cost,
    CostOfDay,
    OfHour,
    OfWait,
    Rate,
    Told,
)
from app.pipeline.analytics.span import MOST_MILLISECONDS, Span, local_day, local_hour
from app.states import CALL_ENDED, CallStatus, OutreachState

INDEX = "calls_by_time"
BRIDGED_INDEX = "bridged_by_time"
_DIALLED_LATER = timedelta(days=8)
"""A claimed call may wait so long to be dialled, at the very most: until its delivery's van."""
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OfCalls:
    """The figures that are counted in calls."""

    by_hour: tuple[OfHour, ...]
    costs: tuple[Cost, ...]
    costs_by_day: tuple[CostOfDay, ...]
    priced: Rate
    told: Told
    waits: tuple[OfWait, ...]


def of_calls(tenant_id: str, span: Span, agent_id: ObjectId | None = None) -> OfCalls:
    """Count a company's calls that were begun on these days.

    With an agent, those whose first delivery is this agent's now.
    """
    chosen = {"claimed_at__gte": span.start, "claimed_at__lt": span.end}
    over = CallLog.of(tenant_id, status__in=sorted(CALL_ENDED), **chosen)
    mine = _of_agent(agent_id)
    (found,) = over.aggregate(mine + _pipeline(span), hint=INDEX, maxTimeMS=MOST_MILLISECONDS)
    answered = CallLog.of(
        tenant_id, status=CallStatus.COMPLETED.value, answered_by__ne="machine", **chosen
    )
    seconds = {
        row["_id"]: row["n"]
        for row in answered.aggregate(mine + _TOLD, hint=INDEX, maxTimeMS=MOST_MILLISECONDS)
    }
    # Of drivers' own calls to customers nothing but what they cost counts here.
    bridged = BridgedCall.of(tenant_id, status__in=sorted(CALL_ENDED), **chosen)
    paid = found["costs"] + list(
        bridged.aggregate(mine + _costs(span), hint=BRIDGED_INDEX, maxTimeMS=MOST_MILLISECONDS)
    )
    days = _by_day(_cost_of_day(row) for row in paid if row["_id"]["currency"] is not None)
    calls = sum(row["n"] for row in paid)
    return OfCalls(
        by_hour=tuple(_hour(row) for row in sorted(found["by_hour"], key=lambda r: int(r["_id"]))),
        costs=_sums(days),
        costs_by_day=tuple(sorted(days, key=lambda each: (each.day, each.currency))),
        priced=Rate(sum(row["priced"] for row in paid), calls),
        told=told(seconds),
        waits=waits(seconds),
    )


def _of_agent(agent_id: ObjectId | None) -> list[dict[str, Any]]:
    """Leave the calls whose first delivery is this agent's now."""
    if agent_id is None:
        return []
    return [
        {"$lookup": {"from": "deliveries", "localField": "delivery_id", "foreignField": "_id",
                     "pipeline": [{"$project": {"agent_id": 1}}], "as": "about"}},
        {"$match": {"about.agent_id": agent_id}},
    ]  # fmt: skip


def _pipeline(span: Span) -> list[dict[str, Any]]:
    placed = {
        "direction": "outbound",
        "dialing_at": {"$ne": None},
        "status": {"$ne": NEVER_RANG},
        "outcome": {"$nin": sorted(NOT_MADE)},
    }
    person = {"$and": [{"$eq": ["$status", CallStatus.COMPLETED.value]},
                       {"$ne": ["$answered_by", "machine"]}]}  # fmt: skip
    instructed = {"$eq": ["$outcome", OutreachState.INSTRUCTED.value]}
    hour = local_hour(span.local("$dialing_at", _DIALLED_LATER))
    return [
        {"$project": {"_id": 0, "direction": 1, "dialing_at": 1, "status": 1, "outcome": 1,
                      "answered_by": 1, "call_sid": 1, "cost": 1, "currency": 1,
                      "claimed_at": 1}},
        {
            "$facet": {
                "by_hour": [
                    {"$match": placed},
                    {"$group": {"_id": hour, "n": {"$sum": 1}, "answered": _sum(person),
                                "instructed": _sum(instructed)}},
                ],
                "costs": _costs(span),
            }
        },
    ]  # fmt: skip


def _costs(span: Span) -> list[dict[str, Any]]:
    """What those calls cost that the network knows, by day and currency."""
    known = {"$ne": [{"$ifNull": ["$cost", None]}, None]}
    # Doubles are read as decimals of fifteen digits, in which fractions of a cent add up exactly.
    amount = {"$toDecimal": "$cost"}
    currency = {"$cond": [known, {"$ifNull": ["$currency", _UNKNOWN]}, None]}
    day = local_day(span.local("$claimed_at"))
    return [
        {"$match": {"call_sid": {"$ne": None}}},
        {"$group": {"_id": {"day": day, "currency": currency},
                    "n": {"$sum": 1}, "priced": _sum(known),
                    "amount": {"$sum": {"$cond": [known, amount, None]}}}},
    ]  # fmt: skip


_TOLD: list[dict[str, Any]] = [
    {"$match": {"end_time": {"$ne": None}}},
    {"$project": {"end_time": 1, "tenant_id": 1}},
    {
        "$lookup": {
            "from": "push_messages",
            "localField": "_id",
            "foreignField": "call_id",
            "as": "messages",
        }
    },
    {"$match": {"messages.0": {"$exists": True}}},
    {"$project": {"after": {"$subtract": [{"$min": "$messages.sent_at"}, "$end_time"]}}},
    {"$project": {"seconds": {"$floor": {"$divide": ["$after", 1000]}}}},
    {"$project": {"seconds": {"$max": [0, {"$min": ["$seconds", LONGEST_TOLD]}]}}},
    {"$group": {"_id": "$seconds", "n": {"$sum": 1}}},
]
"""How many calls' drivers were told after how many seconds."""


def told(seconds: Mapping[float, int]) -> Told:
    """Sum up how many were told after how many seconds; the shares are of the nearest rank."""
    calls = sum(seconds.values())
    if not calls:
        return Told()
    ordered = sorted((int(each), n) for each, n in seconds.items())
    return Told(
        calls=calls,
        mean=sum(each * n for each, n in ordered) / calls,
        median=_rank(ordered, -(-calls // 2)),
        p95=_rank(ordered, -(-calls * 95 // 100)),
        longest=ordered[-1][0],
    )


def waits(seconds: Mapping[float, int]) -> tuple[OfWait, ...]:
    """How many were told within each of ``WAITS``; nothing where nobody was told."""
    counted = dict.fromkeys((*WAITS, None), 0)
    for each, n in seconds.items():
        counted[next((limit for limit in WAITS if each <= limit), None)] += n
    return tuple(OfWait(within, n) for within, n in counted.items()) if seconds else ()


def _rank(ordered: list[tuple[int, int]], rank: int) -> int:
    passed = 0
    for seconds, n in ordered:
        passed += n
        if passed >= rank:
            return seconds
    raise ValueError(f"there is no rank {rank}")


def _sum(condition: Any) -> dict[str, Any]:
    return {"$sum": {"$cond": [condition, 1, 0]}}


def _hour(row: Mapping[str, Any]) -> OfHour:
    return OfHour(row["_id"], Rate(row["answered"], row["n"]), Rate(row["instructed"], row["n"]))


def _cost_of_day(row: Mapping[str, Any]) -> CostOfDay:
    key, amount = row["_id"], Decimal(str(row["amount"]))
    return CostOfDay(date.fromisoformat(key["day"]), key["currency"], _plain(amount), row["priced"])


def _by_day(rows: Iterable[CostOfDay]) -> list[CostOfDay]:
    """One for each day and currency, where several kinds of calls were paid for."""
    found: dict[tuple[date, str], CostOfDay] = {}
    for each in rows:
        known = found.get((each.day, each.currency))
        amount = _plain(each.amount + known.amount) if known else each.amount
        calls = each.calls + (known.calls if known else 0)
        found[each.day, each.currency] = CostOfDay(each.day, each.currency, amount, calls)
    return list(found.values())


def _sums(days: list[CostOfDay]) -> tuple[Cost, ...]:
    """What all days cost together, by currency."""
    found: dict[str, Cost] = {}
    for each in days:
        so_far = found.get(each.currency, Cost(each.currency, Decimal(0), 0))
        amount = _plain(so_far.amount + each.amount)
        found[each.currency] = Cost(each.currency, amount, so_far.calls + each.calls)
    return tuple(found[currency] for currency in sorted(found))


def _plain(amount: Decimal) -> Decimal:
    """Without zeros at its end, and not 1E+1 for ten."""
    amount = amount.normalize()
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount
