"""How often each API key was used, and when last, without a write for each request.

Each process counts for itself and writes what it counted twice a minute, and when it ends in
order. One that is killed loses what it counted since: half a minute's uses at most, of the count
alone. Limits are kept elsewhere, request by request.
"""

from __future__ import annotations

import atexit
import os
import threading
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from bson import ObjectId
from mongoengine import ConnectionFailure
from pymongo import UpdateOne
from pymongo.errors import PyMongoError

from app.models import database

log = structlog.get_logger()
EVERY = 30.0
"""Seconds between two writes."""


@dataclass(slots=True)
class Uses:
    """What a process counted and has not written yet."""

    every: float = EVERY
    _counted: dict[ObjectId, tuple[int, datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _writer_in: int | None = None

    def note(self, key_id: ObjectId, now: datetime) -> None:
        """Count one use."""
        with self._lock:
            self._add(key_id, 1, now)
            if self._writer_in != os.getpid():
                # Threads do not survive a fork, so the first use in a process starts its own.
                self._writer_in = os.getpid()
                threading.Thread(target=self._write_on, name="api key uses", daemon=True).start()

    def flush(self) -> int:
        """Write what was counted; how many keys that was. What cannot be written is kept."""
        with self._lock:
            counted, self._counted = self._counted, {}
        if not counted:
            return 0
        try:
            database().api_keys.bulk_write(
                [
                    UpdateOne(
                        {"_id": key_id},
                        {"$inc": {"usage_count": count}, "$max": {"last_used_at": last}},
                    )
                    for key_id, (count, last) in counted.items()
                ],
                ordered=False,
            )
        except ConnectionFailure:
            # This process has let go of the database: there is nowhere to write to.
            return 0
        except PyMongoError as error:
            with self._lock:
                for key_id, (count, last) in counted.items():
                    self._add(key_id, count, last)
            log.warning("uses of keys are written later", keys=len(counted), why=repr(error))
            return 0
        return len(counted)

    def _add(self, key_id: ObjectId, count: int, last: datetime) -> None:
        before, seen = self._counted.get(key_id, (0, last))
        self._counted[key_id] = (before + count, max(seen, last))

    def _write_on(self) -> None:
        pause = threading.Event()
        while not pause.wait(self.every):
            try:
                self.flush()
            except Exception:
                log.exception("uses of keys could not be written")


uses = Uses()
"""This process's."""
atexit.register(uses.flush)


def noted_use(key_id: ObjectId, now: datetime) -> None:
    """Count one use of a key; costs no write."""
    uses.note(key_id, now)
