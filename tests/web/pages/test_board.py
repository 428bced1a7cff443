"""The dispatcher's board in a browser: views, filters, search, keys, and two thousand rows."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from playwright.sync_api import expect

from app.models import AnalysisRecord, Delivery, Review
from app.pipeline import review
from app.rules import directives
from tests import factories
from tests.browser import DESKTOP, PHONE, TABLET, passes_axe, shot

SOON = datetime.now(UTC) + timedelta(hours=2)


def deliver(name: str, state: str = "pending", minutes: int = 0, **fields):
    customer = factories.customer(name=name, phone=fields.pop("phone", factories.number()))
    at = SOON + timedelta(minutes=minutes)
    return factories.delivery(
        customer=customer, scheduled_time=at, outreach={"state": state}, **fields
    )


def doubtful() -> AnalysisRecord:
    """An answer that somebody has to look at."""
    record = AnalysisRecord.from_rules(
        directives.understand("leave it behind the planter", now=SOON),
        source_id=ObjectId(), call_id=None, at=SOON,
    )  # fmt: skip
    record.needs_review = True
    return record


def names(page) -> list[str]:
    return page.locator(".row:not([hidden]) h2").all_inner_texts()


def test_rows_stand_by_time_or_in_lanes_by_state(site, open_page) -> None:
    deliver("Ann", "confirmed", 5)
    deliver("Ben", "pending", 1)
    deliver("Cas", "unreachable", 3)
    page = open_page("dispatcher", "/")
    assert names(page) == ["Ben", "Cas", "Ann"]
    page.get_by_role("button", name="By state").click()
    lanes = page.locator(".lane:not([hidden])")
    expect(lanes).to_have_count(5)
    expect(page.locator('[data-lane="heard"] .lane-name')).to_have_text(re.compile("Heard 1"))
    expect(page.locator('[data-lane="heard"] .row h2')).to_have_text("Ann")
    shot(page, "board-lanes")
    page.reload()
    expect(page.locator(".lane:not([hidden])")).to_have_count(5)
    page.get_by_role("button", name="By time").click()
    assert names(page) == ["Ben", "Cas", "Ann"]


def test_who_needs_a_person_is_told_on_top_with_the_way_to_the_questions(site, open_page) -> None:
    deliver("Ann", "instructed", analysis=doubtful())
    delivery = deliver("Ben", "instructed", 1, analysis=doubtful())
    page = open_page("dispatcher", "/")
    needs = page.locator("#needs")
    expect(needs).to_contain_text("Need a person: 2")
    row = page.locator(f"#delivery-{delivery.pk}")
    expect(row.locator(".chip.review")).to_be_visible()
    expect(row.locator(".chip.state")).to_have_count(0)
    expect(row.locator(".steps .state")).to_have_text("Instructions given")
    Delivery.of("default", pk=delivery.pk).update_one(set__analysis__needs_review=False)
    expect(needs).to_contain_text("Need a person: 1", timeout=40_000)
    Delivery.of("default").update(set__analysis__needs_review=False)
    expect(needs).to_be_hidden(timeout=40_000)
    Delivery.of("default").update(set__analysis__needs_review=True)
    needs.get_by_role("link").click()
    page.wait_for_url("**/reviews")


def test_whatever_is_asked_about_a_delivery_is_counted(site, open_page) -> None:
    delivery = deliver("Ann", "instructed")
    page = open_page("dispatcher", "/")
    expect(page.locator("#live")).to_have_attribute("data-connection", "live")
    expect(page.locator("#needs")).to_be_hidden()
    review.open_review(
        "default", delivery.pk, reason="unacknowledged", source_id=delivery.pk, call_id=None,
        due=SOON, now=datetime.now(UTC),
    )  # fmt: skip
    expect(page.locator("#needs")).to_contain_text("Need a person: 1", timeout=40_000)
    expect(page.locator(f"#delivery-{delivery.pk} .chip.review")).to_be_visible()
    Review.of("default").update(set__closed_at=datetime.now(UTC))
    expect(page.locator("#needs")).to_be_hidden(timeout=40_000)


def test_who_may_not_answer_questions_has_no_way_to_them(site, open_page) -> None:
    deliver("Ann", "instructed", analysis=doubtful())
    page = open_page("viewer", "/")
    expect(page.locator(".chip.review")).to_be_visible()
    expect(page.locator("#needs")).to_have_count(0)


def test_the_driver_stands_with_whether_they_know(site, open_page) -> None:
    dana = site.person("agent", name="Dana Driver")
    told = {"agent_id": dana.pk, "analysis_version": 1}
    ann = deliver("Ann", "instructed", 0, **told)
    ben = deliver("Ben", "instructed", 1, **told, acknowledged_at=datetime.now(UTC))
    cas = deliver("Cas", "instructed", 2, **told, to_tell=True)
    page = open_page("dispatcher", "/")
    for delivery, says in ((ann, "has been told"), (ben, "has seen it")):
        expect(page.locator(f"#delivery-{delivery.pk} .driver")).to_contain_text(says)
    expect(page.locator(f"#delivery-{cas.pk} .driver")).to_have_text("Dana Driver")


def test_menus_close_by_escape_and_by_a_touch_elsewhere(site, open_page) -> None:
    page = open_page("dispatcher", "/")
    menu = page.locator(".me-menu")
    menu.locator("summary").click()
    expect(menu.get_by_role("button", name="Log out")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu.get_by_role("button", name="Log out")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.locator("#main").click(position={"x": 20, "y": 20})
    expect(menu.get_by_role("button", name="Log out")).to_be_hidden()


def test_a_delivery_changes_its_lane_as_it_is_heard(site, open_page) -> None:
    delivery = deliver("Ann")
    page = open_page("dispatcher", "/#view=lanes")
    row = page.locator(f"#delivery-{delivery.pk}")
    expect(page.locator("#live")).to_have_text("Live")
    expect(page.locator('[data-lane="waiting"]').locator(row)).to_be_visible()
    Delivery.of("default", pk=delivery.pk).update_one(set__outreach__state="confirmed")
    expect(page.locator('[data-lane="heard"]').locator(row)).to_be_visible(timeout=40_000)


def test_a_call_in_progress_says_what_is_happening(site, open_page) -> None:
    delivery = deliver("Ann", "calling")
    call = factories.call(delivery, call_sid=factories.sid("CA"), status="queued")
    page = open_page("dispatcher", "/")
    state = page.locator(f"#delivery-{delivery.pk} .state")
    expect(state).to_have_text("Dialling")
    for status, says in (("ringing", "Ringing"), ("in-progress", "Speaking")):
        call.modify(set__status=status)
        expect(state).to_have_text(says, timeout=40_000)
    call.modify(set__status="completed", set__in_flight=False)
    factories.recording(call)
    expect(state).to_have_text("Fetching the recording", timeout=40_000)


@pytest.mark.parametrize(
    "typed", ["ann", "ÁNN", "+44 7700 900 123", "7700900123", "R-17", "mill lane ann"]
)
def test_a_delivery_is_found_by_name_number_reference_or_address(site, open_page, typed) -> None:
    deliver("Ann", phone="+447700900123", reference="R-17", address="12 Mill Lane")
    deliver("Ben", minutes=1, address="3 High Street")
    page = open_page("dispatcher", "/")
    page.get_by_role("searchbox").fill(typed)
    expect(page.locator(".row:not([hidden]) h2")).to_have_text(["Ann"])


def test_everything_is_reached_by_keys(site, open_page) -> None:
    deliver("Ann")
    deliver("Ben", "confirmed", 1)
    page = open_page("dispatcher", "/")
    page.keyboard.press("j")
    expect(page.locator(".row:focus h2")).to_have_text("Ann")
    page.keyboard.press("j")
    expect(page.locator(".row:focus h2")).to_have_text("Ben")
    page.keyboard.press("k")
    expect(page.locator(".row:focus h2")).to_have_text("Ann")
    page.keyboard.press("4")
    expect(page.locator(".row:not([hidden]) h2")).to_have_text(["Ben"])
    page.keyboard.press("1")
    page.keyboard.press("/")
    page.keyboard.type("ben")
    expect(page.locator(".row:not([hidden]) h2")).to_have_text(["Ben"])
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    expect(page.locator(".lane:not([hidden])")).to_have_count(5)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    passes_axe(page, "the list of keys")


def test_two_thousand_deliveries_are_all_there(site, open_page) -> None:
    customer = factories.customer(name="Ann")
    first = factories.delivery(customer=customer, scheduled_time=SOON)
    stored = Delivery._get_collection().find_one({"_id": first.pk})
    copies = []
    for number in range(1999):
        copy = {**stored, "scheduled_time": SOON + timedelta(seconds=20 * number)}
        del copy["_id"]
        copy.pop("reference", None)
        copies.append(copy)
    Delivery._get_collection().insert_many(copies)
    page = open_page("dispatcher", "/")
    expect(page.locator(".row")).to_have_count(2000, timeout=30_000)
    expect(page.locator('[data-count="all"]')).to_have_text("2000")
    orders = page.evaluate("[...document.querySelectorAll('.row')].map(row => row.dataset.order)")
    assert orders == sorted(orders)


def test_without_script_the_later_deliveries_are_on_the_next_page(site, open_page) -> None:
    for number in range(101):
        deliver(f"C{number:03}", minutes=number // 3)
    page = open_page("dispatcher", "/", java_script_enabled=False)
    before = page.locator(".row h2").all_inner_texts()
    assert len(before) == 100
    page.get_by_role("link", name="Later deliveries").click()
    after = page.locator(".row h2").all_inner_texts()
    assert len(after) == 1
    assert not set(before) & set(after)


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE], ids=["1440", "768", "360"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_board_passes_the_checker(site, open_page, size, scheme) -> None:
    deliver("Ann", "confirmed", 5)
    deliver("Ben", "calling", 1)
    page = open_page("dispatcher", "/", size=size, scheme=scheme, language="de")
    passes_axe(page)
    shot(page, f"board-{size['width']}-{scheme}")
    page.get_by_role("button", name="Nach Stand").click()
    passes_axe(page, "lanes")
