"""The callbacks of one call or text: one after another, unless the plan of faults disturbs them.

Callbacks tell what happened and want no document. Twilio promises neither their order nor that
they come at all, and neither does the carrier once it is told to misbehave.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from local.carrier.exchange_parts import ExchangeParts
from local.carrier.webhooks import Webhook


class Callbacks:
    """Sends what concerns one sid; `customer` is the number that the dice are thrown for."""

    def __init__(self, parts: ExchangeParts, customer: str) -> None:
        self._parts = parts
        self._customer = customer
        self._latest: asyncio.Task[None] | None = None
        self._held: Webhook | None = None
        self._again: list[Webhook] = []

    def send(self, webhook: Webhook, *, last: bool = False) -> None:
        """Send the callback when those before it are through; `last` says that it ends a call."""
        if self._strikes("callback_lost", webhook):
            return
        if last:
            self._repeat_earlier()
        elif self._strikes("callback_after_end", webhook):
            self._again.append(webhook)
        if self._strikes("callback_twice", webhook):
            self._start(self._later(webhook, self._some("callback_twice")))
        if self._strikes("callback_late", webhook):
            self._start(self._later(webhook, self._some("callback_late")))
        elif not last and self._held is None and self._strikes("callback_reordered", webhook):
            self._held = webhook
            longest = self._parts.faults.lasts("callback_reordered")
            self._start(self._release(webhook, longest))
        else:
            self._in_order(webhook)

    def _in_order(self, webhook: Webhook) -> None:
        overtaken, self._held = self._held, None
        self._latest = self._start(self._after(self._latest, webhook))
        if overtaken is not None:
            self._latest = self._start(self._after(self._latest, overtaken))

    def _repeat_earlier(self) -> None:
        """The call is over: what the dice chose of its earlier callbacks comes once more."""
        for webhook in self._again:
            length = self._parts.faults.lasts("callback_after_end")
            self._start(self._later(webhook, length))
        self._again.clear()

    async def _after(self, before: asyncio.Task[None] | None, webhook: Webhook) -> None:
        if before is not None:
            await asyncio.wait([before])
        await self._parts.webhooks.send(webhook)

    async def _later(self, webhook: Webhook, seconds: float) -> None:
        await self._parts.clock.sleep(seconds)
        await self._parts.webhooks.send(webhook)

    async def _release(self, webhook: Webhook, seconds: float) -> None:
        """Send what was held back, where nothing came that could overtake it."""
        await self._parts.clock.sleep(seconds)
        if self._held is webhook:
            self._held = None
            await self._parts.webhooks.send(webhook)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return self._parts.background.start(work)

    def _some(self, kind: str) -> float:
        return self._parts.faults.some(kind, self._customer)

    def _strikes(self, kind: str, webhook: Webhook) -> bool:
        noted = {"purpose": webhook.purpose}
        for name in ("CallStatus", "RecordingStatus", "MessageStatus", "SequenceNumber"):
            if name in webhook.parameters:
                noted[name] = webhook.parameters[name]
        return self._parts.faults.strikes(kind, self._customer, webhook.call_sid, **noted)
