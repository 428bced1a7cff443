"""What all pages share: the way about, the language, failures, and who may."""

from __future__ import annotations

import re

import pytest

from app.web import words
from app.web.login.words import WORDS as LOGIN
from tests.browser import DESKTOP, PHONE, passes_axe
from tests.web import page_side
from tools import words as catalogues


def test_every_word_of_the_pages_is_there_in_every_language() -> None:
    assert list(catalogues.faults()) == []


def test_the_pages_know_one_word_for_logging_in_and_out() -> None:
    said = " ".join(str(each.id) for area in catalogues.areas() for each in catalogues.said(area))
    said += " ".join(LOGIN["en"].values())
    assert re.findall(r"(?i)\bsign(?:ed|ing|s)?[- ](?:in|out)\b", said) == []


def test_a_page_speaks_its_readers_language(client) -> None:
    paula = page_side.person("dispatcher", language="es")
    shown = page_side.browser(client, paula).get("/").get_data(as_text=True)
    assert 'lang="es"' in shown
    assert "Cerrar sesión" in shown


def test_what_is_not_there_is_told_on_a_page_with_a_way_on(client) -> None:
    other = page_side.browser(client, page_side.person("dispatcher"))
    answer = other.get(f"/agent/{'a' * 24}", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "There is nothing here" in answer.get_data(as_text=True)
    assert 'href="/"' in answer.get_data(as_text=True)


def test_who_may_not_and_who_sends_too_much_is_told_with_a_way_on(client) -> None:
    html = {"Accept": "text/html"}
    driver = page_side.browser(client, page_side.person("agent"))
    refused = driver.get("/operations", headers=html)
    assert refused.status_code == 403
    told = refused.get_data(as_text=True)
    assert "This is for the role Administrator. Yours is Driver." in told
    assert "operations:read" not in told
    viewer = page_side.browser(client, page_side.person("viewer", language="de"))
    of_two = viewer.get("/settings/policies", headers=html).get_data(as_text=True)
    assert "Verwaltung / Disposition" in of_two
    large = driver.post("/password", data={"old": "x" * 3_000_000}, headers=html)
    assert large.status_code == 413
    for answer in (refused, large):
        assert 'href="/"' in answer.get_data(as_text=True)


def test_a_browser_of_nobody_is_shown_the_way_too(client) -> None:
    answer = client.get("/boards", headers={"Accept": "text/html", "Accept-Language": "es"})
    assert answer.status_code == 404
    shown = answer.get_data(as_text=True)
    assert 'lang="es"' in shown
    assert 'href="/"' in shown
    assert client.get("/boards").content_type.startswith("text/plain")


def test_what_a_script_asked_for_is_refused_in_plain_words(client) -> None:
    other = page_side.browser(client, page_side.person("dispatcher"))
    answer = other.get(f"/agent/{'a' * 24}", headers={"HX-Request": "true", "Accept": "text/html"})
    assert answer.content_type.startswith("text/plain")


def test_htmx_is_led_to_the_log_in_and_back_to_its_page(client) -> None:
    answer = client.get(
        "/", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/agent"}
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/agent"


def test_a_page_may_use_the_api_with_its_session(client) -> None:
    other = page_side.browser(client, page_side.person("dispatcher"))
    assert other.get("/api/v1/deliveries").status_code == 401
    assert other.get("/api/v1/deliveries", headers={"X-Delauto-Page": "1"}).status_code == 200
    elsewhere = {"X-Delauto-Page": "1", "Sec-Fetch-Site": "cross-site"}
    assert other.get("/api/v1/deliveries", headers=elsewhere).status_code == 401
    assert client.get("/api/v1/deliveries", headers={"X-Delauto-Page": "1"}).status_code == 401


def test_times_are_told_in_the_companys_zone_and_the_readers_language(client) -> None:
    with client.application.test_request_context():
        told = words.moment_of("2020-11-21T22:05:00Z", "Europe/Berlin")
        same = words.moment_of("2020-11-21T22:05:00Z", "Africa/Abidjan")
    assert told == "Sat, 21 Nov 2020, 23:05 (Berlin)"
    assert same == "Sat, 21 Nov 2020, 22:05", "another zone whose clocks show the same"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_failure_looks_like_a_page_of_ours(open_page, size, scheme) -> None:
    page = open_page("dispatcher", f"/agent/{'a' * 24}", size=size, scheme=scheme)
    passes_axe(page)


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("/figures/report", "/figures"),
        ("/operations/dead-jobs", "/operations"),
        ("/reviews/now", "/reviews"),
    ],
)
def test_who_opens_a_part_by_itself_is_led_to_its_page(client, part, whole) -> None:
    other = page_side.browser(client, page_side.person("admin"))
    answer = other.get(part, headers={"Sec-Fetch-Dest": "document"})
    assert (answer.status_code, answer.location) == (303, whole)
    assert other.get(part, headers={"Sec-Fetch-Dest": "empty"}).status_code == 200


def test_on_a_telephone_every_area_is_two_touches_away(open_page) -> None:
    page = open_page("admin", "/settings/policies", size=PHONE)
    assert not page.locator("nav.ways").is_visible()
    menu = page.locator(".ways-menu")
    assert menu.locator("summary").inner_text() == "Settings"
    menu.locator("summary").click()
    assert menu.locator("a").all_inner_texts() == [
        "Board",
        "Questions",
        "Plan",
        "Figures",
        "Operations",
        "Settings",
    ]
    passes_axe(page)
    menu.get_by_role("link", name="Figures").click()
    page.wait_for_url("**/figures")


def test_the_way_about_and_the_title_stand_in_one_place_on_every_page(open_page) -> None:
    page = open_page("admin", "/", size=DESKTOP)
    places = set()
    for path in ("/", "/reviews", "/plan/map", "/figures", "/operations", "/settings/users"):
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + path)
        for part in ("nav.ways", ".me-menu"):
            at = page.locator(part).bounding_box()
            assert at is not None
            places.add((part, at["x"], at["y"]))
        title = page.locator(".title h1").bounding_box()
        assert title is not None
        places.add(("title", title["x"]))
    assert len(places) == 3
