"""The exchange: takes calls and messages, runs them, and lets REST interrupt them."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from typing import Any

from local.carrier.call_progress import CallProgress
from local.carrier.call_run import CallRun
from local.carrier.exchange_parts import ExchangeParts
from local.carrier.line import Ordered, Redirected
from local.carrier.persona_fields import PersonaError
from local.carrier.personas import NOBODY, CallBehaviour, Directory
from local.carrier.records import CallRecord, CallRequest, MessageRecord, Target
from local.carrier.rest_answers import API_VERSION
from local.carrier.sids import new_sid
from local.carrier.store import Condition, Window
from local.carrier.webhooks import Webhook

MESSAGE_STEP_SECONDS = 1.0
SETTLE_SECONDS = 0.2  # how long REST waits, in real time, for an order to take effect
_ALL = Window(size=1_000_000)
_MESSAGE_PATH = ("queued", "sent", "delivered")


class Exchange:
    """All calls of one carrier. Used from one event loop."""

    def __init__(self, parts: ExchangeParts, directory: Directory) -> None:
        self.parts = parts
        self.directory = directory
        self._runs: dict[str, CallRun] = {}

    def resume(self) -> None:
        """Close what an earlier run of the carrier left open.

        Its calls have failed, and their final callbacks are sent; its messages are delivered.
        """
        store = self.parts.store
        for status in ("queued", "ringing", "in-progress"):
            for call in store.listing(CallRecord, [Condition("status", "=", status)], _ALL):
                self.parts.note("interrupted", call, status=status)
                CallProgress(self.parts, call.sid).ended("failed", 0, 500)
        for status in _MESSAGE_PATH[:-1]:
            for message in store.listing(MessageRecord, [Condition("status", "=", status)], _ALL):
                self.parts.background.start(self._deliver(message))

    def place_call(self, to_number: str, from_number: str, request: CallRequest) -> CallRecord:
        """Accept a call and begin to run it."""
        now = time.time()
        call = CallRecord(new_sid("CA"), to_number, from_number, now, now, request)
        self.parts.store.save(call)
        self.parts.note("call_placed", call, from_number=from_number)
        run = CallRun(self.parts, call, self._behaviour(call))
        self._runs[call.sid] = run
        self.parts.background.start(self._run(call.sid, run))
        return call

    async def end_call(self, call_sid: str) -> None:
        """Hang up a call, or cancel it before it is answered."""
        run = self._runs[call_sid]
        run.line.order(Ordered())
        try:
            await asyncio.wait_for(run.over.wait(), SETTLE_SECONDS)
        except TimeoutError:
            # The product is being asked something; the call ends when it has answered.
            return

    def redirect_call(self, call_sid: str, target: Target | None, twiml: str | None) -> None:
        """Let a call in progress continue with another document."""
        self._runs[call_sid].line.order(Redirected(target, twiml))

    def send_message(self, message: MessageRecord) -> None:
        """Accept a text message and begin to deliver it."""
        self.parts.store.save(message)
        self.parts.background.start(self._deliver(message))

    def assign(self, number: str, assignment: Any) -> None:
        """Give a number its owner; PersonaError when the assignment is not well-formed."""
        self.directory.check(assignment)
        self.parts.store.assign(number, assignment)

    async def _run(self, call_sid: str, run: CallRun) -> None:
        try:
            await run.run()
        finally:
            del self._runs[call_sid]

    def _behaviour(self, call: CallRecord) -> CallBehaviour:
        store = self.parts.store
        assignment, turn = store.assignment(call.to_number), store.take_turn(call.to_number)
        try:
            behaviours = self.directory.behaviours(assignment, call.to_number)
        except PersonaError as error:
            # A stored assignment can outlive the persona or the sound it names.
            self.parts.note("warning", call, reason=str(error))
            behaviours = (NOBODY,)
        return behaviours[min(turn, len(behaviours) - 1)]

    async def _deliver(self, message: MessageRecord) -> None:
        start = _MESSAGE_PATH.index(message.status)
        for status in _MESSAGE_PATH[start:]:
            now = time.time()
            sent_at = message.sent_at or (None if status == "queued" else now)
            message = dataclasses.replace(message, status=status, sent_at=sent_at, updated_at=now)
            self.parts.store.save(message)
            await self._tell_message(message)
            await self.parts.sleep(MESSAGE_STEP_SECONDS)

    async def _tell_message(self, message: MessageRecord) -> None:
        if message.callback is None:
            return
        fields = {
            "MessageSid": message.sid,
            "SmsSid": message.sid,
            "MessageStatus": message.status,
            "SmsStatus": message.status,
            "AccountSid": self.parts.options.account_sid,
            "From": message.from_number or "",
            "To": message.to_number,
            "ApiVersion": API_VERSION,
        }
        if message.service_sid:
            fields["MessagingServiceSid"] = message.service_sid
        target = Target(message.callback)
        await self.parts.webhooks.send(
            Webhook("message", target, fields, None, message.to_number, voice=False)
        )
