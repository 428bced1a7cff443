"""The application, and beside it the least that a route can be, for comparison.

Beneath /bare a Flask view answers a fixed JSON of the size that is asked for: no auth, no limits,
no database, and none of the application's own hooks. Both are served by the same gunicorn.
"""

from __future__ import annotations

from functools import cache

from flask import Flask, Response
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from wsgi import app as application

bare = Flask("bare")


@cache
def _json(size: int) -> bytes:
    return b'{"items":"' + b"x" * max(0, size - 13) + b'"}\n'


@bare.get("/<int:size>")
def fixed(size: int) -> Response:
    """So many bytes of JSON."""
    return Response(_json(size), content_type="application/json")


app = DispatcherMiddleware(application, {"/bare": bare})
