"""Whether anything is sent to a subscription: tried, paused, disabled, enabled again, ended."""

from __future__ import annotations

from datetime import datetime

import structlog
from bson import ObjectId

from app.models import Event, Notice, Subscription
from app.models.transaction import in_transaction
from app.pipeline.publish import address
from app.pipeline.subscriptions import SubscriptionRefusedError, find
from app.rules.events import SUBSCRIPTION_DISABLED, TEST, TYPES
from app.rules.events.payloads import Payload, SubscriptionData, TestData
from app.saying import Saying

log = structlog.get_logger()


def remove(tenant_id: str, subscription_id: ObjectId, *, now: datetime) -> None:
    """Send nothing there any more; its log stays as long as events do."""
    subscription = find(tenant_id, subscription_id)
    subscription.modify(set__deleted_at=now, set__is_active=False, set__secrets=[])
    _close_notice(subscription, now=now, by=None)


def pause(tenant_id: str, subscription_id: ObjectId, *, now: datetime) -> Subscription:
    """Let what happens wait until ``enable``."""
    subscription = find(tenant_id, subscription_id)
    subscription.modify(
        {"is_active": True},
        set__is_active=False,
        set__disabled_at=now,
        set__disabled_because="paused",
    )
    return subscription


def enable(
    tenant_id: str, subscription_id: ObjectId, *, by: ObjectId | None, now: datetime
) -> Subscription:
    """Send again, and what waited meanwhile; no change where it was not disabled."""
    subscription = find(tenant_id, subscription_id)
    subscription.modify(
        {"is_active": False},
        set__is_active=True,
        set__failures=0,
        unset__disabled_at=True,
        unset__disabled_because=True,
        unset__failing_since=True,
        unset__rests_until=True,
    )
    _close_notice(subscription, now=now, by=by)
    return subscription


def disable(subscription: Subscription, because: str, *, now: datetime) -> set[ObjectId]:
    """Send nothing more there, and let people know: a notice, and an event for other subscriptions,
    whose ids are returned. Safe to repeat."""

    def work() -> set[ObjectId]:
        fresh: Subscription = Subscription.of(subscription.tenant_id, pk=subscription.pk).get()
        if not fresh.modify(
            {"is_active": True},
            set__is_active=False,
            set__disabled_at=now,
            set__disabled_because=because,
        ):
            return set()
        Notice.of(
            fresh.tenant_id, kind="subscription_disabled", about_id=fresh.pk, closed_at=None
        ).update_one(
            upsert=True,
            set_on_insert__reason=because,
            set_on_insert__opened_at=now,
            set_on_insert__created_at=now,
        )
        data = SubscriptionData(
            id=str(fresh.pk), because=because, failing_since=fresh.failing_since
        )
        others = list(Subscription.of(fresh.tenant_id, deleted_at=None, pk__ne=fresh.pk))
        return address(_plain_event(fresh, SUBSCRIPTION_DISABLED, data, now), others, now=now)

    awake = in_transaction(work)
    log.error("subscription disabled", subscription_id=str(subscription.pk), because=because)
    return awake


def send_test(tenant_id: str, subscription_id: ObjectId, *, now: datetime) -> Event:
    """Write an event for this subscription alone. Raises SubscriptionRefusedError where nothing
    is sent there."""

    def work() -> Event:
        subscription = find(tenant_id, subscription_id)
        if not subscription.is_active:
            raise SubscriptionRefusedError([("id", Saying("it is disabled: enable it first"))])
        data = TestData(subscription_id=str(subscription.pk))
        event = _plain_event(subscription, TEST, data, now)
        address(event, [subscription], now=now)
        return event

    return in_transaction(work)


def _plain_event(about: Subscription, name: str, data: Payload, now: datetime) -> Event:
    event: Event = Event(
        id=ObjectId(),
        tenant_id=about.tenant_id,
        type=name,
        version=TYPES[name].version,
        occurred_at=now,
        data=data.model_dump(mode="json"),
    ).save(force_insert=True)
    return event


def _close_notice(about: Subscription, *, now: datetime, by: ObjectId | None) -> None:
    Notice.of(
        about.tenant_id, kind="subscription_disabled", about_id=about.pk, closed_at=None
    ).update(set__closed_at=now, set__closed_by=by)
