"""What every call needs of the carrier: its memory, its way to the product, its clock."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.carrier.behaviour import CallBehaviour, TextBehaviour
from local.carrier.clock import Clock
from local.carrier.faults import Faults
from local.carrier.numbers import Numbers
from local.carrier.persona_fields import PersonaError
from local.carrier.personas import Directory, Owner, load_personas
from local.carrier.records import CallRecord, JournalEntry
from local.carrier.store import Store
from local.carrier.transport import Transport
from local.carrier.webhooks import WebhookSender

PRICED_AFTER = 60.0
"""Seconds of a call's time from its end until its price is known."""


@dataclass(frozen=True, slots=True)
class CarrierOptions:
    """How a carrier is run. `speed` is call seconds per real second; port 0 takes a free one.

    `journal_entries` is how many of the latest are kept at least, 0 for all of them.
    """

    account_sid: str
    auth_token: str = field(repr=False)
    folder: Path
    speed: float = 1.0
    personas_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0
    journal_entries: int = 0


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
    clock: Clock
    store: Store
    numbers: Numbers
    faults: Faults
    webhooks: WebhookSender
    background: BackgroundTasks
    directory: Directory

    @staticmethod
    def over(
        options: CarrierOptions, base_url: str, clock: Clock, transport: Transport
    ) -> ExchangeParts:
        """Build the parts of a carrier that lives in this time and asks the product this way.

        Raises PersonaError for a bad personas file.
        """
        directory = load_personas(options.personas_file)
        store = Store(options.folder, clock, options.journal_entries)
        return ExchangeParts(
            options=options,
            base_url=base_url,
            clock=clock,
            store=store,
            numbers=Numbers(store),
            faults=Faults(store, clock, options.speed),
            webhooks=WebhookSender(
                (options.account_sid, options.auth_token), store, clock, transport
            ),
            background=BackgroundTasks(),
            directory=directory,
        )

    async def stop(self) -> None:
        """Stop everything; calls in progress are closed by the next start."""
        await self.background.stop()
        await self.webhooks.close()
        self.store.close()

    def note(self, kind: str, call: CallRecord, **details: Any) -> None:
        """Write to the journal what happened in a call."""
        self.store.note(JournalEntry(self.clock.now(), kind, call.sid, call.to_number, details))

    def strikes(self, kind: str, call: CallRecord, **details: Any) -> bool:
        """Say whether this goes wrong, by the plan of faults; it is noted then."""
        return self.faults.strikes(kind, call.customer, call.sid, **details)

    def owner(self, number: str) -> Owner:
        """Return who has the number; nobody, where what was assigned has become unusable."""
        try:
            return self.directory.owner(self.numbers.assignment(number), number)
        except PersonaError as error:
            # A stored assignment can outlive the persona or the sound it names.
            details = {"reason": str(error)}
            entry = JournalEntry(self.clock.now(), "warning", None, number, details)
            self.store.note(entry)
            return Owner()

    def next_call(self, number: str) -> CallBehaviour:
        """Return how the number behaves in one more call, and count that call."""
        calls, turn = self.owner(number).calls, self.numbers.take_turn(number)
        return calls[min(turn, len(calls) - 1)]

    def next_text(self, number: str) -> TextBehaviour:
        """Return what becomes of one more text to the number, and count that text."""
        texts, turn = self.owner(number).texts, self.numbers.take_text(number)
        return texts[min(turn, len(texts) - 1)]

    def dialled(self, number: str) -> CallBehaviour | None:
        """Return how the number behaves when another call dials it; None when nobody has it."""
        if self.numbers.assignment(number) is None and number not in self.directory.by_number:
            return None
        return self.next_call(number)

    async def sleep(self, call_seconds: float) -> None:
        """Let call time pass outside any line."""
        await self.clock.sleep(call_seconds / self.options.speed)

    def priced(self, call: CallRecord) -> bool:
        """Say whether the call has been over for so long that its price is known."""
        if call.end_at is None:
            return False
        return (self.clock.now() - call.end_at) * self.options.speed >= PRICED_AFTER


def complain(event: str, **details: Any) -> None:
    """Say on stderr, as one JSON line without personal data, that something is wrong."""
    print(json.dumps({"event": event, **details}), file=sys.stderr, flush=True)
