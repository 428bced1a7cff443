"""Settings in a browser: they pass the checker at every size, and keys can be copied."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.models import ApiKey, Suppression
from tests import factories
from tests.browser import DESKTOP, PHONE, TABLET, passes_axe, shot
from tests.web.pages.test_settings import last_weeks_delivery

PAGES = ["", "/policies", "/users", "/keys", "/webhooks", "/numbers", "/audit", "/me"]


@pytest.mark.parametrize(
    ("size", "scheme"), [(DESKTOP, "light"), (TABLET, "dark"), (PHONE, "light"), (PHONE, "dark")]
)
def test_every_page_passes_the_checker(open_page, size, scheme) -> None:
    page = open_page("admin", "/settings", size=size, scheme=scheme, language="de")
    for path in PAGES:
        page.goto(f"/settings{path}")
        passes_axe(page, path)
        shot(page, f"settings{path.replace('/', '-')}-{size['width']}-{scheme}")


def test_a_key_is_made_and_copied_and_gone_after_a_reload(open_page) -> None:
    page = open_page("admin", "/settings/keys", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Name").fill("Warehouse")
    page.get_by_role("group", name="Customers").get_by_label("read").check()
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator("#secret").input_value()
    assert secret.startswith("da_")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    passes_axe(page)
    shot(page, "settings-key-made")
    assert secret not in page.url
    page.reload()
    expect(page.locator("#secret")).to_have_count(0)
    expect(page.get_by_role("heading", name="Warehouse")).to_be_visible()
    page.get_by_text("Revoke…").click()
    page.get_by_role("button", name="Revoke the key").click()
    expect(page.get_by_text("The key is revoked")).to_be_visible()
    assert not ApiKey.of("default").get().is_active


def test_a_fault_stands_at_its_field_and_is_told(open_page) -> None:
    page = open_page("admin", "/settings/users")
    factories.agent("default", phone="+14155550188", role="agent")
    page.get_by_label("Name").fill("Robin")
    page.get_by_label("E-mail address").fill("robin@example.com")
    page.get_by_label("Telephone").fill("+14155550188")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("alert")).to_contain_text("This was not saved")
    expect(page.get_by_label("Telephone")).to_have_accessible_description(
        "belongs to somebody of this company already With the country code, such as +1 415 555 "
        "0123, or as you would dial it."
    )
    passes_axe(page)


def test_what_if_is_answered_beside_the_form_and_nothing_is_saved(open_page) -> None:
    page = open_page("admin", "/settings/policies")
    days = last_weeks_delivery()
    page.get_by_label("Quiet days").fill("\n".join(days))
    page.get_by_role("button", name="Try on last week").click()
    told = page.locator("#what-if")
    expect(told.locator("[data-count=dropped]").first).to_have_text("1")
    expect(told).to_contain_text("a quiet day")
    expect(page.get_by_label("Quiet days")).to_have_value("\n".join(days))
    passes_axe(page)
    shot(page, "settings-what-if")
    page.get_by_label("Time zone").fill("Mars")
    page.get_by_role("button", name="Try on last week").click()
    expect(told).to_contain_text("must be one like Europe/London")
    page.get_by_label("Time zone").fill("Europe/London")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def test_a_field_and_its_button_are_one_line_and_a_list_has_no_frame_within_the_panels(
    open_page,
) -> None:
    Suppression(
        tenant_id="default", phone="+14155550188", scope="all", source="key", since=factories.NOW
    ).save()
    page = open_page("admin", "/settings/numbers")
    field, button = page.get_by_label("Telephone"), page.get_by_role("button", name="Look up")
    assert field.bounding_box()["height"] == button.bounding_box()["height"]
    expect(page.locator(".entries")).to_have_css("border-top-width", "0px")
