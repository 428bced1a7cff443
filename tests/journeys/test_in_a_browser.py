"""The live pages in a real browser: what a dispatcher and a driver see while calls are made."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.conftest import Product

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
SHOTS = os.environ.get("DELAUTO_SCREENSHOTS")
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("REQUIRE_BROWSER is set and there is no chromium")
        pytest.skip("there is no chromium on this machine: the pages were NOT looked at")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test if a script fails or a resource is refused."""
    opened = browser.new_page(viewport=DESKTOP)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: note(complaints, message))
    yield opened
    opened.close()
    assert complaints == []


def note(complaints: list[str], message) -> None:
    # A server that is away is one of the tests; everything else is a fault of the page.
    if message.type == "error" and "ERR_" not in message.text:
        complaints.append(message.text)


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def test_a_delivery_appears_on_the_open_board_and_moves(product: Product, page: Page) -> None:
    page.goto(product.url)
    delivery = product.deliver("leave-behind-planter")
    row = page.locator(f"#delivery-{delivery.pk}")
    expect(row).to_be_visible(timeout=20_000)
    expect(row).to_contain_text("Leave it behind the planter.", timeout=60_000)
    expect(row).to_have_attribute("data-state", "instructed")
    expect(row).to_contain_text("planter")


def test_a_word_that_is_clicked_is_heard(product: Product, page: Page) -> None:
    delivery = product.settled(product.deliver("gate-code"), "instructed")
    page.goto(product.url)
    row = page.locator(f"#delivery-{delivery.pk}")
    word = row.get_by_text("nine", exact=True).first
    word.click()
    page.wait_for_function(
        "id => document.querySelector(`#${id} audio`).currentTime > 0.3",
        arg=f"delivery-{delivery.pk}",
        timeout=20_000,
    )


def test_the_driver_sees_the_sentence_without_reloading(product: Product, page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(f"{product.url}/agent/{product.agent.pk}")
    delivery = product.deliver("baby-asleep")
    card = page.locator(f"#delivery-{delivery.pk}")
    expect(card).to_contain_text(re.compile("ring the bell"), timeout=60_000)
    shot(page, "driver-phone")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_nothing_runs_off_the_side(product: Product, page: Page, size) -> None:
    product.settled(product.deliver("porch-no-bell-text"), "instructed")
    page.set_viewport_size(size)
    for path in ("/", f"/agent/{product.agent.pk}"):
        page.goto(product.url + path)
        expect(page.locator("[id^=delivery-]").first).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"]
    page.goto(product.url)
    shot(page, f"board-{size['width']}")


def test_the_page_comes_back_after_the_server_was_away(product: Product, page: Page) -> None:
    page.goto(product.url)
    expect(page.locator("[id^=delivery-]").first).to_be_visible()
    product.stack.supervisor.kill("web")
    delivery = product.deliver("presses-1")
    row = page.locator(f"#delivery-{delivery.pk}")
    expect(row).to_have_attribute("data-state", "confirmed", timeout=90_000)
