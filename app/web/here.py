"""What the application that serves this request was fitted with."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import abort, current_app, request

from app.runtime import Runtime
from app.saying import Saying


def runtime_here() -> Runtime:
    """The runtime: settings, queues and gateways."""
    found: Runtime = current_app.extensions["delauto"]
    return found


def only_known_hosts() -> None:
    """Refuse a page under a name that is not ours, by which another site could read it."""
    name = urlsplit(f"//{request.host}").hostname
    ours = urlsplit(runtime_here().settings.public_url).hostname
    if name not in {"127.0.0.1", "localhost", "::1", ours}:
        abort(400, Saying("this is not an address of this page"))
