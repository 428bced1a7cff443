"""What browsers are told about every answer; and that no page needs what they forbid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app import create_app
from app.runtime import Runtime

WEB = Path(__file__).parents[2] / "app" / "web"
EVERY = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PATHS = [
    ("GET", "/"),
    ("GET", "/nowhere"),
    ("POST", "/"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/static/board.js"),
    ("GET", "/i/static/link.css"),
    ("GET", "/i/" + "a" * 40),
    ("GET", "/agent/nobody"),
    ("GET", "/recordings/nothing/audio"),
    ("POST", "/webhooks/twilio/inbound/call"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_every_answer_is_guarded(client, method, path) -> None:
    headers = client.open(path, method=method).headers
    for name, value in EVERY.items():
        assert headers.getlist(name) == [value]
    assert headers["Referrer-Policy"] in ("no-referrer", "same-origin")
    assert "geolocation=()" in headers["Permissions-Policy"]
    (policy,) = headers.getlist("Content-Security-Policy")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy


def test_only_an_installation_behind_https_demands_https(settings, client) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
    secure = settings.model_copy(update={"public_url": "https://calls.example"})
    answer = create_app(secure, Runtime(secure)).test_client().get("/healthz")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("page", sorted(WEB.rglob("*.html")), ids=lambda page: page.name)
def test_no_page_has_script_or_style_within(page) -> None:
    text = page.read_text()
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", text)
    for script in re.findall(r"<script[^>]*>", text):
        # What a script reads is data, which no browser runs.
        assert "src=" in script or 'type="application/json"' in script


def test_where_a_request_went_wrong_is_no_news_to_who_asked(client) -> None:
    assert client.post("/", data=b"x" * 70_000).status_code in (405, 413)
    answer = client.post("/webhooks/twilio/inbound/call", data={"x": "y" * 70_000})
    assert answer.status_code in (403, 413)
    assert "Traceback" not in answer.text
