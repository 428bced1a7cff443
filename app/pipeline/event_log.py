"""What was sent to subscribers and what came of it; and sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from bson import ObjectId

from app.errors import PermanentError
from app.models import Event, Posting, Subscription
from app.models.transaction import in_transaction
from app.pipeline.subscriptions import SubscriptionRefusedError, find
from app.rules.events import Envelope, public_id, wants
from app.saying import Saying
from app.states import PostingStatus

log = structlog.get_logger()
MOST_REPLAYED = 500
"""Events of one replay."""


class NoPostingError(PermanentError):
    """There is none of this event for this subscription."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What is sent again. ``go_on`` is the last event that was looked at, where there are more."""

    events: int
    go_on: ObjectId | None = None


def postings(
    tenant_id: str,
    subscription_id: ObjectId,
    *,
    status: str | None = None,
    before: ObjectId | None = None,
    most: int = 50,
) -> list[Posting]:
    """How events were sent to a subscription, the newest event first; ``before`` pages on."""
    filters: dict[str, Any] = {"subscription_id": subscription_id}
    if status is not None:
        filters["status"] = status
    if before is not None:
        filters["event_id__lt"] = before
    return list(Posting.of(tenant_id, **filters).order_by("-event_id").limit(most))


def chosen(
    subscription_id: ObjectId,
    *,
    status: Sequence[str] = (),
    event_id: ObjectId | None = None,
    delivery_id: ObjectId | None = None,
) -> dict[str, Any]:
    """The condition, in MongoDB's form, of being one of these postings."""
    where: dict[str, Any] = {"subscription_id": subscription_id}
    if event_id is not None:
        where["event_id"] = event_id
    if delivery_id is not None:
        where["delivery_id"] = delivery_id
    # Named even where all are meant: one index then serves the list with and without.
    where["status"] = {"$in": list(status) or [each.value for each in PostingStatus]}
    return where


def posting(tenant_id: str, subscription_id: ObjectId, posting_id: ObjectId) -> Posting:
    """One of a subscription's postings. Raises NoPostingError."""
    found: Posting | None = Posting.of(
        tenant_id, pk=posting_id, subscription_id=subscription_id
    ).first()
    if found is None:
        raise NoPostingError(
            Saying("there is no such posting for this subscription, or not any more")
        )
    return found


def latest(tenant_id: str, subscription_id: ObjectId, event_id: ObjectId) -> Posting:
    """How an event was sent to a subscription last. Raises NoPostingError."""
    found = _latest(tenant_id, subscription_id, event_id)
    if found is None:
        raise NoPostingError(
            Saying("there is no such event for this subscription, or not any more")
        )
    return found


def envelope(event: Event) -> Envelope:
    """An event as subscribers are sent it."""
    return Envelope(
        id=public_id(str(event.pk)),
        type=event.type,
        version=event.version,
        timestamp=event.occurred_at,
        created_at=event.created_at,
        delivery_id=str(event.delivery_id) if event.delivery_id else None,
        sequence=event.sequence,
        data=event.data,
    )


def event(tenant_id: str, event_id: ObjectId) -> Event | None:
    """What was told."""
    found: Event | None = Event.of(tenant_id, pk=event_id).first()
    return found


def replay(
    tenant_id: str, subscription_id: ObjectId, event_id: ObjectId, *, now: datetime
) -> Posting:
    """Send one event again, taken or not. Raises NoPostingError, SubscriptionRefusedError.

    It has the same id: a receiver that knows it drops it.
    """

    def work() -> Posting:
        subscription = _active(tenant_id, subscription_id)
        known = event(tenant_id, event_id)
        meant = (
            known is not None
            and Posting.of(tenant_id, subscription_id=subscription_id, event_id=event_id).first()
        )
        if known is None or not meant:
            raise NoPostingError(
                Saying("there is no such event for this subscription, or not any more")
            )
        return _again(subscription, known, now)

    return in_transaction(work)


def replay_range(  # noqa: PLR0913 - a range has so many sides
    tenant_id: str,
    subscription_id: ObjectId,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    after: ObjectId | None = None,
    only_missed: bool = True,
    most: int = MOST_REPLAYED,
) -> Replayed:
    """Send again what happened between two times, in the order in which it was written.

    ``only_missed`` leaves out what was taken. At most ``most`` events are looked at: give
    ``go_on`` as ``after`` to go on. Events from before the subscription are sent as well, if its
    company had any subscriber then.
    """

    def work() -> Replayed:
        subscription = _active(tenant_id, subscription_id)
        filters: dict[str, Any] = {"occurred_at__gte": since, "occurred_at__lt": until}
        if after is not None:
            filters["pk__gt"] = after
        found = list(Event.of(tenant_id, **filters).order_by("id").limit(most))
        missed = _without_taken(subscription, found) if only_missed else found
        count = 0
        for each in missed:
            if wants(tuple(subscription.types), each.type) and _concerns(subscription, each):
                _again(subscription, each, now)
                count += 1
        go_on = found[-1].pk if len(found) == most else None
        return Replayed(count, go_on)

    done = in_transaction(work)
    log.info("replayed", subscription_id=str(subscription_id), events=done.events)
    return done


def forget(tenant_id: str, *, customer_id: ObjectId) -> int:
    """Delete all events about a customer's deliveries, and how they were sent: an erasure.

    Returns how many events there were. What was sent is the receivers' to delete.
    """

    def work() -> int:
        about = Event.of(tenant_id, customer_id=customer_id)
        Posting.of(tenant_id, event_id__in=list(about.scalar("id"))).delete()
        return int(about.delete())

    return in_transaction(work)


def _latest(tenant_id: str, subscription_id: ObjectId, event_id: ObjectId) -> Posting | None:
    found: Posting | None = (
        Posting.of(tenant_id, subscription_id=subscription_id, event_id=event_id)
        .order_by("-replay")
        .first()
    )
    return found


def _active(tenant_id: str, subscription_id: ObjectId) -> Subscription:
    subscription = find(tenant_id, subscription_id)
    if not subscription.is_active:
        raise SubscriptionRefusedError([("id", Saying("it is disabled: enable it first"))])
    return subscription


def _concerns(subscription: Subscription, each: Event) -> bool:
    """A trial, or the end of a subscription, is told to those alone to whom it was addressed."""
    if each.delivery_id is not None:
        return True
    known = Posting.of(each.tenant_id, subscription_id=subscription.pk, event_id=each.pk)
    return known.first() is not None


def _without_taken(subscription: Subscription, found: Sequence[Event]) -> list[Event]:
    taken = Posting.of(
        subscription.tenant_id,
        subscription_id=subscription.pk,
        event_id__in=[each.pk for each in found],
        status="taken",
    )
    ids = set(taken.scalar("event_id"))
    return [each for each in found if each.pk not in ids]


def _again(subscription: Subscription, each: Event, now: datetime) -> Posting:
    """A posting of its own; what is on its way already is only hurried."""
    last = _latest(each.tenant_id, subscription.pk, each.pk)
    if last is not None and last.status == "pending":
        last.modify({"status": "pending"}, set__next_at=now, unset__since=True)
        return last
    made: Posting = Posting(
        tenant_id=each.tenant_id,
        subscription_id=subscription.pk,
        event_id=each.pk,
        replay=last.replay + 1 if last else 0,
        type=each.type,
        delivery_id=each.delivery_id,
        next_at=now,
    ).save(force_insert=True)
    return made
