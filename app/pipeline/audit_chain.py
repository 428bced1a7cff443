"""Whether the audit log is still what was written: its chain walked, the first break said.

What is changed, taken out or put in between shows in the hashes. A tail that was cut off shows by
comparing with a head that was known before: the clock writes every company's into its own log.
Whoever can write to the database and to those logs can still rewrite both: keep the logs elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.models import AuditEntry, Tenant, database
from app.models.audit import BEGINNING, hash_of
from app.rules.audit_actions import Action

What = Literal["changed", "gap", "order", "truncated", "rewritten"]


@dataclass(frozen=True, slots=True)
class Head:
    """A place in a chain, and the hash of the entry there; as text ``5123:9f86…``."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> Head:
        """The place that ``str`` made a text of. Raises ValueError."""
        number, _, hashed = text.strip().lower().partition(":")
        if not number.isascii() or not number.isdigit() or len(hashed) != len(BEGINNING):
            raise ValueError("a place in the log reads like 5123:9f86d081…, with 64 letters")
        int(hashed, 16)
        return cls(int(number), hashed)


START = Head(0, BEGINNING)
"""The place before the first entry."""


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain breaks first, and what is wrong there."""

    sequence: int
    what: What
    says: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a walk along a company's chain found."""

    entries: int
    """How many follow each other as they should, from where the walk began."""
    start: Head
    """After which entry it began."""
    head: Head
    """Up to where it went."""
    broken: Break | None = None
    removed_up_to: int = 0
    """Entries that old age took away; the chain's own checkpoint says so."""


def head(tenant_id: str) -> Head:
    """The last entry's place; START where there is none."""
    last = AuditEntry.of(tenant_id).only("sequence", "hash").order_by("-sequence").first()
    return Head(last.sequence, last.hash) if last else START


def heads() -> dict[str, Head]:
    """Every company's head, those without any entry included."""
    names = {
        *AuditEntry.across_tenants().distinct("tenant_id"),
        *Tenant.across_tenants().distinct("tenant_id"),
    }
    return {name: head(name) for name in sorted(names)}


def checkpoint(tenant_id: str) -> Head:
    """Up to which entry old age took entries away, and that entry's hash; START for none."""
    newest = (
        AuditEntry.of(tenant_id, action=Action.AUDIT_CHECKPOINT.value).order_by("-sequence").first()
    )
    if newest is None:
        return START
    return Head(int(newest.detail["up_to"]), str(newest.detail["hash"]))


def verify(tenant_id: str, since: Head | None = None, *, most: int = 0) -> Checked:
    """Walk a company's chain, all of it, or what follows a place that was known before.

    ``most``: only so many entries, unless it is 0; the next walk goes on where this one ended.
    """
    removed = checkpoint(tenant_id)
    start = since or removed
    if since is not None:
        lost = _lost(tenant_id, since, removed)
        if lost is not None:
            return Checked(0, since, head(tenant_id), lost, removed.sequence)
    reached, broken = follow(_stored(tenant_id, start.sequence, most), start)
    entries = reached.sequence - start.sequence
    return Checked(entries, start, reached, broken, removed.sequence)


def follow(entries: Iterable[Mapping[str, Any]], start: Head) -> tuple[Head, Break | None]:
    """Walk entries, as they are stored, from the one after ``start``: how far it goes, and why."""
    reached = start
    for entry in entries:
        broken = _break(entry, reached)
        if broken is not None:
            return reached, broken
        reached = Head(entry["sequence"], entry["hash"])
    return reached, None


def _break(entry: Mapping[str, Any], before: Head) -> Break | None:
    place, expected = entry["sequence"], before.sequence + 1
    if place > expected:
        missing = f"entry {expected} is" if place == expected + 1 else _several(expected, place - 1)
        return Break(expected, "gap", f"{missing} missing")
    if place < expected:
        return Break(place, "order", f"there are several entries {place}")
    if hash_of(entry) != entry.get("hash"):
        return Break(place, "changed", f"entry {place} was changed after it was written")
    if entry.get("previous") != before.hash:
        says = f"entry {place} does not follow the one before it: one of them was replaced or moved"
        return Break(place, "order", says)
    return None


def _lost(tenant_id: str, since: Head, removed: Head) -> Break | None:
    """What is wrong with the place where a walk is to begin."""
    if since == removed:
        return None
    there = next(_stored(tenant_id, since.sequence - 1, most=1), None)
    if there is not None and there["sequence"] == since.sequence:
        if hash_of(there) != there.get("hash"):
            says = f"entry {since.sequence} was changed after it was written"
            return Break(since.sequence, "changed", says)
        if there["hash"] != since.hash:
            says = f"entry {since.sequence} is not the one that was there: the log was rewritten"
            return Break(since.sequence, "rewritten", says)
        return None
    last = head(tenant_id).sequence
    if last < since.sequence:
        gone = _several(last + 1, since.sequence)
        return Break(last + 1, "truncated", f"{gone} cut off the end")
    if since.sequence <= removed.sequence:
        says = f"retention took entry {since.sequence} away: begin at a later one"
    else:
        says = f"entry {since.sequence} is missing"
    return Break(since.sequence, "gap", says)


def _several(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"


def _stored(tenant_id: str, after: int, most: int = 0) -> Any:
    # As it is stored, for a field that no document knows must not go unseen.
    found = database().audit_log.find({"tenant_id": tenant_id, "sequence": {"$gt": after}})
    return found.sort("sequence", 1).limit(most)
