"""STOP and START by text message: what they stop, what they take back, and what stays stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId

from app.models import InboundMessage, Reply, Suppression
from app.models.numbers import either
from app.pipeline import inbound_reply
from app.pipeline.inbound_people import Person
from app.pipeline.suppression import lift, suppress
from app.rules.analysis import Kind
from app.rules.texts import choices, keywords

STOPPED, STOPPED_BEFORE = "stopped", "stopped_before"
STARTED, TEXTS_ONLY, CALLS_ONLY = "started", "texts_only", "calls_only"
STILL_STOPPED = "still_stopped"
_LIFTED_BY_TEXT = ("sms", "link", "network")
"""Where a wish for no contact came from that START by text message may take back."""


def stop(
    message: InboundMessage, people: tuple[Person, ...], now: datetime
) -> tuple[str, tuple[ObjectId, ...]]:
    """No calls and no messages any more; drivers learn of it.

    It holds for every company that knows the number and for the one that was written to; START
    takes it back for the same ones. The answer, about the first of them, promises START only where
    that undoes it: who had stopped everything on the telephone before cannot take it back so.
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
    before = "all" in _not_by_text(people[0].tenant_id, message.from_number)
    return (STOPPED_BEFORE if before else STOPPED), replies


def start(message: InboundMessage, people: tuple[Person, ...], now: datetime) -> str:
    """Take back what was stopped by text or link, and what the network told us.

    What was said on the telephone, or to a dispatcher, stays. The answer says what that leaves
    between the customer and the first of the companies.
    """
    for person in people:
        _take_back(person, message.from_number, now)
    left = _not_by_text(people[0].tenant_id, message.from_number)
    if "all" in left or {"calls", "sms"} <= left:
        return STILL_STOPPED
    if "calls" in left:
        return TEXTS_ONLY
    return CALLS_ONLY if "sms" in left else STARTED


def to_take_back(tenant_id: str, number: str) -> Any:
    """What holds for a number of what START by text may take back, as a query."""
    return Suppression.of(
        tenant_id, phone__in=either(number), lifted_at=None, source__in=_LIFTED_BY_TEXT
    )


def _take_back(person: Person, number: str, now: datetime) -> None:
    if person.customer is not None:
        # A STOP that nobody has read yet must not come into force after this.
        Reply.of(
            person.tenant_id,
            customer_id=person.customer.pk,
            settled_at=None,
            picked__kind=Kind.OPT_OUT.value,
        ).update(set__settled_at=now)
    for held in to_take_back(person.tenant_id, number):
        lift(person.tenant_id, number, scope=held.scope, evidence=held.evidence, now=now)


def _not_by_text(tenant_id: str, number: str) -> set[str]:
    """The scopes that hold and that no START by text takes back."""
    holding = Suppression.of(tenant_id, phone__in=either(number), lifted_at=None)
    return set(holding.filter(source__nin=_LIFTED_BY_TEXT).scalar("scope"))
