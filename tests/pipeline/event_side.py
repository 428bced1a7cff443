"""Subscribers of tests: what they are, and a way to them that remembers and answers as told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app.gateways import Answered, Parcel, PostResult
from app.models import DEFAULT_TENANT, Event, Subscription
from app.pipeline import publish as publishing
from app.pipeline.subscriptions import SubscriptionWish, subscribe

URL = "https://hooks.shop.example/delauto"


def subscriber(
    *types: str, tenant_id: str = DEFAULT_TENANT, url: str = URL, since: datetime | None = None
) -> Subscription:
    """Somebody who listens; ``since``: from when on, a minute ago unless given."""
    wish = SubscriptionWish(url=url, types=types or ("*",))
    now = datetime.now(UTC)
    made = subscribe(tenant_id, wish, by=None, now=now, to_loopback=True).subscription
    made.modify(set__created_at=since or now - timedelta(minutes=1))
    return made


def publish(tenant_id: str = DEFAULT_TENANT, now: datetime | None = None) -> publishing.Published:
    return publishing.publish(tenant_id, now=now or datetime.now(UTC), most=100)


def events(tenant_id: str = DEFAULT_TENANT, **filters: Any) -> list[Event]:
    return list(Event.of(tenant_id, **filters).order_by("sequence", "id"))


def types(tenant_id: str = DEFAULT_TENANT, **filters: Any) -> list[str]:
    return [each.type for each in events(tenant_id, **filters)]


class FakePosts:
    """Remembers every parcel; ``answer`` makes the result of each."""

    def __init__(self) -> None:
        self.sent: list[Parcel] = []
        self.at_once: list[int] = []
        self.answer: Callable[[Parcel], PostResult] = lambda parcel: Answered(200, 5)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[PostResult]:
        self.sent += parcels
        self.at_once.append(len(parcels))
        return [self.answer(each) for each in parcels]

    def answers(self, *statuses: int) -> None:
        """The next answers; the last goes on for ever."""
        left = list(statuses)
        self.answer = lambda parcel: Answered(left.pop(0) if len(left) > 1 else left[0], 5, "body")


class MovingClock:
    """The time of a test."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now
