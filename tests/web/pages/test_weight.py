"""What a page makes a browser fetch and run when it is opened for the first time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from app.models import Agent
from app.web import guard
from tests.web.api_world import World

MOST_SCRIPT = 150_000
"""Bytes over the line, headers and all, of every page's scripts."""
NO_PAGES = {"/figures/<table>.csv", "/plan/import/template", "/recordings/<recording_id>/audio"}
"""Addresses of files."""


@pytest.fixture
def driver(site) -> Agent:
    return site.person("agent")


@pytest.fixture
def world(driver) -> World:
    """One of everything, so that every page has something to show; the delivery is the driver's."""
    return World.filled("default", now=datetime.now(UTC), driver=driver)


def paths(site, world: World) -> dict[str, str]:
    """The address of every page that somebody can open, by its route."""
    found = {}
    for rule in site.flask.url_map.iter_rules():
        opens = rule.endpoint in guard.NEEDS and rule.endpoint not in guard.FOR_SCRIPTS
        if not opens or "GET" not in rule.methods or str(rule) in NO_PAGES:
            continue
        path = str(rule)
        for name in rule.arguments:
            path = path.replace(f"<{name}>", world.ids[name])
        found[str(rule)] = path
    return found


class Weighed:
    """The scripts that come to one page, counted by the developer's tools."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0
        self._scripts: set[str] = set()
        self._tools = page.context.new_cdp_session(page)
        self._tools.on("Network.responseReceived", self._begins)
        self._tools.on("Network.loadingFinished", self._ends)
        self._tools.send("Network.enable")

    def _begins(self, event) -> None:
        if event["type"] == "Script":
            self._scripts.add(event["requestId"])

    def _ends(self, event) -> None:
        if event["requestId"] in self._scripts:
            self.bytes += event["encodedDataLength"]


def first_load(page: Page, path: str) -> int:
    """Bytes of script until nothing more is fetched."""
    weighed = Weighed(page)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)
    return weighed.bytes


def test_every_page_makes_do_with_little_script(site, world, fresh_context) -> None:
    admin = site.cookie(site.person("admin", language="de"))
    weights = {}
    for name, path in paths(site, world).items():
        context = fresh_context()
        context.add_cookies([admin])
        weights[name] = first_load(context.new_page(), path)
        context.close()
    assert {name: all_of for name, all_of in weights.items() if all_of >= MOST_SCRIPT} == {}
    # Else the scale would be broken.
    for name in ("/", "/deliveries/<delivery_id>", "/reviews", "/plan", "/plan/map"):
        assert weights[name] > 10_000, name


@pytest.mark.usefixtures("world")
def test_the_drivers_own_page_does_so_too(site, driver, fresh_context) -> None:
    context = fresh_context()
    context.add_cookies([site.cookie(driver)])
    assert 10_000 < first_load(context.new_page(), "/agent") < MOST_SCRIPT
