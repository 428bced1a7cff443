"""Live pages: what changes in MongoDB reaches open pages as server-sent events.

One change stream a process feeds every open page. It is only a hint: a page that connects first
gets everything as it stands, so that nothing is lost in between or while it was away.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from bson import ObjectId
from mongoengine import ConnectionFailure
from pymongo.errors import PyMongoError

from app import stopping
from app.models import database

log = structlog.get_logger()
QUIET_SECONDS = 15
"""After so long without news a page hears so, by which both sides notice a dead line."""
_BACKLOG = 1000
MOST_PAGES = 20
"""Open pages of one process, which has 32 threads: the others are for webhooks and the API."""
MOST_OF_ONE = 5
"""Of these, open pages of one person."""
_COLLECTIONS = ["deliveries", "call_logs", "recordings", "push_messages"]
_PIPELINE: list[dict[str, Any]] = [
    {"$match": {"ns.coll": {"$in": _COLLECTIONS}}},
    {
        "$project": {
            "ns": 1,
            "documentKey": 1,
            "fullDocument.tenant_id": 1,
            "fullDocument.delivery_id": 1,
        }
    },
]


@dataclass(frozen=True, slots=True)
class Change:
    """Something about a delivery changed."""

    tenant_id: str
    delivery_id: ObjectId


class Broadcast:
    """Hands every change to every open page."""

    def __init__(self) -> None:
        self._pages: dict[queue.Queue[Change], str] = {}
        """With who opened each."""
        self._lock = threading.Lock()
        self._watching = False

    def has_room(self, who: str) -> bool:
        """May one more page be opened by this person, so that threads are left for all else?

        An open page holds a thread of the server for as long as it is open.
        """
        with self._lock:
            mine = sum(opened == who for opened in self._pages.values())
            return len(self._pages) < MOST_PAGES and mine < MOST_OF_ONE

    @contextmanager
    def page(self, who: str) -> Iterator[queue.Queue[Change]]:
        """A queue of the changes from now on, for one open page."""
        changes: queue.Queue[Change] = queue.Queue(_BACKLOG)
        with self._lock:
            self._pages[changes] = who
            if not self._watching:
                # Only now: a thread does not survive the fork of the server.
                self._watching = True
                threading.Thread(target=self._watch, name="live", daemon=True).start()
        try:
            yield changes
        finally:
            with self._lock:
                self._pages.pop(changes, None)

    def _watch(self) -> None:
        """Follow the changes for as long as a page is open."""
        token: Any = None
        pause = threading.Event()
        while not self._is_over():
            try:
                with database().watch(
                    _PIPELINE,
                    full_document="updateLookup",
                    resume_after=token,
                    max_await_time_ms=1000,
                ) as stream:
                    while not self._is_over():
                        event = stream.try_next()
                        token = stream.resume_token
                        if event is not None:
                            self._hand_out(event)
            except (PyMongoError, ConnectionFailure) as error:
                log.warning("live changes interrupted", why=type(error).__name__)
                pause.wait(2)

    def _is_over(self) -> bool:
        with self._lock:
            self._watching = bool(self._pages)
            return not self._watching

    def _hand_out(self, event: Any) -> None:
        document = event.get("fullDocument") or {}
        delivery_id = document.get("delivery_id")
        if event["ns"]["coll"] == "deliveries":
            delivery_id = event["documentKey"]["_id"]
        if delivery_id is None or "tenant_id" not in document:
            return
        change = Change(document["tenant_id"], delivery_id)
        with self._lock:
            for page in self._pages:
                try:
                    page.put_nowait(change)
                except queue.Full:
                    # The page is not reading; it gets everything anew when it connects again.
                    log.warning("a live page is too slow")


def gather(changes: queue.Queue[Change], tenant_id: str) -> list[ObjectId] | None:
    """The tenant's deliveries that changed, once each; None after a quiet while.

    Returns soon once the process is to stop.
    """
    for _ in range(QUIET_SECONDS):
        if stopping.is_final():
            return None
        try:
            found = [changes.get(timeout=1)]
            break
        except queue.Empty:
            continue
    else:
        return None
    while not changes.empty():
        found.append(changes.get_nowait())
    return list(dict.fromkeys(c.delivery_id for c in found if c.tenant_id == tenant_id))


def event(name: str, data: str, event_id: str = "") -> str:
    """One server-sent event."""
    lines = [f"event: {name}"]
    if event_id:
        lines.append(f"id: {event_id}")
    lines.extend(f"data: {line}" for line in data.splitlines() or [""])
    return "\n".join(lines) + "\n\n"
