"""The thread that serves all open pages: gathers what changed, makes it once, and sends it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Protocol

import structlog
from flask import Flask
from mongoengine import ConnectionFailure
from pymongo.errors import PyMongoError

from app import stopping
from app.pipeline.person import still_there
from app.web.live.changes import Change, Ring, Watch
from app.web.live.feed import Event, Feed, Made
from app.web.live.line import Line
from app.web.live.lines import Lines
from app.web.live.rooms import Rooms

log = structlog.get_logger()
QUIET_SECONDS = 15
"""After so long without news a page hears so, by which both sides notice a dead line."""
CHECK_SECONDS = 10
"""How often it is looked up whether those who listen still may."""
GATHER_SECONDS = 0.1
"""How long changes gather before they are handed out together."""
LINGER_SECONDS = 10
"""How long changes are followed on after the last page has gone: it may only be reloading."""
_AGAIN_SECONDS = 2
"""After which what the database did not answer is asked again."""
_MADE_SECONDS = 60
_TICK = 0.5
_AWAY = (PyMongoError, ConnectionFailure)


class Door(Protocol):
    """Where lines come from."""

    rooms: Rooms

    def joined(self) -> list[Line]:
        """Who joined since this was asked last."""

    def is_over(self, post: Post) -> bool:
        """Nobody listens any more: may it stop?"""


class Post:
    """Serves the pages, from the first that opens until none is left."""

    def __init__(self, flask: Flask, door: Door) -> None:
        self._flask = flask
        self._door = door
        self._lines = Lines(door.rooms)
        self._watch = Watch(self._lines.wake)
        self._ring: Ring = self._watch.ring
        self._number = 0
        """Of the last change that was handed out."""
        self._reached = 0
        """The moment up to which everything was handed out."""
        self._made = Made()
        self._early: list[Line] = []
        """Those that know more than was handed out so far."""
        now = time.monotonic()
        self._due: float | None = None
        self._again_at = self._left_at = self._look_at = now
        self._check_at, self._clear_at = now + CHECK_SECONDS, now + _MADE_SECONDS

    def holds(self, moment: int) -> bool:
        """Is all known that changed since then?"""
        return self._watch.ring.holds(moment)

    def start(self) -> None:
        """Begin."""
        self._watch.start()
        threading.Thread(target=self._run, name="live", daemon=True).start()

    def wake(self) -> None:
        """There is something to do."""
        self._lines.wake()

    def _run(self) -> None:
        while not self._is_over():
            try:
                self._turn()
            except Exception:
                log.exception("live pages failed")
                self._close_all("failed")
                time.sleep(_TICK)
        self._watch.stop()
        if stopping.is_final():
            self._early += self._door.joined()
        self._close_all("stopping")
        self._lines.end()

    def _is_over(self) -> bool:
        now = time.monotonic()
        if self._lines or self._early:
            self._left_at = now
            left = False
        else:
            left = now >= self._left_at + LINGER_SECONDS
        return (left or stopping.is_final()) and self._door.is_over(self)

    def _turn(self) -> None:
        self._wait()
        now = time.monotonic()
        if self._watch.ring is not self._ring:
            # What came between is lost. Pages come back and get everything.
            self._ring, self._number, self._reached = self._watch.ring, 0, 0
            self._close_all("lost")
        if now >= max(self._again_at, self._due or 0):
            try:
                with self._flask.test_request_context("/"):
                    self._hand_out(now)
                    self._take_in()
            except _AWAY as error:
                log.warning("live pages wait", why=type(error).__name__)
                self._again_at = now + _AGAIN_SECONDS
        if now >= self._look_at:
            self._look_at = now + 1
            self._look_after(now)

    def _wait(self) -> None:
        now = time.monotonic()
        until = min(max(self._due or 0, self._again_at), now + _TICK) if self._due else now + _TICK
        self._lines.wait(until - now)

    def _hand_out(self, now: float) -> None:
        """Send what is new, once it has gathered for a moment."""
        changes, number, reached = self._ring.after(self._number)
        if changes is None:
            self._close_all("behind")
        elif changes:
            if self._due is None:
                self._due = now + GATHER_SECONDS
            if now < self._due:
                return
        for change in changes or ():
            self._made.forget((change.id, *change.deliveries))
        feeds: dict[Feed, list[Line]] = {}
        for line in self._lines:
            feeds.setdefault(line.feed, []).append(line)
        for feed, lines in feeds.items():
            self._lines.send(lines, self._events(feed, changes or (), lines), reached)
        self._due, self._number, self._reached = None, number, reached

    def _take_in(self) -> None:
        """Let those join who know no more than the others, and tell them what they missed."""
        self._early += self._door.joined()
        for line in [each for each in self._early if each.since <= self._reached]:
            missed = self._ring.since(line.since, self._number)
            if missed is None:
                self._close(line, "lost")
                continue
            events = self._events(line.feed, missed, [line], line.since)
            if line not in self._early:
                continue
            self._early.remove(line)
            self._lines.add(line)
            self._lines.send([line], events, self._reached)

    def _events(
        self, feed: Feed, changes: Sequence[Change], lines: Iterable[Line], after: int | None = None
    ) -> list[Event]:
        """What the feed makes of the changes that are for it. Whoever made it fail is let go."""
        wanted = [
            each for each in changes if each.tenant_id == feed.tenant_id and each.kind in feed.kinds
        ]
        try:
            if wanted or after is not None:
                return feed.events(wanted, self._made, after)
        except _AWAY:
            raise
        except Exception:
            log.exception("a live page failed")
            for line in list(lines):
                self._close(line, "failed")
        return []

    def _look_after(self, now: float) -> None:
        """What is due from time to time: the quiet, the sessions, and what was made."""
        quiet = [each for each in self._lines if now >= each.heard_at + QUIET_SECONDS]
        # An event, not a comment: a script cannot see comments.
        self._lines.send(quiet, [Event("quiet", "")], self._reached)
        self._lines.nudge()
        if now >= self._clear_at:
            self._clear_at = now + _MADE_SECONDS
            self._made.clear()
        if now >= self._check_at:
            self._check_at = now + CHECK_SECONDS
            with suppress(*_AWAY):
                self._check()

    def _check(self) -> None:
        lines = [*self._lines, *self._early]
        people = still_there({each.person for each in lines}, kind="page", now=datetime.now(UTC))
        for line in lines:
            if line.person not in people:
                self._close(line, "session")

    def _close_all(self, why: str) -> None:
        for line in [*self._lines, *self._early]:
            self._close(line, why)

    def _close(self, line: Line, why: str) -> None:
        if line in self._early:
            self._early.remove(line)
        self._lines.close(line, why)
