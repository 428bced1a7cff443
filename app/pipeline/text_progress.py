"""What becomes of a message that was sent: the network's reports, and asking where none came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId
from mongoengine import NotUniqueError

from app.gateways import TextFacts, Texts
from app.models import Message
from app.models.call_log import MOST_EVENTS, WebhookEvent
from app.pipeline import circuit
from app.pipeline.suppression import suppress
from app.rules import network_errors
from app.states import MESSAGE, MESSAGE_ENDED

log = structlog.get_logger()
_SCOPES = {
    # They told the network STOP and it never told us: no calls either.
    network_errors.Sort.UNSUBSCRIBED: "all",
    network_errors.Sort.NUMBER_INVALID: "sms",
}
CLOCK_SKEW = timedelta(seconds=30)


def bind(message: Message, message_sid: str) -> bool:
    """Note the network's id on a message that has none; False where it has another one."""
    if message.message_sid == message_sid:
        return True
    try:
        bound = bool(message.modify({"message_sid": None}, set__message_sid=message_sid))
    except NotUniqueError:
        log.exception("two messages claim one sid", message_sid=message_sid)
        return False
    if not bound:
        message.reload()
    return bound or message.message_sid == message_sid


def note(message: Message, key: str, event: str, data: Mapping[str, Any], *, at: datetime) -> bool:
    """Keep a report as it came; False where it is kept already, or the message has too many."""
    seen = WebhookEvent(key=key, event=event, timestamp=at, data=dict(data))
    room = {
        "webhook_events__key__ne": key,
        f"webhook_events__{MOST_EVENTS - 1}__exists": False,
    }
    return bool(message.modify(room, push__webhook_events=seen))


def project(message: Message, facts: TextFacts, *, now: datetime, cause: str) -> bool:
    """Bring the message up to what the network says; never backwards. True where it moved."""
    changes: dict[str, Any] = {}
    if facts.status in MESSAGE_ENDED:
        changes["set__ended_at"] = now
    if facts.error_code:
        changes["set__error_code"] = facts.error_code
        learn(message, facts.error_code, now=now)
    if facts.status == "delivered":
        circuit.worked(circuit.MESSAGES, message.pk, now=now, reached=True)
    return message.move_to(MESSAGE, facts.status, at=now, cause=cause, **changes)


def learn(message: Message, code: str, *, now: datetime) -> None:
    """What a code says beyond this message: about the number, or about all that we send."""
    error = network_errors.of(code)
    circuit.failed(circuit.MESSAGES, code, message.pk, now=now, about=message.customer_id)
    if error.sort not in _SCOPES:
        return
    suppress(
        message.tenant_id,
        message.to_number,
        scope=_SCOPES[error.sort],
        source="network",
        evidence=message.pk,
        now=now,
    )


def reconcile(
    message_id: ObjectId, texts: Texts, *, now: datetime, grace: timedelta
) -> Message | None:
    """Ask the network what became of a message, and write it down. Raises TransientError.

    A message whose answer was lost is looked for among those to its number by its words, which
    hold a link of its own. Where there is none ``grace`` after sending, it was not sent, and it is
    not sent again. Returns the message where it moved.
    """
    message: Message | None = Message.across_tenants(pk=message_id).first()
    if message is None or message.status in MESSAGE_ENDED or message.sending_at is None:
        return None
    if message.status == "intended":
        message.move_to(MESSAGE, "unknown", at=now, cause="no word from the network")
    if message.message_sid:
        facts = texts.fetch(message.message_sid)
    else:
        facts = _find(message, texts)
        if facts and not bind(message, facts.message_sid):
            return None
    if facts:
        moved = project(message, facts, now=now, cause="the network was asked")
    else:
        moved = message.message_sid is None and now - message.sending_at >= grace
        moved = moved and message.move_to(
            MESSAGE,
            "failed",
            at=now,
            cause="never sent",
            set__ended_at=now,
            set__error_message="the network knows of no such message",
        )
    return message if moved else None


def _find(message: Message, texts: Texts) -> TextFacts | None:
    found = texts.find(message.to_number, message.sending_at - CLOCK_SKEW)
    return next((facts for facts in found if facts.body == message.body), None)
