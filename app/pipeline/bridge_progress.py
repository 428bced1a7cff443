"""What the network asks and reports about a bridged call; each may come late, twice, or never."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from mongoengine import NotUniqueError

from app.models import BridgedCall
from app.pipeline.bridge import why_not_now
from app.pipeline.price import first_look
from app.rules.bridging import Refusal
from app.states import BRIDGE, CALL_ENDED

log = structlog.get_logger()


def bind(call: BridgedCall, call_sid: str) -> bool:
    """Is this the network's id of the call to the person? Bound where it has none and is not over.

    The call in memory is as in the database afterwards.
    """
    if call.call_sid == call_sid:
        return True
    free = {"call_sid": None, "status__nin": sorted(CALL_ENDED)}
    try:
        if call.modify(free, set__call_sid=call_sid):
            return True
    except NotUniqueError:
        log.error("a webhook names one bridged call and is about another")  # noqa: TRY400
        return False
    # Somebody may have bound it between our reading and now.
    call.reload()
    return bool(call.call_sid == call_sid)


def told(
    call: BridgedCall,
    status: str,
    *,
    now: datetime,
    at: datetime | None = None,
    duration: int | None = None,
    code: str | None = None,
    cause: str = "the network's report",
) -> bool:
    """The call to the person is there now; False where it was there already, or further."""
    at = at or now
    changes: dict[str, Any] = {}
    if status == "in-progress":
        changes["set__start_time"] = at
    if status in CALL_ENDED:
        changes = {"set__end_time": at, "set__in_flight": False}
        if duration:
            changes |= {"set__duration": duration, "set__price_due_at": first_look(now)}
        if code:
            changes["set__error_code"] = code
    return call.move_to(BRIDGE, status, at=now, cause=cause, **changes)


def put_through(call: BridgedCall, *, now: datetime) -> Refusal | None:
    """The person asks by a key to be put through; why they are not, or None. Safe to repeat."""
    if call.refused_why is not None:
        refused: Refusal = call.refused_why
        return refused
    if call.connecting_at is not None:
        return None
    why = why_not_now(call, now=now)
    if why is not None:
        call.modify({"connecting_at": None}, set__refused_why=why)
        return why
    call.modify({"connecting_at": None}, set__connecting_at=now)
    return None


def customer(
    call: BridgedCall,
    customer_sid: str,
    status: str,
    *,
    now: datetime,
    at: datetime | None = None,
    duration: int | None = None,
) -> bool:
    """The call to the customer is there now; never backwards.

    False where it was there already, or it is another call than the customer's.
    """
    if call.customer_sid not in (None, customer_sid):
        log.error("a second call to the customer for one bridged call")
        return False
    at = at or now
    for _ in range(3):
        source = call.customer_status
        if not BRIDGE.allows(source or "intended", status):
            return False
        changes: dict[str, Any] = {
            "set__customer_sid": customer_sid,
            "set__customer_status": status,
        }
        if status == "in-progress" or (status == "completed" and duration):
            changes["set__talking_at"] = call.talking_at or at
        if status == "completed" and duration is not None:
            changes["set__talked"] = duration
        if call.modify({"customer_status": source}, **changes):
            return True
        call.reload()
    return False
