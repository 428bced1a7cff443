"""The speech worker's signs of life: that it runs, and how long its last job took."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog

from app.models import Heartbeat
from app.queues import SPEECH

log = structlog.get_logger()
_EVERY = 5.0
"""Seconds."""


@contextmanager
def beating() -> Iterator[None]:
    """Leave a sign of life every few seconds, also while a job runs."""
    over = threading.Event()
    thread = threading.Thread(target=_beat, args=(over,), name="sign of life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def heard(seconds: float, audio_seconds: float) -> None:
    """Note that a recording was heard just now, and in how many seconds."""
    now = datetime.now(UTC)
    Heartbeat.objects(name=SPEECH).update_one(
        upsert=True,
        set__at=now,
        set__job_at=now,
        set__job_seconds=seconds,
        set__audio_seconds=audio_seconds,
    )


def _beat(over: threading.Event) -> None:
    while True:
        try:
            Heartbeat.objects(name=SPEECH).update_one(upsert=True, set__at=datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - MongoDB may be away: the next one may pass
            log.warning("no sign of life could be left", why=repr(error))
        if over.wait(_EVERY):
            return
