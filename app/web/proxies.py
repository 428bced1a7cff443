"""What proxies in front say about who asks: believed for as many of them as the operator names."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def register(flask: Flask, trusted: int) -> None:
    """Believe the last ``trusted`` entries of X-Forwarded-For and -Proto; none unless told.

    Whoever asks can write these headers: each proxy adds one entry at the end, so what stands
    before the last ones is hearsay. The host and the path are never taken from there; Twilio's
    signature is checked against PUBLIC_URL.
    """
    if trusted:
        fixed = ProxyFix(flask.wsgi_app, x_for=trusted, x_proto=trusted, x_host=0, x_prefix=0)
        flask.wsgi_app = fixed  # type: ignore[method-assign]
