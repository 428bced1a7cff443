"""The connections of all open pages: who has gone, what waits to go out, and their ends."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from mongoengine import ConnectionFailure
from pymongo.errors import PyMongoError

from app.web.live import moments
from app.web.live.feed import Event, text_of
from app.web.live.line import Line, SlowError
from app.web.live.rooms import Rooms


class Lines:
    """Sends to many, and waits for none. For one thread alone, but for ``wake``."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._open: set[Line] = set()
        self._selector = selectors.DefaultSelector()
        self._bell, self._cord = socket.socketpair()
        for each in (self._bell, self._cord):
            each.setblocking(False)
        self._selector.register(self._bell, selectors.EVENT_READ)

    def __iter__(self) -> Iterator[Line]:
        """Those that are open now."""
        return iter(list(self._open))

    def __len__(self) -> int:
        return len(self._open)

    def wake(self) -> None:
        """Let ``wait`` return."""
        with suppress(OSError):
            self._cord.send(b"!")

    def wait(self, seconds: float) -> None:
        """Look after the connections until there is something else to do, at most so long."""
        for key, mask in self._selector.select(max(0.0, seconds)):
            line = key.data
            if line is None:
                with suppress(BlockingIOError):
                    self._bell.recv(4096)
            elif mask & selectors.EVENT_READ and line.is_gone():
                self.close(line, "gone")
            elif mask & selectors.EVENT_WRITE:
                self._try(line)

    def add(self, line: Line) -> None:
        """From now on it is looked after."""
        self._open.add(line)
        self._selector.register(line.connection, selectors.EVENT_READ, line)

    def send(self, lines: Iterable[Line], events: Sequence[Event], reached: int) -> None:
        """Send events to lines of one feed, with the moment up to which they then know all."""
        texts: dict[tuple[Event, ...], bytes] = {}
        for line in lines:
            fresh = tuple(each for each in events if each.once not in line.seen)
            if not fresh:
                continue
            if fresh not in texts:
                texts[fresh] = text_of(fresh, moments.written(reached))
            once = [each.once for each in fresh if each.once]
            line.seen.update(once)
            if self._try(line, texts[fresh]) and once:
                # Where this cannot be noted, it is told again to who comes back.
                with suppress(PyMongoError, ConnectionFailure):
                    line.feed.told(once)

    def nudge(self) -> None:
        """Let go of those that have taken nothing for too long."""
        for line in self:
            if line.is_behind:
                self._try(line)

    def close(self, line: Line, why: str) -> None:
        """Let go of a line, whether it is looked after yet or not."""
        if line in self._open:
            self._open.remove(line)
            with suppress(KeyError, ValueError):
                self._selector.unregister(line.connection)
        self._rooms.leave(str(line.person.user_id))
        line.close(why)

    def end(self) -> None:
        """Nobody is looked after any more."""
        for each in (self._selector, self._bell, self._cord):
            each.close()

    def _try(self, line: Line, text: bytes = b"") -> bool:
        """Send as much as goes; has all gone out? A page that is gone, or too slow, is let go."""
        try:
            line.send(text)
        except OSError as error:
            self.close(line, "slow" if isinstance(error, SlowError) else "gone")
            return False
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.is_behind else 0)
        self._selector.modify(line.connection, wanted, line)
        return not line.is_behind
