"""Calls: found, by whom they are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.models import CallLog, Delivery

_MOST_OWN = 1000


def own_deliveries(tenant_id: str, agent_id: ObjectId) -> list[ObjectId]:
    """The latest deliveries that are this agent's."""
    own = Delivery.of(tenant_id, agent_id=agent_id, deleted_at=None)
    # Thousands: a document made of each would take half a second.
    kept = own.order_by("-scheduled_time", "-id").only("id")[:_MOST_OWN].as_pymongo()
    return [each["_id"] for each in kept]


def chosen(
    *,
    own: Sequence[ObjectId] | None = None,
    delivery_id: str | None = None,
    customer_id: str | None = None,
    status: Sequence[str] = (),
    since: datetime | None = None,
    before: datetime | None = None,
) -> dict[str, Any]:
    """The condition, in MongoDB's form, of being one of these calls.

    ``own``: about one of these deliveries. ``since`` and ``before`` are about when it was claimed.
    """
    clauses: list[dict[str, Any]] = []
    if own is not None:
        clauses.append({"covers": {"$in": list(own)}})
    if delivery_id is not None:
        clauses.append({"covers": ObjectId(delivery_id)})
    if customer_id is not None:
        clauses.append({"customer_id": ObjectId(customer_id)})
    if status:
        clauses.append({"status": {"$in": list(status)}})
    if since is not None or before is not None:
        times = {"$gte": since, "$lt": before}
        clauses.append({"claimed_at": {name: at for name, at in times.items() if at}})
    return {"$and": clauses} if clauses else {}


def find(tenant_id: str, call_id: ObjectId, *, agent_id: ObjectId | None) -> CallLog | None:
    """The call; None where there is none, or it is about no delivery of this agent."""
    call: CallLog | None = CallLog.of(tenant_id, pk=call_id).first()
    if call is None or agent_id is None or owned(call, agent_id):
        return call
    return None


def owned(call: CallLog, agent_id: ObjectId) -> list[ObjectId]:
    """Which of the deliveries that a call is about are this agent's."""
    covered = call.covers or [call.delivery_id]
    own = Delivery.of(call.tenant_id, pk__in=covered, agent_id=agent_id, deleted_at=None)
    return list(own.scalar("id"))
