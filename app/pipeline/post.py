"""Post: events go to the subscribers' systems, signed, again and again until they are taken.

The signature is that of Standard Webhooks (https://www.standardwebhooks.com), as its own library
makes it. What was sent and not noted, for the worker died, is sent once more: receivers drop
repetitions by the event's id.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId
from standardwebhooks import Webhook

from app.gateways import Parcel, PostResult, Posts
from app.models import Event, Posting, Subscription
from app.pipeline.event_log import envelope
from app.pipeline.post_notes import judge, note
from app.rules.events import public_id
from app.rules.webhooks import again

AT_ONCE = 4
"""Requests to one subscriber at the same time."""
SLICE = timedelta(seconds=3)
"""After so long another subscriber's turn comes: no new request is begun."""
_LEASE = timedelta(seconds=90)
"""Longer than any turn; after it another worker takes over from one that died."""
Clock = Callable[[], datetime]
Luck = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of one subscriber's turn."""

    taken: int = 0
    failed: int = 0
    more: bool = False
    """There is more to send at once."""
    awake: tuple[ObjectId, ...] = ()
    """Other subscriptions that are to be woken."""


def due(*, now: datetime) -> list[ObjectId]:
    """Subscriptions that something can be sent to now."""
    rested = {"$or": [{"rests_until": None}, {"rests_until": {"$lte": now}}]}
    free = {"$or": [{"sending_until": None}, {"sending_until": {"$lte": now}}]}
    active = Subscription.across_tenants(is_active=True, deleted_at=None)
    found = active.filter(__raw__={"$and": [rested, free]}).only("id", "tenant_id")
    return [each.pk for each in found if _due(each, now).only("id").first()]


def _due(subscription: Subscription, now: datetime) -> Any:
    return Posting.of(
        subscription.tenant_id,
        subscription_id=subscription.pk,
        status="pending",
        next_at__lte=now,
    ).order_by("next_at")


def post(
    subscription_id: ObjectId, posts: Posts, *, clock: Clock, luck: Luck = random.random
) -> Turn:
    """Send a subscriber what is due, for a short while; safe to repeat.

    One turn of a subscriber at a time. One that failed several times in a row gets one event, and
    is then left alone for a while.
    """
    subscription = _begin(subscription_id, clock())
    if subscription is None:
        return Turn()
    began, counted = clock(), [0, 0]
    awake: set[ObjectId] = set()
    try:
        while subscription.is_active and not _rests(subscription, clock()):
            batch = _reserve(subscription, clock())
            if not batch:
                break
            results = _sent(subscription, batch, posts, clock())
            for posting, result in zip(batch, results, strict=True):
                counted[note(subscription, posting, result, now=clock(), luck=luck())] += 1
            awake |= judge(subscription, results, now=clock())
            if clock() - began >= SLICE:
                break
    finally:
        subscription.modify(unset__sending_until=True)
    now = clock()
    free = subscription.is_active and not _rests(subscription, now)
    more = free and _due(subscription, now).only("id").first() is not None
    return Turn(taken=counted[True], failed=counted[False], more=more, awake=tuple(awake))


def _begin(subscription_id: ObjectId, now: datetime) -> Subscription | None:
    """Take the subscriber's turn; None where there is none to take."""
    found: Subscription | None = Subscription.across_tenants(
        pk=subscription_id, is_active=True, deleted_at=None
    ).first()
    if found is None or (found.sending_until is not None and now < found.sending_until):
        return None
    mine = found.modify({"sending_until": found.sending_until}, set__sending_until=now + _LEASE)
    return found if mine else None


def _rests(subscription: Subscription, now: datetime) -> bool:
    until = subscription.rests_until
    return until is not None and now < until


def _reserve(subscription: Subscription, now: datetime) -> list[Posting]:
    """The next that are due, put off for as long as a dead worker is to be waited for."""
    most = AT_ONCE if subscription.failures < again.UNWELL_AFTER else 1
    mine = []
    for posting in list(_due(subscription, now).limit(most)):
        changes = {"set__next_at": now + _LEASE, "inc__tried": 1}
        if posting.since is None:
            changes["set__since"] = now
        if posting.modify({"status": "pending", "next_at": posting.next_at}, **changes):
            mine.append(posting)
    return mine


def _sent(
    subscription: Subscription, batch: Sequence[Posting], posts: Posts, now: datetime
) -> list[PostResult | None]:
    """What came of each; None where the event is not kept any more."""
    events = {
        event.pk: event
        for event in Event.of(subscription.tenant_id, pk__in=[each.event_id for each in batch])
    }
    secrets = subscription.signing(now)
    parcels = {
        posting.pk: parcel(events[posting.event_id], subscription.url, secrets, now)
        for posting in batch
        if posting.event_id in events
    }
    results = dict(zip(parcels, posts.send(list(parcels.values())), strict=True))
    return [results.get(posting.pk) for posting in batch]


def parcel(event: Event, url: str, secrets: Sequence[str], now: datetime) -> Parcel:
    """The request that tells of an event, signed with each of these secrets."""
    body = envelope(event).model_dump_json()
    return Parcel(url, body.encode(), _signed(public_id(str(event.pk)), body, secrets, now))


def _signed(name: str, body: str, secrets: Sequence[str], now: datetime) -> Mapping[str, str]:
    moment = now.astimezone(UTC).replace(microsecond=0)
    signatures = (Webhook(secret).sign(name, moment, body) for secret in secrets)
    return {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
