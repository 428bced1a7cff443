"""Remind: instructions that nobody acknowledged before the van is there become a text message to
the agent, and then a dispatcher's business: each once, whatever dies meanwhile.

What is due stands on what was told (``PushMessage.arrival``), so that any clock finds it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId
from mongoengine import NotUniqueError

from app.models import Agent, Delivery, Message, PushMessage, Review, Suppression, Tenant, numbers
from app.pipeline.review import open_review
from app.pipeline.tell import stop_of
from app.rules.pushes import Reminding
from app.rules.texts import spoken
from app.rules.texts.pushes import reminder
from app.states import DELIVERY_OVER

log = structlog.get_logger()
_AT_ONCE = 100
_REASON = "unacknowledged"
_WORTH = timedelta(minutes=30)
"""So long after it was written, or after the van was to be there, a reminder is worth sending."""


def remind(rules: Reminding, public_url: str, *, now: datetime) -> list[ObjectId]:
    """Write a text message for each agent who is to be reminded now; safe to repeat.

    Returns the messages' ids: they are to be sent. Who cannot be sent any is left to the
    dispatcher at once.
    """
    if not rules.lead:
        return []
    due = PushMessage.across_tenants(
        arrival__lte=now + rules.lead, sent_at__lte=now - rules.time_to_look, texted_at=None
    )
    written = []
    for told in list(due.order_by("arrival").limit(_AT_ONCE)):
        delivery = _still_open(told, rules, now)
        if delivery is None:
            continue
        message = _message(told, delivery, public_url, now)
        if message is not None:
            written.append(_kept(message).pk)
            told.modify({"texted_at": None}, set__texted_at=now)
        else:
            _raise(told, delivery, now)
    return written


def put_before_dispatchers(rules: Reminding, *, now: datetime) -> int:
    """Open a review for each reminder that was to no avail; safe to repeat. Returns how many."""
    due = PushMessage.across_tenants(
        arrival__lte=now + rules.lead, texted_at__lte=now - rules.wait, raised_at=None
    )
    raised = 0
    for told in list(due.order_by("arrival").limit(_AT_ONCE)):
        delivery = _still_open(told, rules, now)
        if delivery is not None:
            _raise(told, delivery, now)
            raised += 1
    return raised


def needless(message: Message, now: datetime) -> str | None:
    """Why a reminder is not to be sent (any more); None where it is."""
    told = PushMessage.of(message.tenant_id, pk=message.push_id).first()
    delivery = _unseen(told) if told is not None else None
    if delivery is None:
        return "nobody needs to be reminded any more"
    if now >= message.valid_until:
        return "too late to be of use"
    if _stopped(message):
        return "the agent wants no text messages"
    return None


def acknowledged(delivery: Delivery, person_id: ObjectId | None, *, now: datetime) -> None:
    """The agent has seen it after all: no dispatcher need do anything about that."""
    waiting = Review.of(delivery.tenant_id, delivery_id=delivery.pk, reason=_REASON, closed_at=None)
    waiting.update(
        set__closed_at=now,
        set__closed_by=person_id,
        set__closed_as="user",
        set__resolution="not_needed",
    )


def _still_open(told: PushMessage, rules: Reminding, now: datetime) -> Delivery | None:
    """The delivery, where its agent has still to see this; otherwise it is left for good."""
    delivery = _unseen(told)
    if delivery is None or now > told.arrival + rules.too_late:
        told.modify(unset__arrival=True)
        return None
    return delivery


def _unseen(told: PushMessage) -> Delivery | None:
    """The delivery, where it is still to be made and its agent has not acknowledged this."""
    delivery: Delivery | None = Delivery.of(told.tenant_id, pk=told.delivery_id).first()
    if delivery is None or delivery.status in DELIVERY_OVER or delivery.deleted_at is not None:
        return None
    seen = told.acknowledged_at is not None or delivery.acknowledged_at is not None
    overtaken = (delivery.agent_id, delivery.analysis_version) != (told.agent_id, told.version)
    return None if seen or overtaken else delivery


def _message(
    told: PushMessage, delivery: Delivery, public_url: str, now: datetime
) -> Message | None:
    """The reminder, not kept yet; None where the agent cannot be sent any."""
    agent = Agent.of(told.tenant_id, pk=told.agent_id, is_active=True).first()
    tenant = Tenant.of(told.tenant_id).first()
    if agent is None or tenant is None:
        return None
    message = Message(
        tenant_id=told.tenant_id,
        purpose="reminder",
        push_id=told.pk,
        to_number=agent.phone,
        language=spoken(agent.language),
        # The address makes its words its own, by which the network can be asked for it.
        body=reminder(
            agent.language,
            company=tenant.name,
            stop=stop_of(delivery),
            link=f"{public_url.rstrip('/')}/agent?told={told.pk}",
        ),
        claimed_at=now,
        valid_until=max(told.arrival, now) + _WORTH,
    )
    return None if _stopped(message) else message


def _kept(message: Message) -> Message:
    """Written once for each version that was told, whoever was faster."""
    try:
        message.save(force_insert=True)
    except NotUniqueError:
        known: Message = Message.of(message.tenant_id, push_id=message.push_id).get()
        return known
    log.info("to be reminded", push_id=str(message.push_id))
    return message


def _stopped(message: Message) -> bool:
    holding: Any = Suppression.of(
        message.tenant_id,
        phone__in=numbers.either(message.to_number),
        scope__in=("all", "sms"),
        lifted_at=None,
    )
    return holding.first() is not None


def _raise(told: PushMessage, delivery: Delivery, now: datetime) -> None:
    open_review(
        told.tenant_id,
        delivery.pk,
        reason=_REASON,
        source_id=told.pk,
        call_id=told.call_id,
        due=told.arrival,
        now=now,
    )
    told.modify(set__raised_at=now, unset__arrival=True)
    log.info("put before the dispatchers", push_id=str(told.pk))
