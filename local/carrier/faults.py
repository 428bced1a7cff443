"""Misbehaviour on request: each fault counts down over the next requests it concerns."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, fields

from local.carrier.records import JournalEntry
from local.carrier.store import Store


@dataclass(slots=True)
class Faults:
    """How many of the coming requests go wrong, and how.

    `lose_create_answer`: the call is accepted and the connection dropped before the answer.
    `refuse_429`: any REST request is refused, unprocessed. `media_404`: a recording's media is
    not there yet. `fail_500_before`: any REST request fails before anything was done.
    """

    lose_create_answer: int = 0
    refuse_429: int = 0
    media_404: int = 0
    fail_500_before: int = 0

    def arm(self, counts: dict[str, int]) -> None:
        """Set countdowns; ValueError for an unknown name or a count that is no whole number."""
        known = {field.name for field in fields(self)}
        for name, count in counts.items():
            if name not in known:
                raise ValueError(f"unknown fault {name!r}; there are {', '.join(sorted(known))}")
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise ValueError(f"fault {name!r} needs a whole number, not {count!r}")
        for name, count in counts.items():
            setattr(self, name, count)

    def strike(self, name: str) -> bool:
        """Say whether this request is to go wrong that way, and count it."""
        left: int = getattr(self, name)
        if left <= 0:
            return False
        setattr(self, name, left - 1)
        return True

    def strike_noted(self, name: str, store: Store, path: str) -> bool:
        """Strike, and write to the journal when that went wrong on purpose."""
        struck = self.strike(name)
        if struck:
            details = {"fault": name, "path": path}
            store.note(JournalEntry(time.time(), "fault", details=details))
        return struck

    def remaining(self) -> dict[str, int]:
        """Return the countdowns as they stand."""
        return asdict(self)
