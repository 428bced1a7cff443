"""The driver calls the customer: watched as it happens, refused in words, off without a network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.models import Agent, BridgedCall, Customer, Delivery
from app.pipeline import bridge_progress
from app.pipeline.stops import stop as stop_calls
from tests import factories
from tests.browser import PHONE, passes_axe, shot
from tests.factories import sid
from tests.web import page_side
from tests.web.pages.test_agent import card, ready


@pytest.fixture
def dana(settings) -> Agent:
    return page_side.person("agent", name="Dana Driver")


@pytest.fixture
def stop(dana) -> Delivery:
    return factories.delivery(
        agent_id=dana.pk, status="in_transit", scheduled_time=datetime.now(UTC),
        outreach={"state": "confirmed"},
    )  # fmt: skip


def asked(stop: Delivery, page: Page) -> BridgedCall:
    for _ in range(100):
        call = BridgedCall.of("default", delivery_id=stop.pk).first()
        if call is not None:
            return call
        page.wait_for_timeout(50)
    raise AssertionError("nobody asked")


def test_each_step_of_the_call_is_on_the_card(open_page, dana, stop) -> None:
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    button, line = card(page, stop).locator(".call-customer"), card(page, stop).locator(".calling")
    button.click()
    call, now, leg = asked(stop, page), datetime.now(UTC), sid("CA")
    expect(line).to_have_text("One moment: your telephone rings next")
    expect(button).to_be_disabled()
    bridge_progress.told(call, "ringing", now=now)
    expect(line).to_have_text("Your telephone is ringing: pick up")
    expect(page.locator("#announcer")).to_have_text("Your telephone is ringing: pick up")
    bridge_progress.told(call, "in-progress", now=now)
    expect(line).to_have_text("Press 1 on your telephone to be connected")
    bridge_progress.put_through(call, now=now)
    expect(line).to_have_text("The customer’s telephone is ringing")
    bridge_progress.customer(call, leg, "in-progress", now=now)
    expect(line).to_have_text("You are talking to the customer")
    passes_axe(page, "talking")
    shot(page, "agent-talking")
    bridge_progress.customer(call, leg, "completed", now=now, duration=125)
    bridge_progress.told(call, "completed", now=now, duration=140)
    expect(line).to_have_text("Call over · 2:05")
    expect(button).to_be_enabled()
    assert call.customer_phone[1:] not in page.content()


def test_a_customer_who_wants_no_calls_is_not_called_and_the_driver_reads_why(
    open_page, dana, stop
) -> None:
    phone = Customer.of("default", pk=stop.customer_id).get().phone
    stop_calls("default", phone, "all", now=datetime.now(UTC))
    dana.modify(set__language="es")
    page = open_page(dana, "/agent", size=PHONE, language="es")
    ready(page)
    card(page, stop).get_by_role("button", name="Llamar al cliente").click()
    expect(page.get_by_text("El cliente pidió que no se le llame. Consulte")).to_be_visible()
    assert BridgedCall.of("default").count() == 0


def test_without_a_network_the_button_is_off_and_the_offices_number_is_there(
    open_page, dana, stop
) -> None:
    factories.bridged_call(
        stop, person=dana, claimed_at=datetime.now(UTC), status="ringing", in_flight=True
    )
    page = open_page(dana, "/agent", size=PHONE)
    ready(page)
    expect(card(page, stop).locator(".calling")).to_be_visible()
    page.context.set_offline(True)
    expect(card(page, stop).locator(".no-call")).to_be_visible()
    expect(card(page, stop).locator(".call-customer")).to_be_disabled()
    # Nobody knows how that call is getting on.
    expect(card(page, stop).locator(".calling")).to_be_hidden()
    expect(card(page, stop).locator('a[href="tel:+14155550100"]')).to_be_visible()
    page.reload()
    expect(card(page, stop).locator(".call-customer")).to_be_disabled()
    expect(card(page, stop).locator(".calling")).to_be_hidden()
    passes_axe(page, "no network to call")
    page.context.set_offline(False)
    expect(card(page, stop).locator(".calling")).to_be_visible(timeout=20_000)
    expect(card(page, stop).locator(".no-call")).to_be_hidden()


def test_who_only_looks_on_has_no_button(client, dana, stop) -> None:
    dot = page_side.browser(client, page_side.person("dispatcher"))
    factories.bridged_call(stop, person=dana, claimed_at=datetime.now(UTC) - timedelta(minutes=1))
    shown = dot.get(f"/agent/{dana.pk}").get_data(as_text=True)
    assert 'data-calling="no_key"' in shown
    assert "call-customer" not in shown
