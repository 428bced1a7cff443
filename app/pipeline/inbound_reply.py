"""A text message as an answer about a delivery: kept to be read, or put before a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from bson import ObjectId

from app.models import Delivery, InboundMessage, Message
from app.pipeline import reply as replying
from app.pipeline.inbound_people import Person
from app.pipeline.link import deadline
from app.pipeline.review import open_review

log = structlog.get_logger()
RECEIVED, WORDS_ONLY, PICTURE, EMPTY = "received", "words_only", "picture", "empty"
TOO_MANY, UNKNOWN = "too_many", "unknown"


def answer(
    message: InboundMessage, person: Person, *, pictures: bool, now: datetime
) -> tuple[str, tuple[ObjectId, ...]]:
    """What is to be said about the message, and the reply that it became, if it became one.

    Pictures are read by nothing here: a person is asked to look at them.
    """
    if not person.deliveries:
        return UNKNOWN, ()
    delivery = _asked_about(person)
    if pictures:
        put_before_a_person(message, delivery, "picture", now)
    text = " ".join((message.body or "").split())[: replying.LONGEST_TEXT * 4]
    if not text:
        return (PICTURE if pictures else EMPTY), ()
    kept = keep(message, person, delivery, text=text, now=now)
    if not kept:
        return TOO_MANY, ()
    return (WORDS_ONLY if pictures else RECEIVED), kept


def keep(
    message: InboundMessage,
    person: Person,
    delivery: Delivery,
    *,
    picked: Sequence[dict[str, Any]] = (),
    text: str = "",
    now: datetime,
) -> tuple[ObjectId, ...]:
    """Keep the message as a reply; the same message again is the same reply.

    None where the delivery has had as many as are read. Its words stay in the message, then, and
    a person is asked to read them.
    """
    said = replying.Said(
        channel="sms",
        key=message.message_sid,
        language=person.language,
        picked=picked,
        text=text,
    )
    known = replying.find(delivery, said.key)
    if known is None:
        try:
            known = replying.keep_words(delivery, said, now=now)
        except replying.TooManyRepliesError as error:
            log.warning("an answer was not read", delivery_id=str(delivery.pk), why=str(error))
            put_before_a_person(message, delivery, "unread", now)
            return ()
    return (known.pk,)


def put_before_a_person(
    message: InboundMessage, delivery: Delivery, reason: str, now: datetime
) -> None:
    """Open a review of the message itself; safe to repeat."""
    open_review(
        delivery.tenant_id,
        delivery.pk,
        reason=reason,
        source_id=message.pk,
        call_id=None,
        due=deadline(delivery),
        now=now,
    )


def _asked_about(person: Person) -> Delivery:
    """The delivery that we last wrote about, or else the next one."""
    ids = [delivery.pk for delivery in person.deliveries]
    last = (
        Message.of(person.tenant_id, delivery_id__in=ids, purpose="link")
        .order_by("-claimed_at")
        .first()
    )
    wanted = last.delivery_id if last else ids[0]
    return next(delivery for delivery in person.deliveries if delivery.pk == wanted)
