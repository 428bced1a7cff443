"""The exchange: takes calls in both directions, runs them, and lets REST interrupt them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from local.carrier.account import Refusal
from local.carrier.behaviour import CallBack, CallBehaviour
from local.carrier.call_progress import CallProgress
from local.carrier.call_run import CallRun
from local.carrier.exchange_parts import ExchangeParts
from local.carrier.line import Ordered, Redirected
from local.carrier.records import CallRecord, CallRequest, Target
from local.carrier.sids import new_sid
from local.carrier.store import Condition, Window
from local.carrier.texts import Texts

SETTLE_SECONDS = 0.2  # how long REST waits, in real time, for an order to take effect
_ALL = Window(size=1_000_000)


class Exchange:
    """All calls and texts of one carrier. Used from one event loop."""

    def __init__(self, parts: ExchangeParts) -> None:
        self.parts = parts
        self.texts = Texts(parts)
        self._runs: dict[str, CallRun] = {}

    def resume(self) -> None:
        """Close what an earlier run of the carrier left open.

        Its calls have failed, and their final callbacks are sent; its texts are delivered.
        """
        for status in ("queued", "ringing", "in-progress"):
            open_calls = [Condition("status", "=", status)]
            for call in self.parts.store.listing(CallRecord, open_calls, _ALL):
                self.parts.note("interrupted", call, status=status)
                CallProgress(self.parts, call).ended("failed", 0, 500)
        self.texts.resume()

    def place_call(self, to_number: str, from_number: str, request: CallRequest) -> CallRecord:
        """Accept a call and begin to run it."""
        now = self.parts.clock.now()
        call = CallRecord(new_sid("CA"), to_number, from_number, now, now, request)
        self._begin(call, self.parts.next_call(to_number))
        return call

    def refusal(self, number: str) -> Refusal | None:
        """Return with what Twilio refuses whatever is asked for this number, or None."""
        return self.parts.owner(number).refuse

    def ring(self, from_number: str, to_number: str, behaviour: CallBehaviour) -> CallRecord | None:
        """Let a customer call a number of the account; None when it leads nowhere."""
        account, now = self.parts.numbers.account, self.parts.clock.now()
        if not account.voice_url:
            return None
        news = account.status_callback
        fallback = account.voice_fallback_url
        request = CallRequest(
            target=Target(account.voice_url),
            fallback=Target(fallback) if fallback else None,
            status_callback=Target(news) if news else None,
        )
        call = CallRecord(
            new_sid("CA"), to_number, from_number, now, now, request, "ringing", direction="inbound"
        )
        self._begin(call, behaviour)
        return call

    def end_call(self, call_sid: str) -> Callable[[], Awaitable[None]]:
        """Hang up a call, or cancel it before it is answered; return how to wait for that."""
        run = self._runs[call_sid]
        run.line.order(Ordered())

        async def settled() -> None:
            try:
                await asyncio.wait_for(run.over.wait(), SETTLE_SECONDS)
            except TimeoutError:
                # The product is being asked something; the call ends when it has answered.
                return

        return settled

    def redirect_call(self, call_sid: str, target: Target | None, twiml: str | None) -> None:
        """Let a call in progress continue with another document."""
        self._runs[call_sid].line.order(Redirected(target, twiml))

    def assign(self, number: str, assignment: Any) -> None:
        """Give a number its owner; PersonaError when the assignment is not well-formed."""
        self.parts.directory.check(assignment)
        self.parts.numbers.assign(number, assignment)

    def _begin(self, call: CallRecord, behaviour: CallBehaviour) -> None:
        self.parts.store.save(call)
        noted = {"from_number": call.from_number, "direction": call.direction}
        self.parts.note("call_placed", call, **noted)
        run = CallRun(self.parts, call, behaviour)
        self._runs[call.sid] = run
        self.parts.background.start(self._run(call, run, behaviour.calls_back))

    async def _run(self, call: CallRecord, run: CallRun, calls_back: CallBack | None) -> None:
        try:
            await run.run()
        finally:
            del self._runs[call.sid]
        if calls_back is not None:
            await self.parts.sleep(calls_back.after)
            behaviour = CallBehaviour("answers", steps=calls_back.steps)
            self.ring(call.to_number, call.from_number, behaviour)
