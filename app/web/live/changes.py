"""What changed lately, as MongoDB's change stream tells it: kept for a while, in its order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import structlog
from bson import ObjectId
from mongoengine import ConnectionFailure
from pymongo.errors import OperationFailure, PyMongoError

from app.models import database
from app.web.live import moments

log = structlog.get_logger()
BACK_SECONDS = 300
"""How far back a process looks that begins to watch: who was away no longer misses nothing."""
KEPT = 20_000
"""Changes that are kept; who missed more gets everything anew."""
_HISTORY_LOST = (280, 286)
"""MongoDB's codes for a change stream that cannot go on: ChangeStreamFatalError and HistoryLost."""
_KINDS: Mapping[str, str] = {
    "deliveries": "delivery",
    "call_logs": "call",
    "recordings": "recording",
    "reviews": "review",
    "push_messages": "message",
    "bridged_calls": "bridged_call",
}
_PIPELINE: list[dict[str, Any]] = [
    {
        "$match": {
            "ns.coll": {"$in": list(_KINDS)},
            # Of messages only that there is one: that it was delivered is told by whoever did it.
            "$or": [{"ns.coll": {"$ne": "push_messages"}}, {"operationType": "insert"}],
        }
    },
    {
        "$project": {
            "ns": 1,
            "clusterTime": 1,
            "operationType": 1,
            "documentKey": 1,
            "updateDescription.updatedFields.agent_id": 1,
            "updateDescription.removedFields": 1,
            **{
                f"fullDocument.{name}": 1
                for name in (
                    "tenant_id", "delivery_id", "covers", "agent_id", "closed_at", "claimed_by",
                )
            },
        }
    },
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """Something of a company changed; what it is now is to be looked up."""

    at: int
    """The moment; see ``moments``."""
    tenant_id: str
    kind: str
    """delivery, call, recording, review, message or bridged_call."""
    id: ObjectId
    deliveries: tuple[ObjectId, ...] = ()
    """Which it is about."""
    agent_id: ObjectId | None = None
    """Whose it is, where it is somebody's."""
    what: str = ""
    """Of a review: open, claimed or closed. Of a delivery: moved, where it got another driver."""


def change_of(event: Mapping[str, Any]) -> Change | None:
    """What an event of the change stream tells; None where nobody knows any more whose it was."""
    document = event.get("fullDocument") or {}
    if "tenant_id" not in document:
        return None
    kind, key = _KINDS[event["ns"]["coll"]], event["documentKey"]["_id"]
    about = [key] if kind == "delivery" else document.get("covers") or [document.get("delivery_id")]
    return Change(
        moments.of(event["clusterTime"]),
        document["tenant_id"],
        kind,
        key,
        tuple(each for each in about if each is not None),
        document.get("agent_id"),
        _what(kind, event, document),
    )


def _what(kind: str, event: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    if kind == "review":
        if document.get("closed_at"):
            return "closed"
        return "claimed" if document.get("claimed_by") else "open"
    update = event.get("updateDescription") or {}
    of_agent = "agent_id" in update.get("updatedFields", ()) or "agent_id" in update.get(
        "removedFields", ()
    )
    replaced = event["operationType"] == "replace"
    return "moved" if kind == "delivery" and (of_agent or replaced) else ""


class Ring:
    """The latest changes, each with its number in the order in which they came."""

    def __init__(self, begins: int) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Change] = deque()
        self.count = 0
        """How many ever came."""
        self.begins = begins
        """Since when none is missing."""
        self.reached = begins
        """Up to when all have come."""

    def add(self, change: Change | None, reached: int) -> None:
        """Take in the next change, or only that there is none up to a moment."""
        with self._lock:
            if change is not None:
                if len(self._kept) >= KEPT:
                    self.begins = self._kept.popleft().at + 1
                self._kept.append(change)
                self.count += 1
                self.reached = max(self.reached, change.at)
            self.reached = max(self.reached, reached)

    def holds(self, moment: int) -> bool:
        """Are all changes kept that happened then or later?"""
        with self._lock:
            return self.begins <= moment

    def after(self, number: int) -> tuple[list[Change] | None, int, int]:
        """The changes past this number, the number and the moment that they reach.

        None in place of changes where some are gone.
        """
        with self._lock:
            fresh = self.count - number
            if fresh > len(self._kept):
                return None, self.count, self.reached
            found = list(islice(self._kept, len(self._kept) - fresh, None))
            return found, self.count, self.reached

    def since(self, moment: int, number: int) -> list[Change] | None:
        """The changes of that moment and later, up to this number; None where some are gone.

        The moment itself is included: what one transaction changed has one moment, and who knows
        the moment may have seen a part.
        """
        with self._lock:
            if moment < self.begins:
                return None
            known = islice(self._kept, max(0, len(self._kept) - (self.count - number)))
            return [each for each in known if each.at >= moment]


class Watch:
    """Follows the change stream into a ring, in a thread of its own, until told to stop."""

    def __init__(self, on_news: Callable[[], None]) -> None:
        """Begins some minutes back, so that a page that a restart cut off misses nothing."""
        begins = moments.earlier(moments.now(), BACK_SECONDS)
        self.ring = Ring(begins)
        self._on_news = on_news
        self._over = threading.Event()
        self._token: Any = None

    def start(self) -> None:
        """Begin to watch."""
        threading.Thread(target=self._run, name="live-watch", daemon=True).start()

    def stop(self) -> None:
        """Watch no more."""
        self._over.set()

    def _run(self) -> None:
        lost = False
        while not self._over.is_set():
            try:
                if lost:
                    self._begin_anew()
                    lost = False
                self._follow()
            except (PyMongoError, ConnectionFailure) as error:
                lost = lost or (isinstance(error, OperationFailure) and error.code in _HISTORY_LOST)
                log.warning("live changes interrupted", why=type(error).__name__, lost=lost)
                self._over.wait(1)
            except Exception:
                # Whatever it was, it must not come again and again.
                log.exception("live changes failed")
                lost = True
                self._over.wait(1)

    def _follow(self) -> None:
        # From the token on nothing is lost; without one, from where the ring begins.
        where: dict[str, Any] = {"resume_after": self._token}
        if self._token is None:
            where = {"start_at_operation_time": moments.timestamp_of(self.ring.begins)}
        with database().watch(
            _PIPELINE, full_document="updateLookup", max_await_time_ms=500, **where
        ) as stream:
            while not self._over.is_set():
                event = stream.try_next()
                self._token = stream.resume_token
                change = change_of(event) if event is not None else None
                self.ring.add(change, moments.of_token(self._token))
                self._on_news()

    def _begin_anew(self) -> None:
        """Nobody knows any more what came next: whoever listens must begin anew too."""
        self._token = None
        self.ring = Ring(moments.now())
        self._on_news()
