"""From news about a stop to a browser: the queue, the clock, HTTP, and what a person must see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app import queues, runtime
from app.gateways.webhook_posts import WebhookPosts
from app.models import Agent, DeadJob, Delivery, Message, PushMessage, Review
from app.pipeline import devices
from app.pipeline.answer import news
from app.pipeline.devices import Browser as Subscribed
from app.pipeline.erase import erase
from app.pipeline.held import held
from app.runtime import Runtime
from tests import factories
from tests.push_service import Browser, PushService, push_service
from tests.workers.test_queue import work
from workers import clock


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as made:
        yield made


@pytest.fixture
def here(settings) -> Iterator[Runtime]:
    """A runtime that may push to our own machine."""
    made = Runtime(settings.model_copy(update={"webhooks_to_loopback": True, "patience": 0.01}))
    made.__dict__["posts"] = WebhookPosts(to_loopback=True, seconds=30)
    runtime.install(made)
    factories.tenant()
    yield made
    runtime.install(None)


def browser_of(agent: Agent, service: PushService, here: Runtime) -> Browser:
    browser = service.browser(here.push.public_key)
    given = browser.subscription
    subscribed = Subscribed(given["endpoint"], **given["keys"])
    devices.subscribe(agent, subscribed, key=browser.our_key, now=datetime.now(UTC))
    return browser


def stop(agent: Agent, minutes: int = 300) -> Delivery:
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    made = factories.delivery(
        agent_id=agent.pk, status="assigned", route={"sequence": 4}, scheduled_time=at,
        analysis={"at": datetime.now(UTC), "source_id": agent.pk},
    )  # fmt: skip
    made.modify(**news())
    return made


def go_on(here: Runtime) -> None:
    """The clock offers what stands still, now; a worker empties the queue."""
    PushMessage.of("default", next_push_at__ne=None).update(
        set__next_push_at=datetime.now(UTC) - timedelta(seconds=1), unset__offered=True
    )
    # Last, for each update says that it was now.
    PushMessage.of("default").update(set__updated_at=datetime.now(UTC) - timedelta(hours=1))
    clock.sweep_up(here)
    work(here.settings, queues.ANSWERS)


def test_news_reach_the_browser_at_once(here, service) -> None:
    agent = factories.agent()
    browser = browser_of(agent, service, here)
    of = stop(agent)
    here.enqueuer.enqueue(queues.TELL, of.pk)
    work(here.settings, queues.ANSWERS)
    assert browser.texts == ["Stop 4: new instructions"]
    assert PushMessage.of("default").get().status == "sent"
    assert service.refused == []


def test_what_the_queue_lost_is_pushed_all_the_same_and_what_failed_again(here, service) -> None:
    agent = factories.agent()
    browser = browser_of(agent, service, here)
    browser.statuses = [500, 201]
    here.enqueuer.enqueue(queues.TELL, stop(agent).pk)
    work(here.settings, queues.ANSWERS)
    assert PushMessage.of("default").get().status == "to_send"
    go_on(here)
    go_on(here)
    assert (browser.asked, len(browser.got)) == (2, 1)
    assert PushMessage.of("default").get().status == "sent"


def test_what_a_push_service_will_never_take_is_a_dead_job(here, service) -> None:
    agent = factories.agent()
    browser = browser_of(agent, service, here)
    browser.statuses = [413]
    here.enqueuer.enqueue(queues.TELL, stop(agent).pk)
    work(here.settings, queues.ANSWERS)
    dead = DeadJob.of("default").get()
    assert (dead.job, dead.document_id) == ("push", PushMessage.of("default").get().pk)
    assert dead.error == "no push service takes it: 127.0.0.1: it is too large"
    assert browser.endpoint not in dead.error


def test_the_clock_has_a_text_sent_and_then_a_dispatcher_told_once_each(
    here, service, carrier
) -> None:
    agent = factories.agent(phone="+14155550199")
    of = stop(agent, minutes=20)
    here.enqueuer.enqueue(queues.TELL, of.pk)
    work(here.settings, queues.ANSWERS)
    told = PushMessage.of("default")
    told.update(set__sent_at=datetime.now(UTC) - timedelta(minutes=5))
    for _ in range(3):
        clock.remind_agents(here)
        work(here.settings, queues.ANSWERS)
    message = Message.of("default").get()
    assert (message.purpose, message.status != "intended") == ("reminder", True)
    assert Review.of("default").count() == 0
    told.update(set__texted_at=datetime.now(UTC) - timedelta(minutes=11))
    for _ in range(3):
        clock.remind_agents(here)
    review = Review.of("default").get()
    assert (review.reason, review.delivery_id) == ("unacknowledged", of.pk)
    assert [each.name for each in clock.DUTIES if each.do is clock.remind_agents]


def test_the_figures_say_how_pushes_do(here, service, client) -> None:
    agent = factories.agent()
    browser_of(agent, service, here)
    here.enqueuer.enqueue(queues.TELL, stop(agent).pk)
    work(here.settings, queues.ANSWERS)
    text = client.get("/metrics").text
    assert 'delauto_pushes{status="sent"} 1.0' in text
    assert "delauto_push_oldest_waiting_seconds 0.0" in text
    assert "delauto_agents_reminded 0.0" in text


class NoCopies:
    """A network that keeps nothing."""

    def with_number(self, number: str) -> list:
        return []

    def recordings_of(self, call_sid: str) -> list:
        return []

    def delete(self, copy) -> int:
        return 0


def test_with_the_customer_goes_what_was_told_of_them_and_not_the_agents_device(
    here, service
) -> None:
    agent = factories.agent()
    browser_of(agent, service, here).statuses = [413]
    of = stop(agent)
    here.enqueuer.enqueue(queues.TELL, of.pk)
    work(here.settings, queues.ANSWERS)
    from app.models import Customer

    phone = Customer.of("default", pk=of.customer_id).get().phone
    assert {name for name, kept in held(phone).documents.items() if kept} >= {
        "push_messages", "jobs_dead",
    }  # fmt: skip
    erase(phone, here.bucket, NoCopies(), by="a test", now=datetime.now(UTC))
    assert (PushMessage.of("default").count(), DeadJob.of("default").count()) == (0, 0)
    assert len(agent.reload().push_devices) == 1
