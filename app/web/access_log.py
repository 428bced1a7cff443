"""One line for each request, and its id on all lines that are logged while it is answered.

The line has the route and not the path, for a path has ids and signed links in it; who asked is
named by an id, never by a name or an address.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, request

from app.web import request_figures, request_id

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

log = structlog.get_logger()
_KEY = "delauto.seen"
_QUIET = ("/healthz", "/readyz", "/metrics", "/static/<path:filename>", "/i/static/<path:filename>")
"""Asked for every few seconds, or with every page: told at level DEBUG."""


@dataclass(slots=True)
class Seen:
    """What is known of a request so far."""

    id: str
    method: str
    began: float
    route: str = ""
    status: int = 0
    sent: int = 0


def register(flask: Flask) -> None:
    """Fit the log to the application. Everything else that wraps it comes after."""
    # First, so that a request which another hook refuses has its route all the same.
    flask.before_request_funcs.setdefault(None, []).insert(0, _note_route)
    flask.wsgi_app = AccessLog(flask.wsgi_app)  # type: ignore[method-assign]


def note_caller(who: str) -> None:
    """Name who asks on all further lines of this request: a kind and an id, as ``key:da_1f2e``."""
    structlog.contextvars.bind_contextvars(caller=who)


def _note_route() -> None:
    rule = request.url_rule
    if seen := request.environ.get(_KEY):
        seen.route = rule.rule if rule else ""


class AccessLog:
    """WSGI middleware: it sees also how long a body took to send.

    An event stream is done for it once its connection was handed over (see ``app.web.live``).
    """

    def __init__(
        self, application: WSGIApplication, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._application = application
        self._clock = clock

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        # A thread answers one request after the other: nothing of the last may stay.
        structlog.contextvars.clear_contextvars()
        seen = Seen(
            id=request_id.begin(environ.get("HTTP_X_REQUEST_ID")),
            method=environ["REQUEST_METHOD"],
            began=self._clock(),
        )
        environ[_KEY] = seen
        structlog.contextvars.bind_contextvars(request_id=seen.id)

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            seen.status = int(status[:3])
            return start_response(status, [*headers, (request_id.HEADER, seen.id)], *exc_info)

        return _Body(self._application(environ, start), seen, self._clock)


class _Body:
    def __init__(self, body: Iterable[bytes], seen: Seen, clock: Callable[[], float]) -> None:
        self._body = body
        self._seen = seen
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._seen.sent += len(piece)
            yield piece

    def close(self) -> None:
        """The last of it was sent, or who asked went away."""
        try:
            if close := getattr(self._body, "close", None):
                close()
        finally:
            _tell(self._seen, self._clock() - self._seen.began)
            structlog.contextvars.clear_contextvars()
            request_id.end()


def _tell(seen: Seen, seconds: float) -> None:
    request_figures.note(seen.route, seen.method, seen.status, seconds)
    tell = log.debug if seen.route in _QUIET else log.info
    tell(
        "request",
        method=seen.method,
        route=seen.route or "none",
        status=seen.status,
        milliseconds=round(seconds * 1000, 1),
        bytes=seen.sent,
    )
