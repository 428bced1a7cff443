"""Pages in Debian's Chromium, opened by somebody who is logged in, and watched meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
SHOTS = os.environ.get("DELAUTO_SCREENSHOTS")
"""A folder that pictures of the pages are put into, where it is set."""
DESKTOP, TABLET, PHONE = (
    {"width": 1440, "height": 900},
    {"width": 768, "height": 1024},
    {"width": 360, "height": 740},
)


# A small machine that does much else may take its time.
expect.set_options(timeout=20_000)
_running: list[Browser] = []


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; the test is skipped, or fails where REQUIRE_BROWSER is set, if there is none."""
    if not CHROMIUM:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("REQUIRE_BROWSER is set and there is no chromium")
        pytest.skip("there is no chromium on this machine: the pages were NOT looked at")
    if _running:
        # Playwright runs once in a process.
        yield _running[0]
        return
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        _running.append(made)
        try:
            yield made
        finally:
            _running.clear()
            made.close()


class Watched:
    """What the pages of one context complained about, and what they asked other origins for."""

    def __init__(self, context: BrowserContext, origin: str, *, also: tuple[str, ...] = ()) -> None:
        self.complaints: list[str] = []
        self._hosts = {urlsplit(origin).netloc, *also}
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", self._console)
        context.on("request", self._request)

    def _console(self, message) -> None:
        # A server that is away, and an answer that says no, are what some tests are about.
        if message.type == "error" and not any(
            known in message.text
            for known in (
                "ERR_",
                "the server responded with a status of",
                "Response Status Error Code",
                "htmx:sendError",
            )
        ):
            self.complaints.append(message.text)

    def _request(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.netloc not in self._hosts:
            self.complaints.append(f"left the origin: {request.url}")


def comes_true(page: Page, true: Callable[[], bool]) -> None:
    """Wait for what is asked elsewhere than in the page, which goes on meanwhile."""
    for _ in range(150):
        if true():
            return
        page.wait_for_timeout(100)
    pytest.fail("it did not come true within 15 seconds")


def passes_axe(page: Page, what: str = "") -> None:
    """The accessibility checker finds nothing, and the page does not run off the side."""
    # It would read the style sheets of shadow trees by a style element of its own, which the page's
    # policy refuses.
    found = Axe().run(page, options={"preload": False}).response["violations"]
    told = [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found]
    assert told == [], f"{what or page.url}: {told}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what or page.url


def shot(page: Page, name: str, *, whole: bool = True) -> None:
    """Take a picture, where somebody wants to look at them."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=whole)
