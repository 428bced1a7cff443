"""What a driver did without a network is sent when it is back, though the page is closed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.models import Agent, Delivery
from app.models.audit import AuditEntry
from tests.browser import PHONE, comes_true
from tests.web import page_side
from tests.web.pages.test_agent import Worker, deliver, press, ready, stop, told

ENTRIES = """async () => {
  const result = (asked) => new Promise((on) => { asked.onsuccess = () => on(asked.result); });
  const db = await result(indexedDB.open("delauto-round"));
  const all = await result(db.transaction("outbox").objectStore("outbox").getAll());
  db.close();
  return all.map(({ path, person, refused }) => [path, person, refused]);
}"""
TAGS = """async () => (await navigator.serviceWorker.getRegistration("/agent")).sync.getTags()"""


@pytest.fixture
def dana(settings) -> Agent:
    return page_side.person("agent", name="Dana Driver")


def left(page: Page) -> list[str]:
    """What the telephone has not sent yet."""
    return [path for path, _, _ in page.evaluate(ENTRIES)]


def closed(page: Page) -> None:
    """The network is back, and the round is not open."""
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto("/password")


def audited(deed: str, delivery: Delivery) -> int:
    of_it = AuditEntry.of("default", action=f"delivery.{deed}")
    return int(of_it.filter(__raw__={"subject.id": str(delivery.pk)}).count())


def test_what_waits_is_sent_in_order_and_once_though_the_page_is_closed(
    open_page, site, dana
) -> None:
    first, second = stop(dana, 1), stop(dana, 2)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    page.context.set_offline(True)
    deliver(page, first)
    press(page, second, "Got it")
    expect(page.locator("#waiting")).to_be_visible()
    assert told(first).status == "assigned"
    closed(page)
    # The browser was asked to do so, and does it when it sees fit: for the test, now.
    comes_true(page, lambda: page.evaluate(TAGS) == ["outbox"] or left(page) == [])
    worker = Worker(page, site.url)
    worker.sync()
    comes_true(page, lambda: left(page) == [])
    done = told(first)
    assert [step.status for step in done.tracking_events] == ["in_transit", "completed"]
    assert done.actual_delivery_time < AuditEntry.of("default").order_by("-at").first().at
    assert told(second).acknowledged_at is not None
    # It finds nothing to do when it is called once more, nor does the page.
    worker.sync()
    page.goto("/agent")
    ready(page)
    expect(page.locator("#waiting")).to_be_hidden()
    expect(page.locator("#refused")).to_be_hidden()
    assert [audited(deed, first) for deed in ("started", "completed")] == [1, 1]


def test_what_is_refused_waits_for_the_page_which_tells_of_it(open_page, site, dana) -> None:
    first, second = stop(dana, 1), stop(dana, 2)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    page.context.set_offline(True)
    deliver(page, first)
    deliver(page, second)
    told(first).modify(set__status="cancelled")
    closed(page)
    Worker(page, site.url).sync()
    comes_true(page, lambda: told(second).status == "completed")
    comes_true(page, lambda: len(left(page)) == 2)
    assert all(str(first.pk) in path for path in left(page))
    page.goto("/agent")
    expect(page.locator("#refused")).to_be_visible()


def test_of_two_who_share_a_telephone_only_who_is_logged_in_is_sent_for(
    open_page, site, dana
) -> None:
    erin = page_side.person("agent", name="Erin Express")
    danas, erins = stop(dana, 1), stop(erin, 1)
    page = open_page(dana, "/agent", size=PHONE)
    for delivery, who_comes in ((danas, erin), (erins, erin)):
        ready(page)
        page.context.set_offline(True)
        press(page, delivery, "Got it")
        comes_true(page, lambda path=f"/deliveries/{delivery.pk}/acknowledge": path in left(page))
        # Before the page goes: from then on the browser may send at any time.
        page.context.add_cookies([site.cookie(who_comes)])
        page.goto("about:blank")
        page.context.set_offline(False)
        page.goto("/agent" if delivery is danas else "/password")
    Worker(page, site.url).sync()
    comes_true(page, lambda: told(erins).acknowledged_at is not None)
    comes_true(page, lambda: left(page) == [f"/deliveries/{danas.pk}/acknowledge"])
    assert told(danas).acknowledged_at is None
