"""From a delivery's move to a shipper's system: the clock, the queue, HTTP, a real receiver."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app import queues, runtime
from app.gateways.webhook_posts import WebhookPosts
from app.models import Delivery, Event, Posting, Subscription
from app.pipeline import subscriptions as subs
from app.pipeline.subscriptions import SubscriptionWish, subscribe
from app.runtime import Runtime
from app.states import DELIVERY
from tests import factories
from tests.workers.receiver import Receiver, receiver
from tests.workers.test_queue import work
from workers import clock


@pytest.fixture
def here(settings) -> Iterator[Runtime]:
    """A runtime that may post to our own machine, and waits for no receiver for long."""
    made = Runtime(settings.model_copy(update={"webhooks_to_loopback": True}))
    made.__dict__["posts"] = WebhookPosts(to_loopback=True, seconds=1)
    runtime.install(made)
    factories.tenant()
    yield made
    runtime.install(None)


@pytest.fixture
def shop(here) -> Iterator[Receiver]:
    """A receiver that is subscribed to everything."""
    with receiver() as made:
        listen(made)
        yield made


def listen(to: Receiver, *types: str) -> Subscription:
    wish = SubscriptionWish(url=to.url, types=types or ("*",))
    now = datetime.now(UTC)
    made = subscribe("default", wish, by=None, now=now, to_loopback=True)
    made.subscription.modify(set__created_at=now - timedelta(minutes=1))
    to.secret = made.secret
    return made.subscription


def assigned(count: int = 1) -> list[Delivery]:
    made = [factories.delivery() for _ in range(count)]
    for each in made:
        each.move_to(DELIVERY, "assigned", at=datetime.now(UTC), cause="a test")
    return made


def go_on(here: Runtime, times: int = 1) -> None:
    """The clock wakes the worker, which empties its queue; what waits for later is due now."""
    for _ in range(times):
        Posting.of("default", status="pending").update(set__next_at=datetime.now(UTC))
        Subscription.of("default").update(unset__rests_until=True)
        clock.tell_subscribers(here)
        work(here.settings, queues.WEBHOOKS)


def test_what_happens_arrives_signed(here, shop) -> None:
    (delivery,) = assigned()
    go_on(here)
    (event,) = shop.seen
    assert event["type"] == "delivery.assigned"
    assert event["data"]["delivery"]["id"] == str(delivery.pk)
    assert (shop.refused, shop.requests) == (0, 1)
    # Nothing is left to do, and nothing is sent twice.
    go_on(here)
    assert shop.requests == 1


def test_many_arrive_each_once_and_each_delivery_in_its_order(here, shop) -> None:
    for each in assigned(25):
        for state in ("in_transit", "completed"):
            each.move_to(DELIVERY, state, at=datetime.now(UTC), cause="a test")
    go_on(here)
    assert len(shop.seen) == 75
    assert shop.repeated == []
    for delivery in Delivery.of("default"):
        mine = [each for each in shop.seen if each["delivery_id"] == str(delivery.pk)]
        assert sorted(each["sequence"] for each in mine) == [1, 2, 3]
        by_sequence = sorted(mine, key=lambda each: each["sequence"])
        assert [each["type"] for each in by_sequence] == [
            "delivery.assigned", "delivery.started", "delivery.completed",
        ]  # fmt: skip


def test_who_fails_gets_it_later(here, shop) -> None:
    shop.statuses = [500, 503, 200]
    assigned()
    go_on(here, times=2)
    assert shop.seen == []
    go_on(here)
    assert len(shop.seen) == 1
    assert Posting.of("default").get().tried == 3


def test_who_hangs_gets_it_later_and_may_know_it_already(here, shop) -> None:
    over = threading.Event()
    shop.before = lambda: over.wait(20)
    assigned()
    go_on(here)
    assert Posting.of("default").get().tries[0].error == "no answer in time"
    over.set()
    shop.before = lambda: None
    go_on(here)
    # It had taken the first as well, and tells by the id that it knows the second.
    assert len(shop.seen) == 1
    assert shop.requests == 2


def test_who_hangs_does_not_keep_another_from_hearing(here, shop) -> None:
    over = threading.Event()
    shop.before = lambda: over.wait(20)
    with receiver() as other:
        listen(other)
        assigned(3)
        go_on(here)
        over.set()
        assert len(other.seen) == 3


def test_who_redirects_is_not_followed(here, shop) -> None:
    with receiver() as elsewhere:
        shop.statuses, shop.location = [307], elsewhere.url
        assigned()
        go_on(here)
        assert elsewhere.requests == 0
    assert "redirect" in Posting.of("default").get().tries[0].error


def test_who_is_gone_is_sent_nothing_more_and_others_hear_of_it(here, shop) -> None:
    shop.statuses = [410]
    with receiver() as other:
        listen(other, "subscription.disabled")
        assigned()
        go_on(here)
        assigned()
        go_on(here)
        assert shop.requests == 1
        (told,) = other.seen
    assert (told["type"], told["data"]["because"]) == ("subscription.disabled", "gone")
    assert told["sequence"] is None
    gone = Subscription.of("default", is_active=False).get()
    assert str(gone.pk) == told["data"]["id"]


def test_a_receiver_that_does_not_know_the_new_secret_yet_takes_it_by_the_former(
    here, shop
) -> None:
    subs.rotate("default", Subscription.of("default").get().pk, now=datetime.now(UTC))
    assigned()
    go_on(here)
    assert (len(shop.seen), shop.refused) == (1, 0)


def test_emptying_redis_loses_nothing(here, shop) -> None:
    assigned(2)
    clock.tell_subscribers(here)
    here.enqueuer._redis.flushdb()
    go_on(here)
    assert len(shop.seen) == 2


def test_without_subscribers_the_clock_wakes_nobody(here) -> None:
    assigned()
    clock.tell_subscribers(here)
    assert here.enqueuer.depth(queues.WEBHOOKS) == 0
    assert Event.of("default").count() == 0


def test_our_own_machine_is_not_reached_unless_the_operator_lets_it(here, shop) -> None:
    here.__dict__["posts"] = WebhookPosts()
    assigned()
    go_on(here)
    assert shop.requests == 0
    tried = Posting.of("default").get().tries[0]
    assert tried.error == "the address is not of the public internet"
