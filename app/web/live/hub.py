"""Where pages join that listen to changes."""

from __future__ import annotations

import threading

from flask import Flask

from app import stopping
from app.web.live.line import Line
from app.web.live.post import Post
from app.web.live.rooms import Rooms


class Hub:
    """Hands what changed to every open page that listens to it."""

    def __init__(self, flask: Flask) -> None:
        self.rooms = Rooms()
        self._flask = flask
        self._lock = threading.Lock()
        self._joining: list[Line] = []
        self._post: Post | None = None

    def holds(self, moment: int) -> bool:
        """Is all known that changed since then, so that a page may join with it?"""
        return self._running().holds(moment)

    def join(self, line: Line) -> None:
        """From now on the line is the hub's. It gets what changed since ``line.since``."""
        with self._lock:
            self._joining.append(line)
        self._running().wake()

    def _running(self) -> Post:
        # Begun only now: a thread does not survive the fork of the server.
        with self._lock:
            if self._post is None:
                self._post = Post(self._flask, self)
                self._post.start()
            return self._post

    def joined(self) -> list[Line]:
        """Who joined since this was asked last."""
        with self._lock:
            found, self._joining = self._joining, []
            return found

    def is_over(self, current: Post) -> bool:
        """Nobody listens any more: may it stop? Whoever joins then begins another."""
        with self._lock:
            if self._joining and not stopping.is_final():
                return False
            if self._post is current:
                self._post = None
            return True
