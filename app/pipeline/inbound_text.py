"""A text message from a customer: kept as it came, then STOP, START, HELP, or an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from mongoengine import NotUniqueError

from app.models import InboundMessage, Tenant
from app.pipeline import inbound_reply, inbound_stop
from app.pipeline.inbound_people import Person, company_meant, everybody, of_first
from app.rules.texts import keywords, wording

_A_DAY = timedelta(days=1)
_ONCE_A_DAY = (
    inbound_reply.UNKNOWN,
    inbound_reply.TOO_MANY,
    inbound_reply.PICTURE,
    inbound_reply.EMPTY,
)
"""Answers that say nothing new to who goes on writing."""
_ANSWERED_BY_NETWORK = (inbound_stop.STOPPED, inbound_stop.STARTED, "help")
"""What the network's own answer to a keyword says well enough."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message as the network brought it. ``handled`` is a keyword it has answered itself."""

    message_sid: str
    from_number: str
    to_number: str
    body: str
    handled: str | None
    data: Mapping[str, Any]
    pictures: bool = False
    """Did pictures or other files come with it?"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to answer, if anything, and the replies that are to be read."""

    answer: str | None = None
    replies: tuple[ObjectId, ...] = ()


def receive(arrived: Arrived, *, our_number: str, now: datetime) -> Outcome:
    """Keep the message, and do what it asks; the same message again does and answers the same."""
    known = everybody(arrived.from_number, now)
    meant = company_meant(known, arrived.from_number, arrived.to_number, our_number, now)
    message = _kept(arrived, meant, now)
    # Where it came before, it stays with the company that it went to then.
    people = of_first(message.tenant_id, known)
    if message.settled_at is None:
        replies = _obeyed(arrived, message, people, now)
    else:
        # Done again, it would undo what the customer wrote since.
        replies = (message.reply_id,) if message.reply_id else ()
    by_network = arrived.handled is not None or keywords.answered_by_network(arrived.body)
    if not message.answered or (by_network and message.answered in _ANSWERED_BY_NETWORK):
        return Outcome(None, replies)
    return Outcome(_words(message.answered, people[0], our_number), replies)


def _obeyed(
    arrived: Arrived, message: InboundMessage, people: tuple[Person, ...], now: datetime
) -> tuple[ObjectId, ...]:
    """Do what the message asks, and note the answer to it; the replies that it became."""
    replies: tuple[ObjectId, ...] = ()
    meaning = _meaning(arrived, people)
    if meaning == keywords.STOP:
        answer, replies = inbound_stop.stop(message, people, now)
    elif meaning == keywords.START:
        answer = inbound_stop.start(message, people, now)
    elif meaning == keywords.HELP:
        answer = "help"
    else:
        answer, replies = inbound_reply.answer(
            message, people[0], pictures=arrived.pictures, now=now
        )
    message.modify(
        set__answered=_once(message, answer, now),
        set__keyword=meaning,
        set__settled_at=now,
        set__reply_id=replies[0] if replies else None,
    )
    return replies


def _meaning(arrived: Arrived, people: tuple[Person, ...]) -> str | None:
    said = (arrived.handled or "").lower() or keywords.keyword(arrived.body)
    if said == keywords.START and keywords.only_if_stopped(arrived.body):
        # The network calls every YES a START; it is one where there is something to take back.
        number = arrived.from_number
        held = any(inbound_stop.to_take_back(each.tenant_id, number).first() for each in people)
        return keywords.START if held else None
    return said


def _kept(arrived: Arrived, tenant_id: str, now: datetime) -> InboundMessage:
    message = InboundMessage(
        tenant_id=tenant_id,
        message_sid=arrived.message_sid,
        from_number=arrived.from_number,
        body=arrived.body,
        received_at=now,
        data=dict(arrived.data),
    )
    try:
        message.save(force_insert=True)
    except NotUniqueError:
        message = InboundMessage.across_tenants(message_sid=arrived.message_sid).get()
    return message


def _once(message: InboundMessage, answer: str, now: datetime) -> str:
    """The answer; empty where it is one that a number gets once a day, and has had."""
    if answer not in _ONCE_A_DAY:
        return answer
    before = InboundMessage.of(
        message.tenant_id,
        from_number=message.from_number,
        answered=answer,
        received_at__gt=now - _A_DAY,
    ).first()
    return "" if before else answer


def _words(answer: str, person: Person, our_number: str) -> str:
    tenant = Tenant.of(person.tenant_id).first()
    return wording.answer_text(
        answer,
        person.language,
        company=tenant.name if tenant else "DelAuto",
        phone=(tenant.callback_number if tenant else None) or our_number,
    )
