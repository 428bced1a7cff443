"""What the gate says of a call or text: at the moment it is asked for, and looking back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bson import ObjectId

from app.models import CallLog, Delivery, Message
from app.pipeline.permission import facts_of, judge_delivery
from app.rules.gate import Verdict, judge
from app.runtime import Runtime
from app.states import OUTREACH_HEARD
from tests.simulation.network import Asked


def verdict_now(asked: Asked, runtime: Runtime, now: datetime) -> Verdict | None:
    """The gate's word on what the product asks of the network right now; None where none fits."""
    window = runtime.settings.calling_window
    if asked.kind == "call":
        call = CallLog.across_tenants(pk=asked.attempt).first() if asked.attempt else None
        if call is None:
            return None
        delivery = Delivery.of(call.tenant_id, pk=call.delivery_id).get()
        return judge_delivery(delivery, runtime.rules, now=now, window=window, but=[call.pk])
    waiting = Message.across_tenants(to_number=asked.number, sending_at=now, purpose="link")
    message = waiting.order_by("-id").first()
    if message is None:
        return None
    delivery = Delivery.of(message.tenant_id, pk=message.delivery_id).get()
    return judge_delivery(
        delivery, runtime.rules, now=now, window=window, channel="sms", but=[message.pk]
    )


def verdict_then(call: CallLog, at: datetime, runtime: Runtime) -> Verdict | None:
    """The gate's word on a call at a moment that is past, with what was known and so then.

    The call itself, and what came later, do not count.
    """
    delivery = Delivery.of(call.tenant_id, pk=call.delivery_id).first()
    if delivery is None:
        return None
    window = runtime.settings.calling_window
    found = facts_of([delivery], now=at, window=window, but=[call.pk]).get(delivery.pk)
    if found is None:
        return None
    then = replace(
        found,
        over=False,
        heard=_heard_by(delivery, at),
        contacts=tuple(each for each in found.contacts if each.at <= at),
        suppressions=tuple(each for each in found.suppressions if each.since <= at),
    )
    return judge(then, runtime.rules)


def _heard_by(delivery: Delivery, at: datetime) -> str | None:
    steps = [each for each in delivery.history if each.machine == "outreach" and each.at <= at]
    state = steps[-1].target if steps else "pending"
    return state if state in OUTREACH_HEARD and state != "superseded" else None


def over_by(call: CallLog, at: datetime) -> str | None:
    """Whether every delivery of a call was delivered or cancelled by then: what the last was."""
    last = None
    for delivery in Delivery.of(call.tenant_id, pk__in=call.covers or [call.delivery_id]):
        steps = [each for each in delivery.history if each.machine == "delivery" and each.at <= at]
        last = steps[-1].target if steps else "scheduled"
        if last not in ("completed", "failed", "cancelled"):
            return None
    return last


def the_call(attempt: str) -> CallLog | None:
    """The attempt with this id."""
    found: CallLog | None = CallLog.across_tenants(pk=ObjectId(attempt)).first()
    return found
