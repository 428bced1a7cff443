"""One day as the carrier's own books have it: calls, recordings, and what customers asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.carrier.in_process import InProcessCarrier
from local.carrier.records import CallRecord, MessageRecord, RecordingRecord
from local.carrier.store import Condition, JournalFilter, Window

_ALL = Window(size=1_000_000)


@dataclass(frozen=True, slots=True)
class Books:
    """What the carrier noted since a moment."""

    calls: list[CallRecord]
    texts: list[MessageRecord]
    recordings: list[RecordingRecord]
    journal: list[dict[str, Any]]

    @property
    def outbound(self) -> list[CallRecord]:
        """Calls that the product placed."""
        return [call for call in self.calls if call.direction == "outbound-api"]

    @property
    def heard(self) -> list[RecordingRecord]:
        """Recordings with something in them."""
        return [each for each in self.recordings if each.status == "completed"]


def since(carrier: InProcessCarrier, position: int, at: float) -> Books:
    """Everything from a position of the journal and a moment on."""
    store, later = carrier.parts.store, [Condition("created_at", ">=", at)]
    return Books(
        calls=store.listing(CallRecord, later, _ALL)[::-1],
        texts=store.listing(MessageRecord, later, _ALL)[::-1],
        recordings=store.listing(RecordingRecord, later, _ALL)[::-1],
        journal=store.journal(JournalFilter(since=position)),
    )


def position(carrier: InProcessCarrier) -> int:
    """Where the journal ends now."""
    found = carrier.parts.store.database.execute("SELECT MAX(position) FROM journal").fetchone()
    return int(found[0] or 0)


def instant(seconds: float) -> datetime:
    """Seconds since 1970 as a moment."""
    return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True, slots=True, order=True)
class Wish:
    """Somebody asked for no more contact, or took that back.

    Said in a call, it is meant for the company that the call was with; written, for all.
    """

    at: float
    number: str
    wants: bool
    call_sid: str | None = None


def wishes(books: Books, hindered: Sequence[tuple[float, float]]) -> Iterator[Wish]:
    """Every wish that the product has answered to, in order.

    Whoever presses a key while the application has no database hears "one moment", and is heard
    when it asks again, with the key in the address; or not at all, where they hang up before.
    """
    customers = {call.sid: call.customer for call in books.calls}
    for entry in books.journal:
        if entry["kind"] != "webhook":
            continue
        details = entry["details"]
        given, good = details["parameters"], details["status"] in (200, 204)
        if not good or any(begin <= entry["at"] <= end + 0.1 for begin, end in hindered):
            continue
        if details["purpose"] == "text":
            word = given.get("Body", "").strip().upper()
            if word in ("STOP", "START"):
                yield Wish(entry["at"], given["From"], word == "STOP")
            continue
        scene = details["url"].partition("/script/")[2].partition("/")[0]
        number = customers.get(entry["call_sid"] or "", "")
        if not scene or not number:
            continue
        kept = parse_qs(urlsplit(details["url"]).query).get("keys", [""])
        pressed = given.get("Digits", kept[0])
        if pressed == "9":
            yield Wish(entry["at"], number, wants=True, call_sid=entry["call_sid"])
        elif pressed == "1" and scene.partition(".")[0] == "opt-out":
            yield Wish(entry["at"], number, wants=False, call_sid=entry["call_sid"])
