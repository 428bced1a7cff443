"""The live pages in a real browser: what a dispatcher and a driver see while calls are made."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.models import DEFAULT_TENANT, Agent
from app.pipeline import passwords
from app.pipeline.sign_in import sign_out_everywhere
from app.pipeline.staff import NewPerson, add_person
from app.rules.permissions import Role
from tests.browser import Watched, chromium
from tests.journeys.conftest import PASSWORD, Product

SHOTS = os.environ.get("DELAUTO_SCREENSHOTS")
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def contexts(browser: Browser, product: Product) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browsers' contexts; the test fails if any page in them complained, or left us."""
    storage = urlsplit(product.settings.s3_endpoint_url).netloc
    opened: list[tuple[BrowserContext, Watched]] = []

    def another(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"viewport": DESKTOP, **options})
        opened.append((context, Watched(context, product.url, also=(storage,))))
        return context

    yield another
    for context, _ in opened:
        context.close()
    assert [said for _, watched in opened for said in watched.complaints] == []


@pytest.fixture
def page(contexts) -> Page:
    return contexts().new_page()


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def log_in(page: Page, product: Product, who: Agent, path: str = "/") -> None:
    """Open a page of ours as one who must log in first."""
    page.goto(product.url + path)
    page.get_by_label("E-mail address").fill(who.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(product.url + path)


@pytest.fixture
def board(product: Product, page: Page) -> Page:
    """The page of a dispatcher who has logged in."""
    log_in(page, product, product.dispatcher)
    return page


def test_a_delivery_appears_on_the_open_board_and_moves(product: Product, board: Page) -> None:
    page = board
    delivery = product.deliver("leave-behind-planter")
    row = page.locator(f"#delivery-{delivery.pk}")
    expect(row).to_be_visible(timeout=20_000)
    expect(row).to_contain_text("Leave it behind the planter.", timeout=60_000)
    expect(row).to_have_attribute("data-state", "instructed")
    expect(row).to_contain_text("planter")


def test_what_is_planned_on_the_page_is_called_and_heard_on_the_open_board(
    product: Product, board: Page
) -> None:
    board.evaluate("window.same = true")
    other = board.context.new_page()
    other.goto(f"{product.url}/plan/new")
    zone = re.search(r"those of ([\w/]+)", other.locator("#day-hint").inner_text())
    assert zone
    product.numbers += 1
    number = f"+447700900{product.numbers:03}"
    product.carrier.assign(number, "leave-behind-planter")
    soon = datetime.now(ZoneInfo(zone[1])) + timedelta(hours=2)
    for label, value in (
        ("Name", "Robin Planned"), ("Telephone", number), ("Address", "14 Mill Lane"),
        ("Day", f"{soon:%Y-%m-%d}"), ("From", f"{soon:%H:%M}"),
    ):  # fmt: skip
        other.get_by_label(label, exact=True).fill(value)
    other.get_by_label("The customer gave this number").check()
    other.get_by_label("Driver", exact=True).select_option("Dana Driver")
    other.get_by_role("button", name="Plan the delivery").click()
    expect(other.get_by_role("status").first).to_contain_text("Planned.")
    row = board.locator(".row", has_text="Robin Planned")
    expect(row).to_be_visible(timeout=20_000)
    expect(row.locator(".state")).to_have_text("Instructions given", timeout=60_000)
    expect(row).to_contain_text("Leave it behind the planter.")
    assert board.evaluate("window.same"), "it was loaded anew"
    assert len(product.rung(number)) == 1


def test_a_word_that_is_clicked_is_heard(product: Product, board: Page) -> None:
    page = board
    delivery = product.settled(product.deliver("porch-no-bell-text"), "instructed")
    row = page.locator(f"#delivery-{delivery.pk}")
    row.get_by_role("button", name="Word by word").click()
    word = row.get_by_text(re.compile("^porch")).first
    word.click()
    page.wait_for_function(
        "id => document.querySelector(`#${id} audio`).currentTime > 0.3",
        arg=f"delivery-{delivery.pk}",
        timeout=20_000,
    )


def test_the_driver_sees_the_sentence_without_reloading(product: Product, page: Page) -> None:
    page.set_viewport_size(PHONE)
    log_in(page, product, product.agent, "/agent")
    delivery = product.deliver("baby-asleep")
    card = page.locator(f"#delivery-{delivery.pk}")
    expect(card).to_contain_text(re.compile("ring the bell"), timeout=60_000)
    shot(page, "driver-phone")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_runs_off_the_side(product: Product, board: Page, size) -> None:
    page = board
    product.settled(product.deliver("porch-no-bell-text"), "instructed")
    page.set_viewport_size(size)
    for path in ("/", f"/agent/{product.agent.pk}"):
        page.goto(product.url + path)
        expect(page.locator("[id^=delivery-]").first).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"]
    page.goto(product.url)
    shot(page, f"board-{size['width']}")


def test_the_page_comes_back_after_the_server_was_away(product: Product, board: Page) -> None:
    page = board
    expect(page.locator("[id^=delivery-]").first).to_be_visible()
    product.stack.supervisor.kill("web")
    delivery = product.deliver("presses-1")
    row = page.locator(f"#delivery-{delivery.pk}")
    expect(row).to_have_attribute("data-state", "confirmed", timeout=90_000)


def test_an_open_page_leads_to_the_log_in_when_its_session_ends(product: Product, page) -> None:
    page.set_viewport_size(PHONE)
    log_in(page, product, product.dispatcher)
    expect(page.locator("#live")).to_have_text("Live", timeout=20_000)
    sign_out_everywhere(DEFAULT_TENANT, product.dispatcher.pk, now=datetime.now(UTC))
    page.wait_for_url("**/login*", timeout=60_000)


def test_who_logs_out_is_out_in_every_tab(product: Product, contexts) -> None:
    context = contexts()
    one, other = context.new_page(), context.new_page()
    log_in(one, product, product.dispatcher)
    other.goto(product.url)
    other.locator(".me-menu > summary").click()
    other.get_by_role("button", name="Log out").click()
    expect(other.get_by_role("status")).to_have_text("You are logged out.")
    other.goto(product.url)
    expect(other.get_by_role("button", name="Log in")).to_be_visible()
    # The first hears of it when its stream ends, with nobody touching it.
    one.wait_for_url("**/login*", timeout=60_000)


def test_logging_in_and_passwords_work_without_script(product: Product, contexts) -> None:
    tim = add_person(
        DEFAULT_TENANT, NewPerson("Tim", "tim@example.com", "+447700900997", Role.VIEWER)
    )
    link = passwords.make_reset(DEFAULT_TENANT, tim.pk, now=datetime.now(UTC))
    page = contexts(java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(passwords.address(product.url, link))
    for password, says in ((tim.name, "At least 12"), (PASSWORD, "Your new password is set")):
        page.get_by_label("New password", exact=True).fill(password)
        page.get_by_label("New password once more").fill(password)
        page.get_by_role("button", name="Set the password").click()
        expect(page.locator(".problem, .note")).to_contain_text(says)
    page.get_by_label("E-mail address").fill("tim@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    expect(page.get_by_label("E-mail address")).to_have_value("tim@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.locator(".me-menu > summary").click()
    page.get_by_role("link", name="Your account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def test_the_pages_to_log_in_pass_the_checker(product: Product, page: Page) -> None:
    link = passwords.make_reset(DEFAULT_TENANT, product.agent.pk, now=datetime.now(UTC))
    page.set_viewport_size(PHONE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for language in ("en", "es", "fr", "de"):
            for path in ("/login?left=&", f"/reset/{link}?"):
                page.goto(f"{product.url}{path}lang={language}")
                passes(page, f"{path} {language} {scheme}")
        page.goto(f"{product.url}/login")
        shot(page, f"login-{scheme}")
    log_in(page, product, product.dispatcher)
    for path in ("/", "/password", f"/agent/{product.agent.pk}"):
        page.goto(product.url + path)
        passes(page, path)
        shot(page, f"signed-in-{path.strip('/').partition('/')[0] or 'board'}")


def passes(page: Page, what: str) -> None:
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found] == [], what
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], what
