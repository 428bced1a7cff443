"""gunicorn's worker with threads, made patient with its clients, and no more than that.

Patient when it stops: it says so on `/readyz`, goes on for a while, and only then takes nothing
more. Not for ever with who sends or reads a byte at a time: gunicorn would wait, and a few dozen
of those would hold all threads.

gunicorn's master imports this module and hands it on to its workers, so it imports nothing that
`--reload` should load anew.
"""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable
from errno import ECONNRESET, ENOTCONN
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from app import stopping

DRAIN_SECONDS = float(os.environ.get("WEB_DRAIN_SECONDS", "5"))
"""How long a worker that is to stop says so before it takes nothing more."""
GRACE_SECONDS = float(os.environ.get("WEB_GRACE_SECONDS", "15"))
"""How long a request may take to arrive, or an answer to leave, beside what its size needs."""
SLOWEST = 4096
"""Bytes a second that any line must carry: half of what an old mobile network does."""
LONG_LEAVE, SHORT_LEAVE = 2.0, 0.5
"""Seconds that the other side has to read the end of an answer, and who was too slow before."""


class PatientWorker(ThreadWorker):
    """A worker that announces its end, and bounds how long a client may hold a thread."""

    _stops_at: float | None = None

    def handle_exit(self, sig: int, frame: Any) -> None:  # noqa: ARG002 - gunicorn's
        """SIGTERM: go on for ``DRAIN_SECONDS``; a second one changes nothing."""
        if self._stops_at is None:
            stopping.announce()
            self._stops_at = time.monotonic() + DRAIN_SECONDS
            if DRAIN_SECONDS <= 0:
                self._stop()

    def notify(self) -> None:
        """Called at least every second."""
        super().notify()
        if self._stops_at is not None and time.monotonic() >= self._stops_at:
            self._stop()

    def _stop(self) -> None:
        if self.alive:
            stopping.finish()
            super().handle_exit(0, None)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Before it closes the door, let in who stands before it: the kernel has greeted them."""
        if not enabled and not self.alive:
            for listener in self.sockets:
                while select.select([listener], [], [], 0)[0]:
                    before = self.nr_conns
                    self.accept(listener)
                    if self.nr_conns == before:
                        # Another worker was faster.
                        break
        super().set_accept_enabled(enabled)

    def enqueue_req(self, conn: TConn) -> None:
        """Every connection comes through here before anything is read from it."""
        if not isinstance(conn.sock, BoundedSocket):
            conn.sock = BoundedSocket.of(conn.sock)
            conn.sock.when_over = partial(self.method_queue.defer, self._stream_is_over)
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        """Answer one request; its time runs from its first byte."""
        conn.sock.begin()
        try:
            goes_on = super().handle(conn)
        finally:
            conn.sock.rest()
        if conn.sock.is_handed_over:
            return False
        if not goes_on:
            # Here and not, as gunicorn does, in the main thread, which no client may hold up.
            conn.sock.take_leave()
        return goes_on

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """A connection that was handed over counts until its stream ends: a stop waits for it."""
        if conn.sock.is_handed_over:
            conn.sock.close()
        else:
            super().finish_request(conn, fs)

    def _stream_is_over(self) -> None:
        self.nr_conns -= 1


class BoundedSocket(socket.socket):
    """A connection on which a request must arrive, and an answer leave, at a bearable pace.

    What takes longer raises ConnectionResetError, as if the client had gone away.
    """

    __slots__ = ("_began", "_left", "_received", "_too_slow", "is_handed_over", "when_over")
    is_handed_over: bool
    """The rest of the answer comes from elsewhere: nothing is sent or read here any more."""
    when_over: Callable[[], None]
    """Called once that has ended."""

    @classmethod
    def of(cls, plain: socket.socket) -> BoundedSocket:
        """The same connection; ``plain`` must not be used any more."""
        timeout = plain.gettimeout()
        bounded = cls(plain.family, plain.type, plain.proto, fileno=plain.detach())
        bounded.settimeout(timeout)
        bounded._too_slow = bounded._left = bounded.is_handed_over = False
        bounded.rest()
        return bounded

    def hand_over(self) -> HandedSocket:
        """The connection, for whoever sends the rest of the answer, after what was sent so far.

        To be called by the application in the midst of an answer; whoever takes it closes it.
        """
        handed = HandedSocket(self.family, self.type, self.proto, fileno=os.dup(self.fileno()))
        handed.when_over = self.when_over
        self.is_handed_over = self._left = True
        return handed

    def begin(self) -> None:
        """A request begins to arrive."""
        self._began: float | None = time.monotonic()
        self._received = 0

    def rest(self) -> None:
        """No request is under way: whoever reads now has limits of their own."""
        self._began = None

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As ever, until the request's time is over."""
        if self.is_handed_over:
            return b""
        if self._began is None or self.gettimeout() == 0:
            return super().recv(size, flags)
        allowed = self._began + GRACE_SECONDS + self._received / SLOWEST
        before = self.gettimeout()
        left = allowed - time.monotonic()
        self.settimeout(max(left if before is None else min(left, before), 0.001))
        try:
            found = super().recv(size, flags)
        except TimeoutError:
            self._too_slow = True
            raise ConnectionResetError(ECONNRESET, "the request came too slowly") from None
        finally:
            self.settimeout(before)
        self._received += len(found)
        return found

    def sendall(self, content: Any, flags: int = 0, /) -> None:
        """As ever, in a time that suits the size."""
        if self.is_handed_over:
            return None
        if self.gettimeout() == 0:
            return super().sendall(content, flags)
        before = self.gettimeout()
        self.settimeout(GRACE_SECONDS + len(content) / SLOWEST)
        try:
            return super().sendall(content, flags)
        except TimeoutError:
            self._too_slow = True
            raise ConnectionResetError(ECONNRESET, "the answer was read too slowly") from None
        finally:
            self.settimeout(before)

    def take_leave(self) -> None:
        """Say that nothing more comes, and wait a moment for the other side to have read it all.

        Closed at once, with something of theirs unread, the end of our answer could be lost
        (RFC 9112, section 9.6).
        """
        ends_at = time.monotonic() + (SHORT_LEAVE if self._too_slow else LONG_LEAVE)
        try:
            super().shutdown(socket.SHUT_WR)
            for _ in range(16):
                self.settimeout(max(ends_at - time.monotonic(), 0.001))
                if not super().recv(4096):
                    break
        except OSError:
            # Gone, or silent: it had its time.
            pass
        self._left = True

    def shutdown(self, how: int, /) -> None:
        """Refused once leave was taken: gunicorn then closes the connection, and waits no more."""
        if self._left:
            raise OSError(ENOTCONN, "leave was taken")
        super().shutdown(how)


class HandedSocket(socket.socket):
    """A connection that left the server's hands in the midst of an answer."""

    __slots__ = ("when_over",)
    when_over: Callable[[], None] | None

    def close(self) -> None:
        """As ever, and the server hears of it."""
        super().close()
        if self.when_over:
            self.when_over()
            self.when_over = None
