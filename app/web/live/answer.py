"""The answer that an open page reads: begun in a thread of the server, and then handed over."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

from flask import Response, current_app, request, stream_with_context

from app import stopping
from app.pipeline.person import Person
from app.web.live import moments
from app.web.live.feed import Event, Feed, text_of
from app.web.live.hub import Hub
from app.web.live.line import Line

_HTTP_1 = ("HTTP/1.0", "HTTP/1.1")
AGAIN_SECONDS = 15
"""When somebody for whom there was no room is to come back."""


def stream(person: Person, feed: Feed) -> Response:
    """What the feed tells this person, as a stream of events.

    Who comes with ``Last-Event-ID``, or ``after`` in the address, gets what changed since; who
    comes without, or after too long a time, gets everything as it stands, and then what is new.
    The stream ends soon after the session has, or its person has another role.
    """
    hub: Hub = current_app.extensions["delauto.live"]
    who = str(person.user_id)
    if not hub.rooms.has_room(who):
        full = "Too many live pages are open. This one tries again by itself.\n"
        return Response(
            full,
            503,
            {"Retry-After": str(AGAIN_SECONDS)},
            content_type="text/plain; charset=utf-8",
        )
    last = request.headers.get("Last-Event-ID") or request.args.get("after")
    answer = _answer(hub, feed, person, moments.read(last), request.environ)
    return Response(
        stream_with_context(answer) if request.method != "HEAD" else None,
        content_type="text/event-stream; charset=utf-8",
        headers={"X-Accel-Buffering": "no"},
    )


def _answer(
    hub: Hub, feed: Feed, person: Person, after: int | None, environ: dict[str, Any]
) -> Iterator[bytes]:
    who = str(person.user_id)
    yield b"retry: 1000\n\n"
    # Asked again: others may have come since.
    if stopping.is_final() or not hub.rooms.enter(who):
        return
    handed_over = False
    try:
        now, seen = moments.now(), set[str]()
        knows = after is not None and after <= now and hub.holds(after)
        since = after if knows and after is not None else now
        if not knows:
            yield from _everything(feed, since, seen)
        connection, chunked, rest = _connection(environ)
        line = Line(connection, feed, person, since=since, chunked=chunked)
        line.seen |= seen
        handed_over = True
        hub.join(line)
    finally:
        if not handed_over:
            hub.rooms.leave(who)
    if rest is not None:
        yield from _pieces(rest)


def _everything(feed: Feed, since: int, seen: set[str]) -> Iterator[bytes]:
    """All events of it; the last has the id, for only who heard all of them may say so."""
    waiting = None
    for event in feed.everything():
        if waiting is not None:
            yield from _one(feed, waiting, seen)
        waiting = event
    yield from _one(feed, waiting or Event("quiet", ""), seen, moments.written(since))


def _one(feed: Feed, event: Event, seen: set[str], event_id: str = "") -> Iterator[bytes]:
    yield text_of([event], event_id)
    # Only now: it has gone out.
    if event.once:
        seen.add(event.once)
        feed.told([event.once])


def _connection(environ: dict[str, Any]) -> tuple[socket.socket, bool, socket.socket | None]:
    """Where the rest of the answer goes: whether in chunks, and what this thread still reads from.

    Our own server hands the client's connection over, so that an open page holds no thread of it.
    Another holds a thread for each, which passes on what comes.
    """
    hand_over = getattr(environ.get("gunicorn.socket"), "hand_over", None)
    if hand_over is not None and environ.get("SERVER_PROTOCOL") in _HTTP_1:
        return hand_over(), environ["SERVER_PROTOCOL"] == "HTTP/1.1", None
    ours, theirs = socket.socketpair()
    return ours, False, theirs


def _pieces(rest: socket.socket) -> Iterator[bytes]:
    with rest:
        while piece := rest.recv(65536):
            yield piece
