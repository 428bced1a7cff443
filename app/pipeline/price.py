"""Price: what a call cost, which the network knows only some time after the end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId

from app.gateways import Voice
from app.models import CallLog

log = structlog.get_logger()
FIRST_LOOK = timedelta(minutes=5)
"""How long after its end a call is first asked about."""
GIVEN_UP_AFTER = timedelta(days=3)
"""How long after its end a call is asked about no more: it stays without a price."""


def first_look(ended_at: datetime) -> datetime:
    """When to ask first what a call cost that ended then."""
    return ended_at + FIRST_LOOK


def next_look(ended_at: datetime, now: datetime) -> dict[str, Any]:
    """When to ask next, to be written; when the call is three times as long over as now."""
    last = ended_at + GIVEN_UP_AFTER
    if now >= last:
        return {"unset__price_due_at": True}
    return {"set__price_due_at": min(now + 2 * max(now - ended_at, FIRST_LOOK), last)}


def ask(call_id: ObjectId, voice: Voice, *, now: datetime) -> bool:
    """Ask the network what an ended call cost, where that is due. True where it is known now.

    When to ask next is noted before: what fails waits like what has no price yet, and of two
    workers one asks. The last time is three days after the end. Raises TransientError.
    """
    call: CallLog | None = CallLog.across_tenants(pk=call_id).first()
    if call is None or call.price_due_at is None or call.price_due_at > now:
        return False
    if not call.modify({"price_due_at": call.price_due_at}, **_afterwards(call, now)):
        return False
    facts = voice.fetch_call(call.call_sid) if call.call_sid else None
    if facts is None or facts.cost is None:
        if call.price_due_at is None:
            log.info("no price, asked no more")
        return False
    return bool(
        call.modify(
            {"cost": None},
            set__cost=float(facts.cost),
            set__currency=facts.currency,
            unset__price_due_at=True,
        )
    )


def _afterwards(call: CallLog, now: datetime) -> dict[str, Any]:
    """When it is asked next, if there is anything to ask."""
    if call.call_sid is None or call.cost is not None:
        return {"unset__price_due_at": True}
    return next_look(call.end_time or call.claimed_at, now)
