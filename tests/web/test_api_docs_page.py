"""The page that describes the API, in a real browser: it shows every route, and tries one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from app import create_app
from app.runtime import Runtime
from app.web.api import RESOURCES
from tests.browser import Watched, chromium
from tests.web import api_side

SHOTS = os.environ.get("DELAUTO_SCREENSHOTS")


@pytest.fixture
def docs(settings) -> Iterator[Page]:
    """The page, opened; fails the test if its policy refuses anything or a script fails."""
    server = make_server("127.0.0.1", 0, create_app(settings, Runtime(settings)), threaded=True)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    origin = f"http://127.0.0.1:{server.port}"
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        watched = Watched(context, origin)
        page = context.new_page()
        page.goto(f"{origin}/api/v1/docs")
        yield page
        context.close()
    server.shutdown()
    assert watched.complaints == []


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_every_resource_is_there_and_a_route_can_be_tried(docs, client) -> None:
    for resource in RESOURCES:
        expect(docs.get_by_role("link", name=resource.name, exact=True)).to_be_visible(
            timeout=30_000
        )
    shot(docs, "api-docs")
    key = api_side.key_for(client, "default")
    docs.get_by_role("button", name="Authorize").click()
    docs.locator(".auth-container input").fill(key.credentials)
    docs.locator(".auth-container button[type=submit]").click()
    docs.locator(".auth-container .btn-done").click()
    docs.locator("#operations-tag-Webhooks").click()
    docs.locator("#operations-Webhooks-list_webhooks .opblock-summary-control").click()
    route = docs.locator("#operations-Webhooks-list_webhooks")
    route.get_by_role("button", name="Execute").click()
    expect(route.locator(".live-responses-table tbody .response-col_status")).to_have_text(
        "200", timeout=15_000
    )
    shot(docs, "api-docs-tried")
