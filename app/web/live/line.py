"""One open page: its connection, and what has not gone out on it yet."""

from __future__ import annotations

import socket
import time
from collections import deque
from contextlib import suppress

import structlog

from app.pipeline.person import Person
from app.web.live.feed import Feed

log = structlog.get_logger()
MOST_BEHIND = 512 * 1024
"""Bytes that may wait for a page that reads slowly; with more it must come back."""
MOST_PATIENCE = 60
"""Seconds after which a page is gone that has taken nothing, or whose network says nothing."""


class SlowError(OSError):
    """The page reads too slowly."""


class Line:
    """A connection that takes what fits, and never keeps anybody waiting.

    ``chunked``: the answer was begun in HTTP/1.1's chunks.
    """

    def __init__(
        self, connection: socket.socket, feed: Feed, person: Person, *, since: int, chunked: bool
    ) -> None:
        self.connection = connection
        self.feed = feed
        self.person = person
        self.since = since
        """The moment up to which the page knows everything."""
        self.seen: set[str] = set()
        """What it must not hear twice; see ``Event.once``."""
        self._chunked = chunked
        self._behind: deque[memoryview] = deque()
        self._bytes_behind = 0
        self._began = self.heard_at = self._took_at = time.monotonic()
        self._sent = 0
        connection.setblocking(False)
        with suppress(OSError):
            # A telephone that lost its network does not say so.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, MOST_PATIENCE * 1000)

    @property
    def is_behind(self) -> bool:
        """Does anything wait?"""
        return bool(self._behind)

    def send(self, text: bytes = b"") -> None:
        """Send events after what waits, as far as it goes.

        Raises OSError where the page is gone, and SlowError where it reads too slowly.
        """
        if text:
            self.heard_at = time.monotonic()
            if self._chunked:
                text = b"%x\r\n%b\r\n" % (len(text), text)
            self._bytes_behind += len(text)
            self._behind.append(memoryview(text))
        self._flush()
        if self._bytes_behind > MOST_BEHIND:
            raise SlowError("too much waits for it")

    def _flush(self) -> None:
        now = time.monotonic()
        while self._behind:
            piece = self._behind[0]
            try:
                count = self.connection.send(piece)
            except BlockingIOError:
                if now - self._took_at > MOST_PATIENCE:
                    raise SlowError("it takes nothing") from None
                return
            self._sent += count
            self._bytes_behind -= count
            self._took_at = now
            if count < len(piece):
                self._behind[0] = piece[count:]
                continue
            self._behind.popleft()
        self._took_at = now

    def is_gone(self) -> bool:
        """Has the page closed it? To be asked where there is something to read."""
        try:
            return not self.connection.recv(4096)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self, why: str) -> None:
        """End the answer in good order, as far as that goes."""
        with suppress(OSError):
            if self._chunked and not self._behind:
                self.connection.send(b"0\r\n\r\n")
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        seconds = round(time.monotonic() - self._began, 1)
        log.info("live page ended", why=why, seconds=seconds, bytes=self._sent)
