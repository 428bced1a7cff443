"""The web edge: checks what comes in, calls one use case, and wakes a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules import directives
from app.runtime import Runtime

if TYPE_CHECKING:
    from flask import Flask


def register(flask: Flask, runtime: Runtime) -> None:
    """Fit the parts of the web edge to the application."""
    from app.web import (  # noqa: PLC0415
        access_log,
        agent,
        api,
        error_handlers,
        headers,
        health,
        link,
        live,
        login,
        pages,
        proxies,
        sessions,
        smaller,
        webhooks,
        words,
    )

    directives.prepare()
    runtime.connect()
    flask.extensions["delauto"] = runtime
    flask.extensions["delauto.live"] = live.Hub(flask)
    sessions.register(flask)
    words.register(flask)
    login.register(flask)
    flask.register_blueprint(webhooks.blueprint)
    pages.register(flask)
    flask.register_blueprint(agent.blueprint)
    flask.register_blueprint(agent.installed.blueprint)
    flask.register_blueprint(link.blueprint)
    flask.register_blueprint(health.blueprint)
    api.register(flask, runtime)
    error_handlers.register(flask)
    headers.register(flask)
    smaller.register(flask)
    access_log.register(flask)
    proxies.register(flask, runtime.settings.trusted_proxies)
