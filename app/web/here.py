"""What the application that serves this request was fitted with."""

from __future__ import annotations

from flask import current_app

from app.runtime import Runtime


def runtime_here() -> Runtime:
    """The runtime: settings, queues and gateways."""
    found: Runtime = current_app.extensions["delauto"]
    return found
