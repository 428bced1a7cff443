"""What became of deliveries: one walk over those of a range of days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from app.models import Delivery
from app.pipeline.analytics.figures import (
    REACHED,
    SETTLED,
    FirstTime,
    OfAgent,
    OfAttempts,
    OfDay,
    OfKind,
    Outcome,
    Rate,
)
from app.pipeline.analytics.span import MOST_MILLISECONDS, Span, local_day
from app.states import DELIVERY, OUTREACH, DeliveryStatus, OutreachState

INDEX = "tenant_id_1_scheduled_time_1"
_COMPLETED, _FAILED = DeliveryStatus.COMPLETED.value, DeliveryStatus.FAILED.value
_INSTRUCTED = OutreachState.INSTRUCTED.value
_SUMMED = (
    "cancelled", "completed", "over", "tried", "first", "approached", "reached", "instructed",
    "tried_told", "first_told",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfDeliveries:
    """The figures that are counted in deliveries."""

    total: Outcome
    by_day: tuple[OfDay, ...]
    by_agent: tuple[OfAgent, ...]
    attempts: tuple[OfAttempts, ...]
    first_time: FirstTime
    by_kind: tuple[OfKind, ...]


def of_deliveries(tenant_id: str, span: Span, agent_id: ObjectId | None = None) -> OfDeliveries:
    """Count a company's deliveries whose vans were planned for these days; of one agent or all."""
    mine = {"agent_id": agent_id} if agent_id else {}
    chosen = Delivery.of(
        tenant_id, scheduled_time__gte=span.start, scheduled_time__lt=span.end, **mine
    )
    (found,) = chosen.aggregate(_pipeline(span), hint=INDEX, maxTimeMS=MOST_MILLISECONDS)
    days = {row["_id"]: row for row in found["by_day"]}
    by_day = tuple(OfDay(day, _outcome(days.get(str(day), {}))) for day in span.days)
    return OfDeliveries(
        total=sum((each.outcome for each in by_day), Outcome()),
        by_day=by_day,
        by_agent=tuple(_agents(found["by_agent"])),
        attempts=tuple(
            OfAttempts(row["_id"], row["n"])
            for row in sorted(found["attempts"], key=lambda row: int(row["_id"]))
        ),
        first_time=_first_time(days),
        by_kind=tuple(
            OfKind(row["_id"], row["n"], Rate(row["first"], row["tried"]))
            for row in sorted(found["by_kind"], key=lambda row: (-row["n"], row["_id"]))
        ),
    )


def _pipeline(span: Span) -> list[dict[str, Any]]:
    sums = {name: {"$sum": f"${name}"} for name in _SUMMED}
    counted = {"n": {"$sum": 1}, **sums}
    return [
        {"$project": {"_id": 0, "agent_id": 1, "status": 1, **_first_try(), **_outreach(),
                      "day": local_day(span.local("$scheduled_time")), "kinds": _kinds()}},
        {"$project": {"agent_id": 1, "day": 1, "kinds": 1, "by_call": 1, **_counts()}},
        {
            "$facet": {
                "by_day": [{"$group": {"_id": "$day", **counted}}],
                "by_agent": [{"$group": {"_id": "$agent_id", **counted}}],
                "attempts": [
                    {"$match": {"by_call": {"$gt": 0}}},
                    {"$group": {"_id": "$by_call", "n": {"$sum": 1}}},
                ],
                "by_kind": [{"$unwind": "$kinds"}, {"$group": {"_id": "$kinds", **counted}}],
            }
        },
    ]  # fmt: skip


def _first_try() -> dict[str, Any]:
    """The first time that the van's way ended, by the delivery's history, and orders until then."""
    ended = _steps(DELIVERY.name, [_COMPLETED, _FAILED])
    return {"ended": {"$first": ended}, "orders": {"$first": _steps(OUTREACH.name, [_INSTRUCTED])}}


def _steps(machine: str, targets: list[str]) -> dict[str, Any]:
    return {
        "$filter": {
            "input": {"$ifNull": ["$history", []]},
            "as": "step",
            "cond": {
                "$and": [{"$eq": ["$$step.machine", machine]}, {"$in": ["$$step.to", targets]}]
            },
        }
    }


def _outreach() -> dict[str, Any]:
    """Where hearing from the customer stands, and after how many attempts that count."""
    made = {"$subtract": [{"$ifNull": ["$outreach.attempts", 0]},
                          {"$ifNull": ["$outreach.excused", 0]}]}  # fmt: skip
    return {"state": "$outreach.state", "channel": "$outreach.channel", "made": made}


def _kinds() -> dict[str, Any]:
    return {"$setUnion": [{"$ifNull": ["$analysis.directives.kind", []]}, []]}


def _counts() -> dict[str, Any]:
    """Each figure of a delivery as 0 or 1."""
    reached = {"$in": ["$state", sorted(REACHED)]}
    settled = {"$in": ["$state", sorted(SETTLED)]}
    called = {"$gt": ["$made", 0]}
    tried = {"$gt": ["$ended", None]}
    first = {"$eq": ["$ended.to", _COMPLETED]}
    told = {"$and": [tried, {"$gt": ["$orders", None]}, {"$lte": ["$orders.at", "$ended.at"]}]}
    by_call = {"$and": [reached, called, {"$eq": ["$channel", "call"]}]}
    return {
        "cancelled": _one({"$eq": ["$status", DeliveryStatus.CANCELLED.value]}),
        "completed": _one({"$eq": ["$status", _COMPLETED]}),
        "over": _one({"$in": ["$status", [_COMPLETED, _FAILED]]}),
        "tried": _one(tried),
        "first": _one(first),
        "tried_told": _one(told),
        "first_told": _one({"$and": [told, first]}),
        "approached": _one({"$and": [settled, {"$or": [called, reached]}]}),
        "reached": _one(reached),
        "instructed": _one({"$eq": ["$state", _INSTRUCTED]}),
        "by_call": {"$cond": [by_call, "$made", 0]},
    }


def _one(condition: Any) -> dict[str, Any]:
    return {"$cond": [condition, 1, 0]}


def _outcome(row: Mapping[str, Any]) -> Outcome:
    n = row.get
    return Outcome(
        deliveries=n("n", 0),
        cancelled=n("cancelled", 0),
        success=Rate(n("completed", 0), n("over", 0)),
        first_time=Rate(n("first", 0), n("tried", 0)),
        reach=Rate(n("reached", 0), n("approached", 0)),
        instructed=Rate(n("instructed", 0), n("approached", 0)),
    )


def _agents(rows: list[dict[str, Any]]) -> list[OfAgent]:
    """Who has the most deliveries first; nobody's last."""
    found = [
        OfAgent(str(row["_id"]) if row["_id"] is not None else None, _outcome(row)) for row in rows
    ]
    return sorted(
        found, key=lambda each: (each.agent_id is None, -each.outcome.deliveries, each.agent_id)
    )


def _first_time(days: Mapping[str, Mapping[str, Any]]) -> FirstTime:
    tried, first, tried_told, first_told = (
        sum(row[name] for row in days.values())
        for name in ("tried", "first", "tried_told", "first_told")
    )
    return FirstTime(Rate(first_told, tried_told), Rate(first - first_told, tried - tried_told))
