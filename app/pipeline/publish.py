"""Publish: notes on documents become events, and each event is addressed to who wants it.

One transaction a document: its notes go, the events and their postings come, or nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from bson import ObjectId
from pymongo.errors import PyMongoError

from app.models import CallLog, Delivery, Event, Posting, Recording, Review, Subscription
from app.models.outbox import Note
from app.models.transaction import in_transaction
from app.pipeline.event_data import Source, data_of
from app.rules.events import SUBSCRIPTION_DISABLED, TYPES, wants
from app.rules.events.payloads import Payload

log = structlog.get_logger()
SOURCES: tuple[type[Source], ...] = (Delivery, CallLog, Recording, Review)
"""Documents that have an outbox."""
_HAS_NEWS = {"outbox.0": {"$exists": True}}
_BY_NEWS = "what_is_to_be_told"
"""The index of these few. Named, for among others the planner picks it only by luck."""
_TOGETHER = 10
"""Documents in one transaction: most of its time is waiting for the majority."""
_FAILED_AT = "offered.publish"
_UNLUCKY_FOR = timedelta(minutes=10)
"""So long a document that could not be told of stays out of the way."""
_Told = tuple[type[Source], ObjectId]
_UNHEARD_AFTER = timedelta(minutes=1)
"""Longer than a subscription takes to be seen by all, and than clocks differ."""


@dataclass(frozen=True, slots=True)
class Published:
    """What came of a turn."""

    events: int = 0
    subscriptions: tuple[ObjectId, ...] = ()
    """Those that something is to be sent to."""
    more: bool = False
    """There is more to publish."""

    def and_also(self, other: Published) -> Published:
        """Both together."""
        awake = tuple(dict.fromkeys((*self.subscriptions, *other.subscriptions)))
        return Published(self.events + other.events, awake)


def waiting() -> list[str]:
    """Tenants with subscribers and something to tell them."""
    found = []
    for tenant_id in _subscribed():
        if any(_with_news(model, tenant_id).first() for model in SOURCES):
            found.append(tenant_id)
    return found


def _with_news(model: type[Source], tenant_id: str) -> Any:
    return model.of(tenant_id, __raw__=_HAS_NEWS).hint(_BY_NEWS).only("id")


def forget_unheard(*, now: datetime) -> int:
    """Drop the notes of tenants that nobody listens to; returns how many documents had some.

    Not the latest: somebody may have subscribed since we looked.
    """
    listening = _subscribed()
    fresh = ObjectId.from_datetime(now - _UNHEARD_AFTER)
    query = {
        **_HAS_NEWS,
        "tenant_id": {"$nin": listening},
        "outbox": {"$not": {"$elemMatch": {"_id": {"$gte": fresh}}}},
    }
    gone = (
        model._get_collection().update_many(query, {"$set": {"outbox": []}}, hint=_BY_NEWS)
        for model in SOURCES
    )
    return sum(each.modified_count for each in gone)


def _subscribed() -> list[str]:
    return sorted(Subscription.across_tenants(deleted_at=None).distinct("tenant_id"))


def publish(tenant_id: str, *, now: datetime, most: int) -> Published:
    """Turn the notes on about so many of the tenant's documents into events, oldest first.

    Safe to repeat, and at several places at once. A document that cannot be told of keeps its
    notes, and does not stop the others.
    """
    found = Published()
    told, more = _told(tenant_id, most, now)
    for begin in range(0, len(told), _TOGETHER):
        batch = told[begin : begin + _TOGETHER]
        try:
            found = found.and_also(in_transaction(partial(_write_all, tenant_id, batch, now)))
        except PyMongoError:
            raise
        except Exception:  # noqa: BLE001 - one broken document must not stop the others
            for each in batch:
                found = found.and_also(_alone(tenant_id, each, now))
    if found.events:
        log.info("published", events=found.events, subscriptions=len(found.subscriptions))
    return replace(found, more=more)


def _told(tenant_id: str, most: int, now: datetime) -> tuple[list[_Told], bool]:
    """What there is to tell of, and whether there is more; those of no luck come again later.

    Of each kind its share: many deliveries at once must not keep calls waiting.
    """
    share = max(most // len(SOURCES), 1)
    before = now - _UNLUCKY_FOR
    rested = {"$or": [{_FAILED_AT: None}, {_FAILED_AT: {"$lt": before}}]}
    told: list[_Told] = []
    more = False
    for model in SOURCES:
        query = _with_news(model, tenant_id).filter(__raw__=rested)
        ids = [each.pk for each in query.order_by("outbox._id").limit(share)]
        more = more or len(ids) == share
        told += [(model, each) for each in ids]
    return told, more


def _alone(tenant_id: str, told: _Told, now: datetime) -> Published:
    """One document by itself; where it cannot be told of, it is put off, and somebody may see."""
    try:
        return in_transaction(partial(_write_all, tenant_id, [told], now))
    except PyMongoError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        model, document_id = told
        # Its kind alone: the message may hold what the document does.
        why = type(error).__name__
        log.error("could not be told", document_id=str(document_id), why=why)  # noqa: TRY400
        model._get_collection().update_one(
            {"_id": document_id, "tenant_id": tenant_id}, {"$set": {_FAILED_AT: now}}
        )
        return Published()


def _write_all(tenant_id: str, told: Sequence[_Told], now: datetime) -> Published:
    listening = list(Subscription.of(tenant_id, deleted_at=None))
    found = Published()
    for model, document_id in told:
        source: Source | None = model.of(tenant_id, pk=document_id).first()
        if source is not None and source.outbox:
            found = found.and_also(_write(source, listening, now))
    return found


def _write(source: Source, listening: Sequence[Subscription], now: datetime) -> Published:
    notes: Sequence[Note] = source.outbox
    _taken_off(source, notes)
    delivery_id = source.pk if isinstance(source, Delivery) else source.delivery_id
    delivery: Delivery | None = Delivery.of(source.tenant_id, pk=delivery_id).first()
    written, awake = 0, set[ObjectId]()
    for note in notes:
        before = [each for each in listening if _subscribed_before(each, note)]
        data = data_of(note, source, delivery) if before and delivery is not None else None
        if data is None or delivery is None:
            continue
        awake |= address(_event(note, data, delivery), before, now=now)
        written += 1
    return Published(written, tuple(awake))


def _taken_off(source: Source, notes: Sequence[Note]) -> None:
    # Past mongoengine: telling of a document is no change of it, and the sweep goes by changes.
    source._get_collection().update_one(
        {"_id": source.pk, "tenant_id": source.tenant_id},
        {"$pull": {"outbox": {"_id": {"$in": [note.id for note in notes]}}}},
    )


def _subscribed_before(subscription: Subscription, note: Note) -> bool:
    written: datetime = note.id.generation_time
    return bool(subscription.created_at.replace(microsecond=0) <= written)


def _event(note: Note, data: Payload, delivery: Delivery) -> Event:
    counted: Any = delivery._get_collection().find_one_and_update(
        {"_id": delivery.pk, "tenant_id": delivery.tenant_id},
        {"$inc": {"events": 1}},
        projection={"events": 1},
        return_document=True,
    )
    event: Event = Event(
        id=note.id,
        tenant_id=delivery.tenant_id,
        type=note.type,
        version=TYPES[note.type].version,
        occurred_at=note.at,
        delivery_id=delivery.pk,
        customer_id=delivery.customer_id,
        sequence=counted["events"],
        data=data.model_dump(mode="json"),
    ).save(force_insert=True)
    return event


def address(event: Event, to: Sequence[Subscription], *, now: datetime) -> set[ObjectId]:
    """Write a posting for each of these subscriptions that wants the event; returns the ids of
    those that are to be woken."""
    awake: set[ObjectId] = set()
    for subscription in to:
        about_itself = event.type == SUBSCRIPTION_DISABLED and not subscription.is_active
        if about_itself or not wants(tuple(subscription.types), event.type):
            continue
        Posting(
            tenant_id=event.tenant_id,
            subscription_id=subscription.pk,
            event_id=event.pk,
            type=event.type,
            delivery_id=event.delivery_id,
            next_at=now,
        ).save(force_insert=True)
        if subscription.is_active:
            awake.add(subscription.pk)
    return awake
