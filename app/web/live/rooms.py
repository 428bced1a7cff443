"""How many pages may be open at once: of one process, and of one person."""

from __future__ import annotations

import threading
from collections import Counter

MOST_PAGES = 400
"""Open pages of one process."""
MOST_OF_ONE = 5
"""Of these, open pages of one person."""


class Rooms:
    """Who has how many pages open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def has_room(self, who: str) -> bool:
        """May one more page be opened by this person?"""
        with self._lock:
            return self._has_room(who)

    def enter(self, who: str) -> bool:
        """Take the room for one page, where there is room; ``leave`` gives it back."""
        with self._lock:
            free = self._has_room(who)
            if free:
                self._taken[who] += 1
            return free

    def leave(self, who: str) -> None:
        """Give the room of one page back."""
        with self._lock:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]

    def _has_room(self, who: str) -> bool:
        return self._taken.total() < MOST_PAGES and self._taken[who] < MOST_OF_ONE
