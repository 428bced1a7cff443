"""Tell: the agent learns what the customer wants, on a list that survives everything."""

from __future__ import annotations

from datetime import datetime

import structlog
from bson import ObjectId
from mongoengine import NotUniqueError

from app.models import CallLog, Delivery, PushMessage, SystemMetric
from app.rules.analysis import Kind

log = structlog.get_logger()
_WITHOUT_WORDS = {
    "confirmed": "All fine: deliver as planned.",
    "declined": "Deliver as planned. The customer does not want calls.",
    "nothing_said": "The customer said nothing. Deliver as planned.",
    "unreachable": "The customer could not be reached. Deliver as planned.",
}
_LISTENING = "The customer left a message. The office is listening to it."
_WITHOUT_ORDERS = {
    Kind.SPEAK_TO_HUMAN: "The customer asked for the office. Deliver as planned.",
    Kind.WRONG_NUMBER: "The number belongs to somebody else. Deliver as planned.",
    Kind.QUESTION: "The customer asked a question. Deliver as planned.",
}
"""What directives come to for the driver that leave nothing for them to do."""


def tell(delivery_id: ObjectId, *, now: datetime) -> PushMessage | None:
    """Put the news of a delivery on its agent's list, once for each version of it.

    Safe to repeat. None where there is no news or no agent to tell.
    """
    delivery: Delivery | None = Delivery.across_tenants(pk=delivery_id).first()
    if delivery is None or not delivery.to_tell or delivery.agent_id is None:
        return None
    message = PushMessage(
        tenant_id=delivery.tenant_id,
        agent_id=delivery.agent_id,
        kind="instructions" if delivery.analysis else "nothing_heard",
        delivery_id=delivery.pk,
        call_id=delivery.call_log_id,
        version=delivery.analysis_version,
        text=sentence(delivery),
        sent_at=now,
    )
    try:
        message.save(force_insert=True)
        log.info("told", delivery_id=str(delivery.pk), version=message.version)
        _measure(delivery, now)
    except NotUniqueError:
        message = PushMessage.of(
            delivery.tenant_id,
            agent_id=delivery.agent_id,
            delivery_id=delivery.pk,
            version=delivery.analysis_version,
        ).get()
    delivery.modify({"analysis_version": message.version}, unset__to_tell=True)
    return message


def sentence(delivery: Delivery) -> str:
    """What the driver reads; empty while nothing is known."""
    if delivery.analysis and delivery.analysis.instructions:
        return str(delivery.analysis.instructions)
    if delivery.outreach.state == "instructed":
        kinds = [each.kind for each in delivery.analysis.directives] if delivery.analysis else []
        known = [_WITHOUT_ORDERS[kind] for kind in kinds if kind in _WITHOUT_ORDERS]
        return known[0] if known else _LISTENING
    return _WITHOUT_WORDS.get(delivery.outreach.state, "")


def delivered(message: PushMessage, *, now: datetime) -> None:
    """The message reached one of its agent's screens; the first time counts."""
    message.modify({"delivered_at": None}, set__delivered_at=now)


def _measure(delivery: Delivery, now: datetime) -> None:
    if delivery.call_log_id is None:
        return
    call = CallLog.of(delivery.tenant_id, pk=delivery.call_log_id).first()
    if call and call.end_time:
        SystemMetric(
            tenant_id=delivery.tenant_id,
            timestamp=now,
            metric_type="hang_up_to_told",
            value=(now - call.end_time).total_seconds(),
            unit="s",
            tags={"outcome": call.outcome or ""},
        ).save()
