"""A text message from a customer: kept as it came, then STOP, START, HELP, or an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from mongoengine import NotUniqueError

from app.models import InboundMessage, Reply, Suppression, Tenant
from app.pipeline import inbound_reply
from app.pipeline.inbound_people import Person, company_meant, everybody, of_first
from app.pipeline.suppression import lift, suppress
from app.rules.analysis import Kind
from app.rules.texts import choices, keywords, wording

_A_DAY = timedelta(days=1)
_ONCE_A_DAY = (
    inbound_reply.UNKNOWN,
    inbound_reply.TOO_MANY,
    inbound_reply.PICTURE,
    inbound_reply.EMPTY,
)
"""Answers that say nothing new to who goes on writing."""
_LIFTED_BY_TEXT = ("sms", "link", "network")
"""Where a wish for no contact came from that START by text message may take back."""


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
    meaning = _meaning(arrived, message, people)
    replies: tuple[ObjectId, ...] = ()
    if meaning == keywords.STOP:
        replies = _stop(message, people, now)
        answer = "stopped"
    elif meaning == keywords.START:
        for person in people:
            _start(person, arrived.from_number, now)
        answer = "started"
    elif meaning == keywords.HELP:
        answer = "help"
    else:
        answer, replies = inbound_reply.answer(
            message, people[0], pictures=arrived.pictures, now=now
        )
    answer = _once(message, answer, now)
    message.modify(set__keyword=meaning, set__settled_at=now)
    if replies and message.reply_id is None:
        message.modify(set__reply_id=replies[0])
    silent = arrived.handled is not None or keywords.answered_by_network(arrived.body)
    if not answer or (silent and meaning is not None):
        return Outcome(None, replies)
    return Outcome(_words(answer, people[0], our_number), replies)


def _meaning(arrived: Arrived, message: InboundMessage, people: tuple[Person, ...]) -> str | None:
    if message.settled_at is not None:
        # YES took back a stop that does not hold any more when it comes again.
        return str(message.keyword) if message.keyword else None
    said = (arrived.handled or "").lower() or keywords.keyword(arrived.body)
    if said == keywords.START and keywords.only_if_stopped(arrived.body):
        # The network calls every YES a START; it is one where there is something to take back.
        held = any(_held(person.tenant_id, arrived.from_number).first() for person in people)
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


def _stop(
    message: InboundMessage, people: tuple[Person, ...], now: datetime
) -> tuple[ObjectId, ...]:
    """No calls and no messages any more; drivers learn of it.

    It holds for every company that knows the number and for the one that was written to; START
    takes it back for the same ones.
    """
    replies: tuple[ObjectId, ...] = ()
    picked = [choices.picked(choices.NO_CONTACT) or {}]
    for person in people:
        suppress(
            person.tenant_id,
            message.from_number,
            scope="all",
            source="sms",
            evidence=message.pk,
            now=now,
        )
        for delivery in person.deliveries:
            replies += inbound_reply.keep(message, person, delivery, picked=picked, now=now)
            if keywords.may_mean_the_parcel(message.body or ""):
                inbound_reply.put_before_a_person(message, delivery, "cancel", now)
    return replies


def _start(person: Person, number: str, now: datetime) -> None:
    if person.customer is not None:
        # A STOP that nobody has read yet must not come into force after this.
        Reply.of(
            person.tenant_id,
            customer_id=person.customer.pk,
            settled_at=None,
            picked__kind=Kind.OPT_OUT.value,
        ).update(set__settled_at=now)
    for held in _held(person.tenant_id, number):
        lift(person.tenant_id, number, scope=held.scope, evidence=held.evidence, now=now)


def _held(tenant_id: str, number: str) -> Any:
    return Suppression.of(tenant_id, phone=number, lifted_at=None, source__in=_LIFTED_BY_TEXT)


def _once(message: InboundMessage, answer: str, now: datetime) -> str:
    """The answer; empty where it is one that a number gets once a day, and has had."""
    if message.answered is not None:
        return str(message.answered)
    if answer in _ONCE_A_DAY:
        before = InboundMessage.of(
            message.tenant_id,
            from_number=message.from_number,
            answered=answer,
            received_at__gt=now - _A_DAY,
        ).first()
        answer = "" if before else answer
    message.modify(set__answered=answer)
    return answer


def _words(answer: str, person: Person, our_number: str) -> str:
    tenant = Tenant.of(person.tenant_id).first()
    return wording.answer_text(
        answer,
        person.language,
        company=tenant.name if tenant else "DelAuto",
        phone=(tenant.callback_number if tenant else None) or our_number,
    )
