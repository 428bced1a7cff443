"""What really happened, by the carrier's own books alone: who was called how often, and for what.

Every call's address names the attempt that it was placed for, so that two calls of one attempt
show whatever the product's ledger believes.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_ATTEMPT = re.compile(r"/calls/([0-9a-f]{24})/")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``calls`` per attempt, ``numbers`` called at least once."""

    calls: Counter[str]
    numbers: frozenset[str]

    @property
    def doubles(self) -> dict[str, int]:
        """Attempts with more than one call, and how many they had."""
        return {attempt: count for attempt, count in self.calls.items() if count > 1}

    @property
    def total(self) -> int:
        """All calls placed."""
        return sum(self.calls.values())


def judge(folder: Path) -> Verdict:
    """Read the books in the carrier's ``folder``."""
    books = sqlite3.connect(f"file:{folder / 'carrier.sqlite'}?mode=ro", uri=True)
    try:
        rows = books.execute(
            "SELECT to_number, request FROM calls WHERE parent_sid IS NULL"
        ).fetchall()
    finally:
        books.close()
    calls: Counter[str] = Counter()
    for _, request in rows:
        found = _ATTEMPT.search(json.loads(request)["target"]["url"])
        if found is None:
            raise AssertionError("a call without an attempt in its address")
        calls[found[1]] += 1
    return Verdict(calls, frozenset(row[0] for row in rows))


def placed(folder: Path) -> int:
    """How many calls the carrier has placed so far."""
    books = sqlite3.connect(f"file:{folder / 'carrier.sqlite'}?mode=ro", uri=True)
    try:
        return int(
            books.execute("SELECT COUNT(*) FROM calls WHERE parent_sid IS NULL").fetchone()[0]
        )
    finally:
        books.close()
