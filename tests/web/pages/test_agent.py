"""The driver's page on a telephone: with a network, without one, and when it comes back."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.models import Agent, AnalysisRecord, Delivery, Proof, PushMessage
from app.models.audit import AuditEntry
from app.pipeline.tell import tell
from app.rules import directives
from app.web import whose
from app.web.agent import installed
from tests import factories
from tests.browser import PHONE, passes_axe, shot
from tests.pictures_side import SECRET
from tests.web import page_side

WORDS = "the gate code is 4 7 1 1, leave it behind the planter, mind the dog"


@pytest.fixture
def dana(settings) -> Agent:
    return page_side.person("agent", name="Dana Driver")


def stop(
    dana: Agent, number: int, words: str = "leave it behind the planter", **fields: Any
) -> Delivery:
    customer = factories.customer(name=f"Customer {number}")
    now = datetime.now(UTC)
    delivery = factories.delivery(
        customer=customer, agent_id=dana.pk, status="assigned", route={"sequence": number},
        scheduled_time=now + timedelta(minutes=20 * number), address=f"{number} Mill Lane",
        outreach={"state": "instructed", "attempts": 1}, **fields,
    )  # fmt: skip
    record = AnalysisRecord.from_rules(
        directives.understand(words, now=now), source_id=delivery.pk, call_id=None, at=now
    )
    delivery.modify(set__analysis=record, set__analysis_version=1, set__to_tell=True)
    tell(delivery.pk, now=now)
    return delivery


def ready(page: Page) -> None:
    """The page is kept by the telephone, and follows the server."""
    page.evaluate(
        """async () => {
          await navigator.serviceWorker.ready;
          while (!navigator.serviceWorker.controller) await new Promise((on) => setTimeout(on, 20));
        }"""
    )
    expect(page.locator("#live")).to_have_attribute("data-connection", "live")


def card(page: Page, delivery: Delivery):
    return page.locator(f"#delivery-{delivery.pk}")


def opened(page: Page, delivery: Delivery):
    """The card of a stop, with everything about it."""
    fold = card(page, delivery).locator(".fold")
    if fold.get_attribute("aria-expanded") == "false" and fold.is_visible():
        fold.click()
    return card(page, delivery)


def press(page: Page, delivery: Delivery, name: str) -> None:
    if name != "Got it":
        opened(page, delivery)
    card(page, delivery).get_by_role("button", name=name, exact=True).click()


def deliver(page: Page, delivery: Delivery) -> None:
    press(page, delivery, "Start")
    press(page, delivery, "Delivered")
    page.locator("#complete").get_by_role("button", name="Delivered", exact=True).click()
    expect(page.locator("#complete")).to_be_hidden()


def test_the_next_stop_is_open_and_the_others_are_short(open_page, dana) -> None:
    first, second, third = (stop(dana, number) for number in (1, 2, 3))
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    deeds = {
        each: card(page, each).get_by_role("link", name="Navigate") for each in (first, second)
    }
    expect(deeds[first]).to_be_visible()
    expect(deeds[second]).to_be_hidden()
    for each in (second, third):
        expect(card(page, each).locator(".sentence")).to_be_visible()
        expect(card(page, each).locator(".address")).to_be_visible()
        expect(card(page, each).get_by_role("button", name="Got it")).to_be_visible()
    # By a touch on the card, and closed again by its button.
    card(page, second).locator(".address").click()
    expect(deeds[second]).to_be_visible()
    page.reload()
    expect(deeds[second]).to_be_hidden()
    fold = card(page, second).get_by_role("button", name="Everything about this stop")
    for expanded in ("true", "false"):
        fold.click()
        expect(fold).to_have_attribute("aria-expanded", expanded)
    # Once the first is done the next one opens.
    press(page, first, "Got it")
    deliver(page, first)
    expect(deeds[second]).to_be_visible()
    expect(card(page, third).get_by_role("link", name="Navigate")).to_be_hidden()
    shot(page, "agent-second-stop")


def test_off_shift_there_is_one_thing_to_do_first(open_page, dana) -> None:
    delivery = stop(dana, 1)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    colour = "element => getComputedStyle(element).backgroundColor"
    begin = page.get_by_role("button", name="Begin shift")
    got_it = card(page, delivery).get_by_role("button", name="Got it")
    assert got_it.evaluate(colour) != (filled := begin.evaluate(colour))
    begin.click()
    expect(page.get_by_role("button", name="End shift")).to_be_visible()
    assert got_it.evaluate(colour) == filled


def told(delivery: Delivery) -> Delivery:
    return Delivery.of("default", pk=delivery.pk).get()


def test_two_stops_are_completed_without_a_network_and_done_exactly_once(open_page, dana) -> None:
    first, second, third = (stop(dana, each) for each in (1, 2, 3))
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    press(page, third, "Got it")
    expect(page.locator("#waiting")).to_be_hidden()
    for _ in range(100):
        if told(third).acknowledged_at:
            break
        page.wait_for_timeout(100)
    assert told(third).acknowledged_at is not None

    page.context.set_offline(True)
    pressed = datetime.now(UTC)
    deliver(page, first)
    deliver(page, second)
    expect(page.locator("#waiting-text")).to_have_text("6 things wait to be sent")
    page.reload()
    expect(card(page, first)).to_have_attribute("data-status", "completed")
    expect(card(page, first)).to_contain_text("Waits to be sent")
    expect(page.locator("#summary")).to_have_text("1 to go, 2 done")
    expect(page.locator("#offline")).to_be_visible()
    shot(page, "agent-offline")
    passes_axe(page, "offline")
    assert told(first).status == "assigned"
    offline_until = datetime.now(UTC)

    page.context.set_offline(False)
    expect(page.locator("#waiting")).to_be_hidden(timeout=20_000)
    expect(page.locator("#refused")).to_be_hidden()
    for each in (first, second):
        done = told(each)
        assert [step.status for step in done.tracking_events] == ["in_transit", "completed"]
        assert pressed - timedelta(seconds=2) <= done.actual_delivery_time <= offline_until
        for deed in ("acknowledged", "started", "completed"):
            of_it = AuditEntry.of("default", action=f"delivery.{deed}")
            assert of_it.filter(__raw__={"subject.id": str(each.pk)}).count() == 1
    dana.reload()
    assert dana.performance_metrics.successful_deliveries == 2


def test_a_code_is_in_the_page_only_after_a_tap_that_is_noted(open_page, dana) -> None:
    delivery = stop(dana, 1, WORDS)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    assert "4711" not in page.content()
    expect(card(page, delivery).locator(".chips")).to_contain_text("Take care")
    press(page, delivery, "Show the code")
    expect(card(page, delivery).locator(".revealed dd")).to_have_text("4711")
    assert AuditEntry.of("default", action="codes.read").count() == 1
    shot(page, "agent-code")
    kept = page.evaluate(
        """async () => {
          const result = (asked) => new Promise((on) => {
            asked.onsuccess = () => on(asked.result);
          });
          const all = [];
          for (const { name } of await indexedDB.databases()) {
            const db = await result(indexedDB.open(name));
            for (const store of db.objectStoreNames) {
              all.push(await result(db.transaction(store).objectStore(store).getAll()));
            }
          }
          return JSON.stringify(all);
        }"""
    )
    assert "planter" in kept
    assert "4711" not in kept
    # What was read can be read again where there is no network, and nothing else can.
    page.context.set_offline(True)
    press(page, delivery, "Show the code")
    expect(card(page, delivery).locator(".revealed")).to_contain_text("4711")
    page.reload()
    press(page, delivery, "Show the code")
    expect(page.locator(".toast")).to_contain_text("Codes need a connection")


def test_a_stop_fails_with_a_reason_and_a_photo(open_page, dana) -> None:
    delivery = stop(dana, 1)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    press(page, delivery, "Start")
    press(page, delivery, "Not delivered")
    dialog = page.locator("#fail")
    dialog.get_by_role("button", name="Not delivered").click()
    expect(dialog.locator("[data-fault]")).to_have_text("Say why.")
    dialog.get_by_label("No way in").check()
    dialog.get_by_label("Note").fill("gate is shut")
    dialog.locator("[data-photo]").set_input_files(
        {"name": "door.jpg", "mimeType": "image/jpeg", "buffer": photo_of(page, 3000, 2000)}
    )
    expect(dialog.locator(".shot")).to_have_count(1)
    passes_axe(page, "fail")
    shot(page, "agent-fail")
    dialog.get_by_role("button", name="Not delivered").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#waiting")).to_be_hidden()
    expect(page.locator("#refused")).to_be_hidden()
    failed = told(delivery)
    assert (failed.status, failed.tracking_events[-1].notes) == (
        "failed",
        "no way in: gate is shut",
    )
    proof = Proof.of("default", delivery_id=delivery.pk).get()
    assert (proof.kind, proof.width, proof.height) == ("photo", 1600, 1067)


def photo_of(page: Page, width: int, height: int) -> bytes:
    """A JPEG of this size, as a camera writes one."""
    text = page.evaluate(
        """([width, height]) => {
          const canvas = Object.assign(document.createElement("canvas"), { width, height });
          canvas.getContext("2d").fillRect(0, 0, width / 2, height);
          return canvas.toDataURL("image/jpeg").split(",")[1];
        }""",
        [width, height],
    )
    plain = base64.b64decode(text)
    beside = b"Exif\x00\x00" + SECRET
    return plain[:2] + b"\xff\xe1" + (len(beside) + 2).to_bytes(2, "big") + beside + plain[2:]


def test_a_signature_that_is_wanted_must_be_there(open_page, dana, runtime) -> None:
    delivery = stop(dana, 1, package_details={"signature_required": True})
    page = open_page(dana, "/agent", size=PHONE, scheme="dark")
    ready(page)
    press(page, delivery, "Start")
    press(page, delivery, "Delivered")
    dialog = page.locator("#complete")
    submit = dialog.get_by_role("button", name="Delivered", exact=True)
    submit.click()
    expect(dialog.locator("[data-fault]")).to_have_text("The sender wants a signature.")
    pad = dialog.locator("[data-pad]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 90, steps=8)
    page.mouse.up()
    dialog.get_by_label("Who signs").fill("C. Customer")
    passes_axe(page, "sign")
    shot(page, "agent-sign")
    submit.click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#waiting")).to_be_hidden()
    assert told(delivery).status == "completed"
    proof = Proof.of("default", delivery_id=delivery.pk).get()
    assert (proof.kind, proof.signed_by, proof.media_type) == (
        "signature",
        "C. Customer",
        "image/png",
    )


def test_what_is_refused_is_shown_and_stays_until_the_driver_removes_it(open_page, dana) -> None:
    delivery = stop(dana, 1)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    page.context.set_offline(True)
    press(page, delivery, "Start")
    told(delivery).modify(set__agent_id=page_side.person("agent").pk)
    page.context.set_offline(False)
    expect(page.locator("#refused-text")).to_have_text("2 things were not accepted", timeout=20_000)
    page.reload()
    page.locator("#refused").get_by_role("button").click()
    expect(page.locator("#outbox-list")).to_contain_text("Start")
    passes_axe(page, "outbox")
    for _ in range(2):
        page.locator("#outbox-list").get_by_role("button", name="Remove").first.click()
    expect(page.locator("#refused")).to_be_hidden()


def test_what_one_driver_did_is_not_sent_by_another(open_page, site, dana) -> None:
    delivery = stop(dana, 1)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    page.context.set_offline(True)
    press(page, delivery, "Start")
    expect(page.locator("#waiting")).to_be_visible()
    eve = page_side.person("agent", name="Eve Evening")
    page.context.clear_cookies()
    page.context.add_cookies([site.cookie(eve)])
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#whose")).to_have_text("Eve Evening")
    expect(page.locator("#cards > li")).to_have_count(0)
    expect(page.locator("#outbox-list")).to_contain_text("Somebody else’s")
    page.evaluate("document.querySelector('[data-do=\"send-now\"]').click()")
    page.wait_for_timeout(1000)
    assert told(delivery).status == "assigned"
    page.context.clear_cookies()
    page.context.add_cookies([site.cookie(dana)])
    page.reload()
    expect(page.locator("#whose")).to_have_text("Dana Driver")
    expect(card(page, delivery)).to_have_attribute("data-status", "in_transit")
    expect(page.locator("#waiting")).to_be_hidden()
    assert told(delivery).status == "in_transit"
    assert {each.actor.id for each in AuditEntry.of("default", action="delivery.started")} == {
        str(dana.pk)
    }


def test_who_logs_in_next_never_sees_the_round_of_who_was_here_when_nothing_answers(
    open_page, site, dana
) -> None:
    delivery = stop(dana, 1)
    eve = page_side.person("agent", name="Eve Evening")
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    expect(card(page, delivery)).to_be_visible()
    # Her session ended by itself, and she is not asked to log out.
    page.context.clear_cookies(name=site.flask.config["SESSION_COOKIE_NAME"])
    hanging: list[Any] = []
    page.route("**/agent/me", lambda route: hanging.append(route))  # noqa: PLW0108
    page.goto("/login")
    page.get_by_label("E-mail").fill(eve.email)
    page.get_by_label("Password").fill(page_side.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/agent")
    expect(page.locator("#offline")).to_be_visible(timeout=15_000)
    assert hanging
    expect(page.locator("#cards > li")).to_have_count(0)
    expect(page.locator("#whose")).to_be_empty()
    assert kept_of(page, dana) == 0
    page.unroute("**/agent/me")
    expect(page.locator("#whose")).to_have_text("Eve Evening", timeout=20_000)
    expect(page.locator("#cards > li")).to_have_count(0)


def kept_of(page: Page, who: Agent) -> int:
    """Cards of this person that the telephone keeps."""
    return page.evaluate(
        "async (id) => (await (await import('/agent/static/kept.js')).keptCards(id)).length",
        str(who.pk),
    )


def test_a_page_that_stayed_open_is_not_shown_to_who_logged_in_beside_it(
    open_page, site, dana
) -> None:
    delivery = stop(dana, 1)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    assert kept_of(page, dana) == 1
    eve = page_side.person("agent", name="Eve Evening")
    page.context.clear_cookies()
    page.context.add_cookies([site.cookie(eve), whose_cookie(site, eve)])
    page.route("**/agent/me", lambda _route: None)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(card(page, delivery)).to_have_count(0)
    expect(page.locator("#offline")).to_be_visible(timeout=15_000)
    expect(page.locator("#cards > li")).to_have_count(0)
    assert kept_of(page, dana) == 0


def whose_cookie(site, who: Agent) -> dict[str, str]:
    """What logging in leaves for the page, as Playwright takes it."""
    return {"name": whose.COOKIE, "value": str(who.pk), "url": f"{site.url}/agent"}


def test_the_browser_knows_who_logged_in_last_and_that_they_left(client, dana) -> None:
    factories.tenant()
    found = page_side.log_in(client, dana)
    (told,) = [each for each in found.headers.getlist("Set-Cookie") if whose.COOKIE in each]
    assert told.startswith(f"{whose.COOKIE}={dana.pk};")
    assert "Path=/agent" in told
    left = page_side.log_out(client)
    (gone,) = [each for each in left.headers.getlist("Set-Cookie") if whose.COOKIE in each]
    assert gone.startswith(f"{whose.COOKIE}=;")


def test_a_driver_who_is_refused_reads_why_in_their_own_language(open_page, settings) -> None:
    diego = page_side.person("agent", name="Diego", language="es")
    delivery = stop(diego, 1)
    page = open_page(diego, "/agent", size=PHONE)
    ready(page)
    page.context.set_offline(True)
    card(page, delivery).locator('[data-do="start"]').click()
    told(delivery).modify(set__status="cancelled")
    page.context.set_offline(False)
    page.locator("#refused").get_by_role("button").click(timeout=20_000)
    refused = page.locator("#outbox-list .fault")
    expect(refused.first).to_contain_text("está cancelada y no puede iniciarse")


def test_who_is_logged_out_elsewhere_keeps_what_they_did_and_nothing_of_the_round(
    open_page, site, dana
) -> None:
    delivery = stop(dana, 1)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    page.context.set_offline(True)
    press(page, delivery, "Start")
    page.context.clear_cookies()
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#out")).to_be_visible()
    expect(page.locator("#cards > li")).to_have_count(0)
    page.context.add_cookies([site.cookie(dana)])
    page.reload()
    expect(card(page, delivery)).to_have_attribute("data-status", "in_transit")
    expect(page.locator("#waiting")).to_be_hidden()
    assert told(delivery).status == "in_transit"


class Worker:
    """The page's service worker, as the developer's tools see it."""

    def __init__(self, page: Page, origin: str) -> None:
        self._page, self._origin = page, origin
        self._tools = page.context.new_cdp_session(page)
        self._known: list[Any] = []
        self._tools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: self._known.extend(event["registrations"]),
        )
        self._tools.send("ServiceWorker.enable")

    def push(self, **payload: Any) -> None:
        self.deliver(json.dumps(payload))

    def deliver(self, message: str) -> None:
        """As the browser's push service does, once it is decrypted."""
        self._tools.send("ServiceWorker.deliverPushMessage", {**self._about(), "data": message})

    def sync(self) -> None:
        """As the browser does when there is a network again, whether a page is open or not."""
        about = {**self._about(), "tag": "outbox", "lastChance": False}
        self._tools.send("ServiceWorker.dispatchSyncEvent", about)

    def _about(self) -> dict[str, str]:
        while not self._known:
            self._page.wait_for_timeout(50)
        return {"origin": self._origin, "registrationId": self._known[-1]["registrationId"]}

    def shown(self) -> list[tuple[str, str]]:
        return self._page.evaluate(
            "async () => (await (await navigator.serviceWorker.getRegistration('/agent'))"
            ".getNotifications())"
            ".map(({ tag, title }) => [tag, title])"
        )

    def shows(self, *wanted: tuple[str, str]) -> None:
        for _ in range(100):
            if sorted(map(tuple, self.shown())) == sorted(wanted):
                return
            self._page.wait_for_timeout(50)
        assert sorted(map(tuple, self.shown())) == sorted(wanted)


