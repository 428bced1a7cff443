"""The headers of every answer that keep a browser from doing what a page did not mean.

After the OWASP Secure Headers Project's list. A page that needs more sets its own value first.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from app.web.here import runtime_here

_YEAR = 31_536_000
"""Seconds."""


def also(directive: str, source: str) -> None:
    """Let this answer's page take something from one more source, as ``img-src`` from ``data:``."""
    more: dict[str, list[str]] = g.setdefault("content_sources", {})
    more.setdefault(directive, []).append(source)


def style_nonce() -> str:
    """A word by which this answer's page may make style elements, for libraries that must."""
    if "style_nonce" not in g:
        g.style_nonce = secrets.token_urlsafe(16)
        also("style-src", f"'nonce-{g.style_nonce}'")
    return str(g.style_nonce)


def register(flask: Flask) -> None:
    """Fit the headers to the application."""
    flask.after_request(_guard)


def _guard(response: Response) -> Response:
    settings = runtime_here().settings
    for name, value in _headers(settings.public_url, settings.s3_endpoint_url).items():
        response.headers.setdefault(name, value)
    for directive, sources in g.get("content_sources", {}).items():
        _allow(response, directive, sources)
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _allow(response: Response, directive: str, sources: list[str]) -> None:
    rules = [rule.split() for rule in response.headers["Content-Security-Policy"].split(";")]
    found = next((rule for rule in rules if rule and rule[0] == directive), None)
    if found is None:
        found = [directive, "'self'"]
        rules.append(found)
    found.extend(sources)
    response.headers["Content-Security-Policy"] = "; ".join(" ".join(rule) for rule in rules)


@lru_cache(maxsize=8)
def _headers(public_url: str, storage: str) -> Mapping[str, str]:
    found = {
        # Scripts and styles are files of ours, without exception; audio comes from the storage.
        "Content-Security-Policy": f"default-src 'self'; media-src 'self' {storage}; "
        "object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if urlsplit(public_url).scheme == "https":
        # This host alone: what else is in its domain is not ours to decide.
        found["Strict-Transport-Security"] = f"max-age={_YEAR}"
    return found
