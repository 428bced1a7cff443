"""Who appends to a company's audit log next, of all threads of this process.

A chain grows at one end. Of two transactions that append to it at once, MongoDB lets one go first,
and the other begins again; so the threads of a process take turns, in the order in which they came.
What waits with an entry alone is appended together with the next such entry.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.models import AuditEntry

LONGEST_TURN = 5.0
"""Seconds that one waits for its turn; then it goes out of turn, which is slower and no error."""
Append = Callable[[Sequence[AuditEntry]], None]


@dataclass(slots=True, eq=False)
class _Ticket:
    draft: AuditEntry | None = None
    """What another may append for this thread; None for a transaction of its own."""
    called: threading.Event = field(default_factory=threading.Event)
    has_turn: bool = False
    error: BaseException | None = None

    @property
    def served(self) -> bool:
        """Has another appended it, or failed to?"""
        return self.called.is_set() and not self.has_turn


class _Line:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = False
        self.waiting: deque[_Ticket] = deque()

    def enter(self, ticket: _Ticket) -> None:
        """Wait for the turn, for being served, or for as long as anybody waits."""
        with self._lock:
            if not self._busy:
                self._busy = ticket.has_turn = True
                ticket.called.set()
                return
            self.waiting.append(ticket)
        try:
            # Called in this very moment, or in somebody's hands: that ends with their transaction.
            if not ticket.called.wait(LONGEST_TURN) and not self._gone(ticket):
                ticket.called.wait()
        except BaseException:
            if not self._gone(ticket) and ticket.has_turn:
                self.leave()
            raise

    def leave(self) -> None:
        """Hand the turn to who has waited longest."""
        with self._lock:
            if not self.waiting:
                self._busy = False
                return
            following = self.waiting.popleft()
            following.has_turn = True
        following.called.set()

    def _gone(self, ticket: _Ticket) -> bool:
        """Take somebody out of the line; False where they are not in it any more."""
        with self._lock:
            if ticket not in self.waiting:
                return False
            self.waiting.remove(ticket)
            return True

    def take(self) -> list[tuple[_Ticket, AuditEntry]]:
        """All that wait with an entry alone; whoever takes them serves them."""
        with self._lock:
            taken = [(each, each.draft) for each in self.waiting if each.draft is not None]
            self.waiting = deque(each for each in self.waiting if each.draft is None)
        return taken


_lines: dict[str, _Line] = {}


@contextmanager
def turn(tenant_id: str) -> Iterator[None]:
    """Wait for this thread's turn in the company's line, and keep it for the block."""
    line, ticket = _line(tenant_id), _Ticket()
    line.enter(ticket)
    try:
        yield
    finally:
        if ticket.has_turn:
            line.leave()


def together(tenant_id: str, draft: AuditEntry, append: Append) -> None:
    """Have an entry appended, with all others that wait, by this thread or by another.

    Raises what ``append`` raised for all of them.
    """
    line, ticket = _line(tenant_id), _Ticket(draft)
    line.enter(ticket)
    if ticket.served:
        if ticket.error is not None:
            raise ticket.error
        return
    others = line.take()
    try:
        append([draft, *(each for _, each in others)])
    except BaseException as error:
        for each, _ in others:
            each.error = error
        raise
    finally:
        for each, _ in others:
            each.called.set()
        if ticket.has_turn:
            line.leave()


def _line(tenant_id: str) -> _Line:
    return _lines.setdefault(tenant_id, _Line())