def test_a_push_shows_a_notification_and_an_older_one_does_not_replace_it(
    open_page, site, dana
) -> None:
    page = open_page(dana, "/agent", size=PHONE, permissions=["notifications"])
    ready(page)
    worker = Worker(page, site.url)
    one, other = "a" * 24, "b" * 24
    about = {"language": "en", "told_at": "2026-11-21T10:00:00+00:00"}
    worker.push(delivery=one, version=2, text="Stop 1: new instructions", **about)
    worker.shows((one, "Stop 1: new instructions"))
    worker.push(delivery=one, version=1, text="older", **about)
    worker.push(delivery=other, version=1, text="Stop 2: news", **about)
    worker.shows((one, "Stop 1: new instructions"), (other, "Stop 2: news"))
    worker.push(delivery=one, version=3, text="Stop 1: newer", **about)
    worker.shows((one, "Stop 1: newer"), (other, "Stop 2: news"))


def test_what_was_on_the_screen_already_is_not_notified(open_page, site, dana) -> None:
    delivery = stop(dana, 1)
    page = open_page(dana, "/agent", size=PHONE, permissions=["notifications"])
    ready(page)
    worker = Worker(page, site.url)
    about = {"language": "en", "told_at": "2026-11-21T10:00:00+00:00"}
    worker.push(delivery=str(delivery.pk), version=1, text="late", **about)
    worker.push(delivery="b" * 24, version=1, text="another", **about)
    worker.shows(("b" * 24, "another"))


