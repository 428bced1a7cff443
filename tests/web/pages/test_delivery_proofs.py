"""Photos and signatures on the page of a delivery: who may see them, and when that is noted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.models import AuditEntry, Delivery, Proof
from app.pipeline import proofs
from app.rules.pictures import cleaned
from tests import factories
from tests.browser import DESKTOP, PHONE, passes_axe, shot
from tests.pictures_side import png
from tests.web import page_side

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def stop(settings) -> Delivery:
    return factories.delivery(status="completed", time_zone="Asia/Tokyo")


def taken(stop: Delivery, runtime, kind: str = "photo", by: str | None = None, n: int = 0) -> Proof:
    """A picture of its own for each ``n``."""
    picture = cleaned(png(width=60, height=40, colour=40 * n))
    at = NOON + timedelta(minutes=n)
    told = proofs.Taken(kind=kind, picture=picture, at=at, by=None, signed_by=by)
    return proofs.keep(stop, proofs.store(stop.pk, told, runtime.storage))[0]


def page_of(client, stop: Delivery, role: str = "dispatcher"):
    factories.tenant()
    answer = page_side.browser(client, page_side.person(role)).get(f"/deliveries/{stop.pk}")
    assert answer.status_code == 200, answer.text
    return answer


def looked_at() -> int:
    return AuditEntry.of("default", action="proof.read").count()


def test_the_page_says_what_was_taken_when_and_who_signed(client, stop, runtime, settings) -> None:
    taken(stop, runtime)
    taken(stop, runtime, "signature", "Casey <Jones>", n=1)
    answer = page_of(client, stop)
    for told in (
        "Proof of delivery", "Photo 1", "Signed by Casey &lt;Jones&gt;", "21:00 (Tokyo)",
        "21:01 (Tokyo)", "Show the photos and the signature",
    ):  # fmt: skip
        assert told in answer.text, told
    policy = answer.headers["Content-Security-Policy"]
    assert f"img-src 'self' {settings.s3_endpoint_url}" in policy
    assert looked_at() == 0, "to open the page is not to look at the pictures"


def test_without_any_nothing_is_said_of_them(client, stop) -> None:
    assert "Proof of delivery" not in page_of(client, stop).text


def test_who_may_not_see_them_is_not_told_of_them(client, stop, runtime) -> None:
    taken(stop, runtime, "signature", "Casey Jones")
    answer = page_of(client, stop, "viewer")
    assert "Proof of delivery" not in answer.text
    assert "Casey Jones" not in answer.text
    assert "img-src" not in answer.headers["Content-Security-Policy"]


def test_of_a_picture_whose_time_was_over_stays_that_there_was_one(client, stop, runtime) -> None:
    proof = taken(stop, runtime)
    stored = Proof._get_collection().find_one({"_id": proof.pk})
    proofs.delete_picture(stored, runtime.bucket, now=datetime.now(UTC))
    shown = page_of(client, stop).text
    assert "it was kept for long enough" in shown
    assert "data-proof" not in shown
    assert "Show the photo" not in shown


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture
def also(settings) -> tuple[str, ...]:
    """Where the pictures come from."""
    return (settings.s3_endpoint_url.split("//")[1],)


def wide(page: Page) -> list[int]:
    """How wide the pictures are that can be seen, as they came."""
    return page.locator(".pictures img").evaluate_all("all => all.map(each => each.naturalWidth)")


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
def test_pictures_are_fetched_on_a_tap_each_once_and_open_in_full(
    site, stop, runtime, open_page, also, size, scheme
) -> None:
    page = open_page("dispatcher", f"/deliveries/{stop.pk}", also=also, size=size, scheme=scheme)
    expect(page.locator("#live")).to_have_attribute("data-connection", "live", timeout=20_000)
    taken(stop, runtime)
    stop.modify(set__address="14 Mill Lane")
    page.get_by_role("button", name="Show the photo").click(timeout=20_000)
    expect(page.get_by_role("img", name="Photo 1, taken")).to_be_visible()
    assert wide(page) == [60]
    taken(stop, runtime, "signature", "Casey Jones", n=1)
    stop.modify(set__address="16 Mill Lane")
    page.get_by_role("button", name="Show the photos and the signature").click(timeout=20_000)
    expect(page.get_by_role("img", name="Signature of Casey Jones")).to_be_visible()
    assert wide(page) == [60, 60]
    assert looked_at() == 2, "the first one was there"
    expect(page.get_by_text("Show the photo")).not_to_be_visible()
    passes_axe(page, "the pictures")
    shot(page, f"delivery-proofs-{scheme}")
    small = page.get_by_role("button", name="Signature of Casey Jones")
    small.click()
    full = page.get_by_role("dialog", name="Signature of Casey Jones")
    expect(full.get_by_role("img")).to_be_visible()
    passes_axe(page, "one in full")
    page.keyboard.press("Escape")
    expect(full).not_to_be_visible()
    expect(small).to_be_focused()
    assert wide(page) == [60, 60]
    assert looked_at() == 2


def test_one_that_cannot_be_fetched_is_told_and_the_others_are_shown(
    site, stop, runtime, open_page, also
) -> None:
    gone = taken(stop, runtime)
    taken(stop, runtime, n=1)
    for each in list(runtime.bucket.versions(prefix=gone.storage_key)):
        runtime.bucket.remove(each.key, each.version)
    page = open_page("dispatcher", f"/deliveries/{stop.pk}", also=also)
    page.get_by_role("button", name="Show the photos").click()
    expect(page.get_by_text("A picture cannot be shown now. Try again.")).to_be_visible()
    expect(page.get_by_role("img", name="Photo 2, taken")).to_be_visible()
    expect(page.get_by_role("button", name="Show the photos")).to_be_enabled()
    assert wide(page) == [60]
