"""The pages as a browser shows them: the application on the loopback, over the real stack."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from app import create_app
from app.config import Settings
from app.models import Agent, Tenant
from app.runtime import Runtime
from app.web.live import changes, post
from tests import browser as looking
from tests.web import page_side


class Site:
    """The application, served."""

    def __init__(self, flask: Flask, url: str) -> None:
        self.flask = flask
        self.url = url

    def person(self, role: str, **fields: Any) -> Agent:
        """Somebody who can log in."""
        return page_side.person(role, **fields)

    def cookie(self, who: Agent) -> dict[str, str]:
        """The cookie of somebody's session, as Playwright takes it."""
        client = page_side.browser(self.flask.test_client(), who)
        name = self.flask.config["SESSION_COOKIE_NAME"]
        found = client.get_cookie(name)
        assert found is not None
        return {"name": name, "value": found.value, "url": self.url}


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The application on a port of the loopback; a company, and nobody in it yet."""
    # Each test has an application of its own, whose live pages begin with what happened before it:
    # with all that other tests wrote within five minutes, which may be a great deal.
    monkeypatch.setattr(changes, "BACK_SECONDS", 5)
    monkeypatch.setattr(post, "CHECK_SECONDS", 1)
    monkeypatch.setattr(post, "LINGER_SECONDS", 0)
    Tenant(tenant_id="default", name="Harbour Parcels", callback_number="+14155550100").save()
    server_of: list[Any] = []
    flask = create_app(settings, Runtime(settings))
    server = make_server("127.0.0.1", 0, flask, threaded=True)
    server_of.append(server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(flask, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    # Not for longer: while Playwright lives, its event loop runs, and nobody else's can.
    with looking.chromium() as made:
        yield made


@pytest.fixture
def fresh_context(site: Site, chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a browser in which nobody is logged in; takes what Playwright's contexts take.

    At the end the test fails if any page complained, or asked another origin for anything but
    ``also`` (hosts with their ports).
    """
    opened: list[tuple[BrowserContext, looking.Watched]] = []

    def make(*, also: tuple[str, ...] = (), **options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=site.url, **options)
        opened.append((context, looking.Watched(context, site.url, also=also)))
        return context

    yield make
    for context, _ in opened:
        context.close()
    complaints = [said for _, watched in opened for said in watched.complaints]
    assert complaints == []


@pytest.fixture
def open_page(site: Site, fresh_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Opens a page as somebody: ``open_page("dispatcher", "/")`` or ``open_page(agent, "/agent")``.

    Options: ``size`` (as ``tests.browser.PHONE``), ``scheme`` (light or dark), ``language``, and
    what ``fresh_context`` takes.
    """

    def open_one(
        who: str | Agent,
        path: str,
        *,
        size: dict[str, int] = looking.DESKTOP,
        scheme: str = "light",
        language: str = "en",
        **options: Any,
    ) -> Page:
        someone = site.person(who, language=language) if isinstance(who, str) else who
        context = fresh_context(viewport=size, color_scheme=scheme, locale=language, **options)
        context.add_cookies([site.cookie(someone)])
        page = context.new_page()
        page.goto(path)
        return page

    return open_one