def test_the_position_is_shared_on_shift_alone_and_it_is_seen(open_page, dana) -> None:
    place = {"longitude": -0.12, "latitude": 51.5}
    page = open_page(dana, "/agent", size=PHONE, permissions=["geolocation"], geolocation=place)
    ready(page)
    expect(page.locator("#shift-text")).to_have_text("Off shift")
    expect(page.get_by_role("button", name="Share position")).to_be_hidden()
    page.get_by_role("button", name="Begin shift").click()
    expect(page.locator("#sharing")).to_have_text("Your position is not shared")
    page.locator("#shift").get_by_role("button", name="Share position").click()
    page.locator("#share-ask").get_by_role("button", name="Share position").click()
    expect(page.locator("#sharing")).to_have_text("Your position is shared")
    for _ in range(100):
        dana.reload()
        if dana.current_location:
            break
        page.wait_for_timeout(100)
    assert dana.current_location["coordinates"] == [-0.12, 51.5]
    page.get_by_role("button", name="End shift").click()
    expect(page.locator("#shift-text")).to_have_text("Off shift")
    expect(page.locator("#waiting")).to_be_hidden()
    dana.reload()
    assert (dana.shift_since, dana.current_location) == (None, None)


def test_logging_out_with_something_unsent_asks_first_and_empties_the_telephone(
    open_page, dana
) -> None:
    delivery = stop(dana, 1)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    page.route("**/api/v1/deliveries/*/start", lambda route: route.abort())
    press(page, delivery, "Start")
    page.locator("#account > summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("#leave")).to_be_visible()
    passes_axe(page, "leave")
    page.locator("#leave").get_by_role("button", name="Log out and lose it").click()
    page.wait_for_url(re.compile("/login"))
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert page.evaluate("caches.keys().then((all) => all.length)") == 0


def test_a_newer_version_is_offered_and_taken_when_the_driver_wants_it(
    open_page, dana, monkeypatch
) -> None:
    delivery = stop(dana, 1)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    expect(page.locator("#update")).to_be_hidden()
    monkeypatch.setattr(installed, "version", lambda language: "a newer one")
    page.evaluate("async () => (await navigator.serviceWorker.ready).update().then(() => null)")
    expect(page.locator("#update")).to_be_visible()
    with page.expect_navigation():
        page.locator("#update").get_by_role("button").click()
    expect(card(page, delivery)).to_be_visible()
    assert page.evaluate("caches.keys()") == ["delauto-round-a newer one"]


def test_who_looks_on_can_do_nothing_in_the_drivers_name(open_page, dana) -> None:
    delivery = stop(dana, 1, WORDS)
    page = open_page("dispatcher", f"/agent/{dana.pk}", size=PHONE)
    expect(page.locator("#live")).to_have_attribute("data-connection", "live")
    expect(card(page, delivery)).to_contain_text("planter")
    for name in ("Got it", "Start", "Begin shift"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    press(page, delivery, "Show the code")
    expect(card(page, delivery).locator(".revealed dd")).to_have_text("4711")
    passes_axe(page, "looking on")
    assert (
        page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    )


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_round_is_fit_for_a_telephone(open_page, settings, language, scheme) -> None:
    dana = page_side.person("agent", name="Dana Driver", language=language)
    delivery = stop(dana, 1, WORDS)
    page = open_page(dana, "/agent", size=PHONE, scheme=scheme, language=language)
    ready(page)
    passes_axe(page, language)
    small = page.evaluate(
        """[...document.querySelectorAll("#main button, #main a")]
          .filter((each) => each.checkVisibility())
          .filter((each) => each.getBoundingClientRect().height < 44)
          .map((each) => each.outerHTML)"""
    )
    assert small == []
    shot(page, f"agent-{language}-{scheme}")
    assert card(page, delivery).locator(".sentence").inner_text()


def test_the_scripts_are_small(open_page, dana) -> None:
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    sizes = page.evaluate(
        """performance.getEntriesByType("resource").filter((each) => each.name.endsWith(".js"))
          .map((each) => each.decodedBodySize)"""
    )
    assert 10_000 < sum(sizes) < 150_000


def test_nothing_that_is_installed_is_behind_the_log_in_or_anybodys(client, dana) -> None:
    stop(dana, 1)
    shell = client.get("/agent/shell/de")
    assert "Schicht beginnen" in shell.text
    assert "Customer 1" not in shell.text
    assert "geolocation=(self)" in shell.headers["Permissions-Policy"]
    manifest = client.get("/agent/manifest.webmanifest", headers={"Accept-Language": "fr"}).json
    assert (manifest["lang"], manifest["start_url"], manifest["scope"]) == (
        "fr",
        "/agent",
        "/agent",
    )
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).status_code == 200
    worker = client.get("/agent/sw.js")
    assert worker.headers["Service-Worker-Allowed"] == "/agent"
    about = json.loads(worker.text.split("\n")[0].removeprefix("const APP = ").removesuffix(";"))
    for file in (*about["files"], about["shell"], about["offline"], about["icon"]):
        assert client.get(file).status_code == 200, file


def test_the_service_worker_changes_with_the_language(client, settings) -> None:
    texts = {
        client.get("/agent/sw.js", headers={"Accept-Language": each}).text for each in ("en", "de")
    }
    assert len(texts) == 2


def test_no_other_page_may_ask_where_it_is(client, dana) -> None:
    own = page_side.browser(client, dana)
    assert "geolocation=(self)" in own.get("/agent").headers["Permissions-Policy"]
    assert "geolocation=()" in own.get("/password").headers["Permissions-Policy"]


def test_a_message_tells_a_script_no_words(client, dana) -> None:
    delivery = stop(dana, 1, WORDS)
    stream = page_side.browser(client, dana).get("/agent/live", buffered=False)
    read = ""
    for chunk in stream.iter_encoded():
        read += chunk.decode()
        if "event: only" in read:
            break
    stream.close()
    assert str(delivery.pk) in read
    assert "event: told" in read
    assert "4711" not in read
    assert PushMessage.of("default", delivered_at=None).count() == 0


def test_a_round_goes_by_day_by_number_and_by_time(client, dana) -> None:
    now = datetime.now(UTC)
    times = {  # by customer: in how many hours, and the number
        "Amy": (1, 1), "Bob": (2, 2), "Cleo": (3, 3), "Drew": (2.5, None), "Eve": (25, 1),
    }  # fmt: skip
    for who, (hours, number) in times.items():
        factories.delivery(
            customer=factories.customer(name=who), agent_id=dana.pk, status="assigned",
            scheduled_time=now + timedelta(hours=hours), route={"sequence": number},
            time_zone=factories.zone_where_it_is(6),
        )  # fmt: skip
    shown = page_side.browser(client, dana).get("/agent").get_data(as_text=True)
    assert re.findall(r'<h2 dir="auto">(\w+)</h2>', shown) == ["Amy", "Bob", "Drew", "Cleo", "Eve"]


@pytest.mark.parametrize("role", ["viewer", "dispatcher", "admin"])
def test_who_drives_nothing_is_led_to_the_board(client, settings, role) -> None:
    browser = page_side.browser(client, page_side.person(role))
    answer = browser.get("/agent")
    assert (answer.status_code, answer.location) == (303, "/")


def test_what_waited_long_is_sent_as_soon_as_the_network_is_back(open_page, dana) -> None:
    delivery = stop(dana, 1)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    page.context.set_offline(True)
    press(page, delivery, "Got it")
    # As after many tries: the next would be in two minutes.
    page.evaluate(
        """async () => {
          const result = (asked) => new Promise((on) => {
            asked.onsuccess = () => on(asked.result);
          });
          const db = await result(indexedDB.open("delauto-round"));
          const store = db.transaction("outbox", "readwrite").objectStore("outbox");
          for (const entry of await result(store.getAll())) {
            await result(store.put({ ...entry, tries: 7, notBefore: Date.now() + 120_000 }));
          }
          db.close();
        }"""
    )
    page.reload()
    expect(page.locator("#waiting-text")).to_have_text("1 thing waits to be sent")
    page.context.set_offline(False)
    expect(page.locator("#waiting")).to_be_hidden(timeout=10_000)
    assert told(delivery).acknowledged_at is not None


def test_who_logs_out_sends_first_what_waits(open_page, dana) -> None:
    delivery = stop(dana, 1)
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    page.route("**/api/v1/deliveries/*/acknowledge", lambda route: route.abort())
    press(page, delivery, "Got it")
    expect(page.locator("#waiting-text")).to_have_text("1 thing waits to be sent")
    page.unroute("**/api/v1/deliveries/*/acknowledge")
    page.locator("#account summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile("/login"))
    assert told(delivery).acknowledged_at is not None
