"""Claim: a due delivery becomes one intended call, before anybody dials."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import structlog
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from app.models import CallLog, Customer, Delivery, Suppression, database
from app.models.base import Transition
from app.rules import calling_hours
from app.states import OUTREACH

log = structlog.get_logger()
_NUMBER_BUSY = timedelta(seconds=60)
_BURST = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class CallingPolicy:
    """The installation's choices about calls."""

    account: str
    from_number: str
    per_second: float
    window: tuple[time, time]


def due(now: datetime, limit: int) -> Iterator[Delivery]:
    """Deliveries whose next attempt is due, over every tenant, the longest due first."""
    yield from (
        Delivery.across_tenants(
            outreach__state__in=["pending", "waiting"],
            outreach__next_attempt_at__lte=now,
        )
        .order_by("outreach.next_attempt_at")
        .limit(limit)
    )


def take_turn(policy: CallingPolicy, now: datetime) -> bool:
    """Take one of the account's turns to call; False where the next one lies ahead.

    One document for the account, changed atomically, keeps any number of processes to the pace:
    turns are ``1 / per_second`` apart, and at most a second's worth is caught up.
    """
    accounts = database().pacing
    accounts.update_one({"_id": policy.account}, {"$setOnInsert": {"next": now}}, upsert=True)
    step = timedelta(seconds=1 / policy.per_second)
    turn = accounts.find_one_and_update(
        {"_id": policy.account, "next": {"$lte": now}},
        [
            {
                "$set": {
                    "next": {
                        "$add": [
                            {"$max": ["$next", now - _BURST]},
                            step / timedelta(milliseconds=1),
                        ]
                    }
                }
            }
        ],
    )
    return turn is not None


def claim(delivery: Delivery, policy: CallingPolicy, *, now: datetime) -> CallLog | None:
    """Write the call as ``intended`` and the delivery as ``calling``, both or neither.

    The rules are asked again here. None where the delivery is not to be called now: suppressed,
    out of hours, overtaken by another clock, or its number has a call in flight.
    """
    customer = Customer.of(delivery.tenant_id, pk=delivery.customer_id).first()
    if customer is None:
        delivery.move_to(OUTREACH, "skipped", at=now, cause="the customer is gone")
        return None
    verdict = calling_hours.judge(
        now, delivery.time_zone, policy.window, deadline=delivery.scheduled_time
    )
    if not verdict.allowed:
        _put_off(delivery, verdict, now)
        return None
    call = CallLog(
        tenant_id=delivery.tenant_id,
        delivery_id=delivery.pk,
        customer_id=customer.pk,
        attempt=delivery.outreach.attempts + 1,
        retry_count=delivery.outreach.attempts,
        from_number=policy.from_number,
        to_number=customer.phone,
        claimed_at=now,
        why_allowed=verdict.as_dict(),
        created_at=now,
        updated_at=now,
    )
    call.validate()
    client = database().client
    try:
        with client.start_session() as session:
            claimed = session.with_transaction(lambda s: _write(s, delivery, call, now))
    except DuplicateKeyError:
        waiting = Delivery.of(
            delivery.tenant_id, pk=delivery.pk, outreach__state__in=["pending", "waiting"]
        )
        waiting.update(
            set__outreach__next_attempt_at=now + _NUMBER_BUSY,
            set__outreach__reason="another call to the same number is under way",
        )
        return None
    if claimed == "suppressed":
        delivery.move_to(OUTREACH, "suppressed", at=now, cause="the number is not to be called")
    if claimed != "claimed":
        return None
    attempt = {"delivery_id": delivery.pk, "attempt": call.attempt}
    saved: CallLog = CallLog.of(delivery.tenant_id, **attempt).get()
    return saved


def _write(session: ClientSession, delivery: Delivery, call: CallLog, now: datetime) -> str:
    tenant = delivery.tenant_id
    suppressed = Suppression._get_collection().find_one(
        {"tenant_id": tenant, "phone": call.to_number, "scope": {"$in": ["all", "calls"]}},
        session=session,
    )
    if suppressed:
        return "suppressed"
    step = Transition(
        machine="outreach",
        source=delivery.outreach.state,
        target="calling",
        at=now,
        cause=f"attempt {call.attempt}",
    )
    changed: dict[str, Any] | None = Delivery._get_collection().find_one_and_update(
        {
            "_id": delivery.pk,
            "tenant_id": tenant,
            "outreach.state": delivery.outreach.state,
            "outreach.attempts": delivery.outreach.attempts,
            "outreach.next_attempt_at": {"$lte": now},
        },
        {
            "$set": {
                "outreach.state": "calling",
                "outreach.attempts": call.attempt,
                "outreach.reason": f"attempt {call.attempt}",
                "updatedAt": now,
            },
            "$unset": {"outreach.next_attempt_at": ""},
            "$push": {"history": step.to_mongo()},
        },
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    if changed is None:
        return "overtaken"
    CallLog._get_collection().insert_one(call.to_mongo().to_dict(), session=session)
    return "claimed"


def _put_off(delivery: Delivery, verdict: calling_hours.Verdict, now: datetime) -> None:
    if verdict.not_before is None:
        target = "skipped" if delivery.outreach.state == "pending" else "unreachable"
        delivery.move_to(
            OUTREACH, target, at=now, cause="calling hours", set__outreach__reason=verdict.reason
        )
        return
    Delivery.of(delivery.tenant_id, pk=delivery.pk).update(
        set__outreach__next_attempt_at=verdict.not_before, set__outreach__reason=verdict.reason
    )
