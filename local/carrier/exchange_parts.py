"""What every call needs of the carrier: its memory, its way to the product, its clock."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.carrier.records import CallRecord, JournalEntry
from local.carrier.store import Store
from local.carrier.webhooks import WebhookSender


@dataclass(frozen=True, slots=True)
class CarrierOptions:
    """How a carrier is run. `speed` is call seconds per real second; port 0 takes a free one."""

    account_sid: str
    auth_token: str = field(repr=False)
    folder: Path
    speed: float = 1.0
    personas_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0


class BackgroundTasks:
    """Work that goes on beside the calls; what fails in it is told on stderr, never lost."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run the work; it is cancelled when the carrier stops."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self) -> None:
        """Cancel everything and wait for it."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            complain("background work failed", error=repr(task.exception()))


@dataclass(frozen=True, slots=True)
class ExchangeParts:
    """The shared parts of a running carrier; `base_url` is its own address."""

    options: CarrierOptions
    base_url: str
    store: Store
    webhooks: WebhookSender
    background: BackgroundTasks

    def note(self, kind: str, call: CallRecord, **details: Any) -> None:
        """Write to the journal what happened in a call."""
        self.store.note(JournalEntry(time.time(), kind, call.sid, call.to_number, details))

    async def sleep(self, call_seconds: float) -> None:
        """Let call time pass outside any line."""
        await asyncio.sleep(call_seconds / self.options.speed)


def complain(event: str, **details: Any) -> None:
    """Say on stderr, as one JSON line without personal data, that something is wrong."""
    print(json.dumps({"event": event, **details}), file=sys.stderr, flush=True)
