"""Each role logs in by the form of the log-in, arrives where its work is, and logs out again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import PHONE, passes_axe, shot
from tests.web import page_side

ARRIVES = {
    "admin": ("/", {"Board", "Questions", "Plan", "Figures", "Operations", "Settings"}),
    "dispatcher": ("/", {"Board", "Questions", "Plan", "Figures", "Settings"}),
    "viewer": ("/", {"Board", "Questions", "Plan", "Figures"}),
    "agent": ("/agent", set()),
}


@pytest.mark.parametrize("role", ARRIVES)
def test_each_role_logs_in_and_out(
    site, fresh_context: Callable[..., BrowserContext], role
) -> None:
    path, ways = ARRIVES[role]
    who = site.person(role, name="Robin Roe")
    page = fresh_context(viewport=PHONE).new_page()
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/login"))
    page.get_by_label("E-mail address").fill(who.email)
    page.get_by_label("Password").fill("not this one at all")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill(page_side.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{site.url}{path}")
    # On a telephone they are behind a menu.
    assert {each.strip() for each in page.locator(".ways a").all_text_contents()} == ways
    expect(page.locator("#live")).to_have_attribute("data-connection", "live")
    passes_axe(page, role)
    shot(page, f"arrived-{role}")
    page.locator(".me-menu > summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile(r"/login"))
    page.goto(path)
    expect(page).to_have_url(re.compile(r"/login"))
