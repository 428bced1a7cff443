"""A push from the worker that seals it to the notification on a driver's telephone, and the tap.

The message is the one that went over the line: the test's push service opens it, as a browser
would, and it is handed to the service worker by the developer's tools as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from rq import Queue
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from app import queues, runtime
from app.gateways.webhook_posts import WebhookPosts
from app.models import Agent, Delivery, PushMessage
from app.pipeline import devices
from app.pipeline.answer import news
from app.runtime import Runtime
from tests.browser import PHONE
from tests.push_service import Browser, PushService, push_service
from tests.web import page_side
from tests.web.pages.test_agent import Worker, card, ready, stop
from workers.main import AllowedJob, ResidentWorker

SECRET = "the gate code is 4 7 1 1, leave it behind the planter"


@pytest.fixture
def here(settings) -> Iterator[Runtime]:
    """What workers have, and may push to our own machine."""
    made = Runtime(settings.model_copy(update={"webhooks_to_loopback": True}))
    made.__dict__["posts"] = WebhookPosts(to_loopback=True, seconds=30)
    runtime.install(made)
    yield made
    runtime.install(None)


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as made:
        yield made


@pytest.fixture
def dana(settings) -> Agent:
    return page_side.person("agent", name="Dana Driver")


class BesideABrowser(ResidentWorker):
    """Works in a thread, for in that of a test that looks at pages Playwright's loop runs."""

    death_penalty_class = TimerDeathPenalty

    def _install_signal_handlers(self) -> None:
        """Signals come to the main thread alone."""


def work(here: Runtime) -> None:
    """The worker empties its queue."""

    def empty() -> None:
        connection = queues.connect(here.settings.redis_url.get_secret_value(), blocking=True)
        BesideABrowser(
            [Queue(queues.ANSWERS, connection=connection, serializer=JSONSerializer)],
            connection=connection, serializer=JSONSerializer, job_class=AllowedJob,
            log_job_description=False,
        ).work(burst=True, logging_level="WARNING")  # fmt: skip

    with ThreadPoolExecutor(1) as beside:
        beside.submit(empty).result()


def subscribed(agent: Agent, service: PushService, here: Runtime) -> Browser:
    """The telephone, whose push service is the test's."""
    browser = service.browser(here.push.public_key)
    given = browser.subscription
    about = devices.Browser(given["endpoint"], **given["keys"])
    devices.subscribe(agent, about, key=browser.our_key, now=datetime.now(UTC))
    return browser


def hears(delivery: Delivery, here: Runtime) -> None:
    """There is something new about a stop, and the worker does what is to be done."""
    version = Delivery.of("default", pk=delivery.pk).get().analysis_version
    Delivery.of("default", pk=delivery.pk).get().modify(**news())
    assert Delivery.of("default", pk=delivery.pk).get().analysis_version == version + 1
    here.enqueuer.enqueue(queues.TELL, delivery.pk)
    work(here)


def away(page: Page) -> None:
    """The round is not on the screen: what is there is not notified."""
    ready(page)
    page.goto("/password")


def notified(page: Page) -> list[tuple[str, str, int]]:
    """Each notification's tag and title, and the version that it tells of."""
    found = page.evaluate(
        "async () => (await (await navigator.serviceWorker.getRegistration('/agent'))"
        ".getNotifications()).map(({ tag, title, data }) => [tag, title, data.version])"
    )
    return [(tag, title, version) for tag, title, version in found]


def shows(page: Page, *wanted: tuple[str, str, int]) -> None:
    for _ in range(100):
        if sorted(notified(page)) == sorted(wanted):
            return
        page.wait_for_timeout(50)
    assert sorted(notified(page)) == sorted(wanted)


def test_a_sealed_push_is_shown_collapses_and_never_gives_way_to_an_older_one(
    open_page, site, here, service, dana
) -> None:
    first, second = stop(dana, 1, SECRET), stop(dana, 2)
    PushMessage.of("default").delete()
    telephone = subscribed(dana, service, here)
    page = open_page(dana, "/agent", size=PHONE, permissions=["notifications"])
    away(page)
    worker = Worker(page, site.url)
    for delivery in (first, first, second, first):
        hears(delivery, here)
    assert service.refused == []
    came = [telephone.plain(each.sealed) for each in telephone.got]
    about_first, about_second = str(first.pk), str(second.pk)
    assert [(each.content["delivery"], each.content["version"]) for each in telephone.got] == [
        (about_first, 2), (about_first, 3), (about_second, 2), (about_first, 4),
    ]  # fmt: skip
    # What waits at the push service for a telephone that is off collapses there, too.
    assert len(telephone.waiting) == 2
    for each, plain in zip(telephone.got, came, strict=True):
        assert each.headers["urgency"] == "high"
        assert plain.encode() not in each.sealed
        assert not any(word in plain for word in ("4711", "4 7 1 1", "planter", "Mill", "Customer"))

    worker.deliver(came[1])
    shows(page, (about_first, "Stop 1: new instructions", 3))
    # What was overtaken on its way, and one that comes twice, change nothing.
    worker.deliver(came[0])
    worker.deliver(came[1])
    worker.deliver(came[2])
    two = (about_second, "Stop 2: new instructions", 2)
    shows(page, (about_first, "Stop 1: new instructions", 3), two)
    worker.deliver(came[3])
    shows(page, (about_first, "Stop 1: new instructions", 4), two)


def test_a_tap_on_the_notification_leads_to_the_stop(open_page, site, here, service, dana) -> None:
    deliveries = [stop(dana, number) for number in range(1, 9)]
    last = deliveries[-1]
    telephone = subscribed(dana, service, here)
    page = open_page(dana, "/agent", size=PHONE, permissions=["notifications"])
    away(page)
    hears(last, here)
    Worker(page, site.url).deliver(telephone.plain(telephone.got[-1].sealed))
    shows(page, (str(last.pk), "Stop 8: new instructions", 2))

    opened = tapped(page)
    assert opened == [f"/agent#delivery-{last.pk}"]
    assert notified(page) == []
    page.goto(opened[0])
    expect(card(page, last)).to_be_in_viewport()
    expect(card(page, last)).to_be_focused()


def test_a_tap_brings_the_open_round_to_the_stop(open_page, site, here, service, dana) -> None:
    deliveries = [stop(dana, number) for number in range(1, 9)]
    last = deliveries[-1]
    telephone = subscribed(dana, service, here)
    page = open_page(dana, "/agent", size=PHONE, permissions=["notifications"])
    away(page)
    hears(last, here)
    Worker(page, site.url).deliver(telephone.plain(telephone.got[-1].sealed))
    shows(page, (str(last.pk), "Stop 8: new instructions", 2))
    page.goto("/agent")
    ready(page)
    expect(card(page, last)).not_to_be_in_viewport()
    assert tapped(page) == []
    expect(card(page, last)).to_be_in_viewport()
    expect(card(page, last)).to_be_focused()


def tapped(page: Page) -> list[str]:
    """Tap the one notification; the addresses that the service worker opens for it.

    A tap that a script makes opens no window and holds no worker up, so both are noted instead.
    """
    (worker,) = page.context.service_workers
    return worker.evaluate(
        """async () => {
          const opened = [];
          const held = [];
          Object.defineProperty(self.clients, "openWindow", {
            configurable: true, value: async (url) => void opened.push(url),
          });
          const [notification] = await self.registration.getNotifications();
          const tap = new NotificationEvent("notificationclick", { notification });
          Object.defineProperty(tap, "waitUntil", { value: (work) => held.push(work) });
          self.dispatchEvent(tap);
          await Promise.allSettled(held);
          return opened;
        }"""
    )
