"""The watch over pages in the browser itself: what it must complain about, it does."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import Watched

TESTS = Path(__file__).parents[2]


class _Served(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<!doctype html><title>A page</title><p>of some server</p>"
        kind = "text/html"
        if self.path.startswith("/sw.js?"):
            kind, away = "text/javascript", self.path.partition("?")[2]
            body = f"oninstall = (e) => e.waitUntil(fetch('{away}'))".encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def origins() -> Iterator[tuple[str, str]]:
    """Two servers: ours, and another one."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Served) for _ in range(2)]
    for each in servers:
        threading.Thread(target=each.serve_forever, daemon=True).start()
    yield tuple(f"http://127.0.0.1:{each.server_port}" for each in servers)
    for each in servers:
        each.shutdown()
        each.server_close()


@pytest.fixture
def watched(chromium: Browser, origins) -> Iterator[tuple[Page, Watched]]:
    """A page of the first server, and its watch."""
    context = chromium.new_context()
    watch = Watched(context, origins[0])
    page = context.new_page()
    page.goto(origins[0])
    yield page, watch
    context.close()


LEAVE = {
    "a fetch": "(url) => fetch(url).then((answer) => answer.text())",
    "an image": "(url) => new Promise((done) => {"
    " const image = new Image(); image.onerror = image.onload = done; image.src = url; })",
    "a script": "(url) => new Promise((done) => { const script = document.createElement('script');"
    " script.onerror = script.onload = done; script.src = url; document.head.append(script); })",
    "a frame": "(url) => new Promise((done) => { const frame = document.createElement('iframe');"
    " frame.onload = done; frame.src = url; document.body.append(frame); })",
    "a beacon": "(url) => navigator.sendBeacon(url, 'x')",
    "a service worker": "async (url) => { await navigator.serviceWorker.register(`/sw.js?${url}`);"
    " await navigator.serviceWorker.ready; }",
    "a worker": "(url) => new Promise((done) => { const code = `fetch('${url}').then(() =>"
    " postMessage(1))`; const worker = new Worker(URL.createObjectURL(new Blob([code])));"
    " worker.onmessage = done; })",
}


@pytest.mark.parametrize("how", LEAVE)
def test_what_leaves_the_origin_is_complained_about(watched, origins, how) -> None:
    page, watch = watched
    page.evaluate(LEAVE[how], f"{origins[1]}/elsewhere")
    page.wait_for_timeout(200)
    assert f"left the origin: {origins[1]}/elsewhere" in watch.complaints


def test_what_stays_is_not(watched, origins) -> None:
    page, watch = watched
    page.evaluate(LEAVE["a fetch"], f"{origins[0]}/more")
    page.goto(f"{origins[0]}/another")
    assert watch.complaints == []


def test_faults_of_scripts_and_what_is_refused_are_complained_about(watched) -> None:
    page, watch = watched
    page.evaluate("() => void setTimeout(() => { throw new Error('it broke') })")
    page.evaluate("() => console.error('this is wrong')")
    page.wait_for_timeout(200)
    assert any("it broke" in said for said in watch.complaints)
    assert "this is wrong" in watch.complaints


def test_every_test_that_opens_a_browser_has_it_watched() -> None:
    opens = re.compile(r"\.new_context\(|browser\.new_page\(|\.launch\(")
    texts = {path: path.read_text() for path in TESTS.rglob("*.py") if path != Path(__file__)}
    own = {path.name for path, text in texts.items() if opens.search(text)}
    assert {"conftest.py", "test_in_a_browser.py"} <= own
    watched = {path.name for path, text in texts.items() if "Watched" in text}
    assert own <= watched
