"""Telling REST and the product how a call progresses: status changes and machine detection."""

from __future__ import annotations

import asyncio
import time

from local.carrier.exchange_parts import ExchangeParts
from local.carrier.form_fields import detection_fields, status_fields
from local.carrier.records import FINAL_STATUSES, CallRecord
from local.carrier.webhooks import Webhook

_EVENTS = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}


class CallProgress:
    """The public face of one call. Callbacks leave one after another, in order."""

    def __init__(self, parts: ExchangeParts, call_sid: str) -> None:
        self._parts = parts
        self._call_sid = call_sid
        self._latest: asyncio.Task[None] | None = None

    def initiated(self) -> None:
        """The network has begun to dial; REST still shows the call as queued."""
        call = self._parts.store.change_call(self._call_sid, start_at=time.time())
        self._tell(call, "initiated", None)

    def reached(self, status: str) -> None:
        """The call is `ringing` or `in-progress`."""
        self._tell(self._parts.store.change_call(self._call_sid, status=status), status, None)

    def ended(self, status: str, duration: int, sip_code: int | None = None) -> None:
        """The call has reached a final status after `duration` seconds of talking."""
        call = self._parts.store.change_call(
            self._call_sid, status=status, duration=duration, end_at=time.time()
        )
        self._parts.note("call_ended", call, status=status, duration=duration)
        self._tell(call, status, sip_code)

    def detected(self, verdict: str, seconds: float) -> None:
        """Machine detection has a result, `seconds` after the call was answered."""
        call = self._parts.store.change_call(self._call_sid, answered_by=verdict)
        self._parts.note("machine_detection", call, answered_by=verdict, seconds=seconds)
        asked = call.request.machine_detection
        if asked is None or not asked.asynchronous or asked.callback is None:
            return
        fields = detection_fields(self._parts.options.account_sid, call.sid, verdict, seconds)
        self._parts.background.start(
            self._send(Webhook("detection", asked.callback, fields, call.sid, call.to_number))
        )

    def _tell(self, call: CallRecord, status: str, sip_code: int | None) -> None:
        self._parts.note("call_status", call, status=status)
        event = "completed" if status in FINAL_STATUSES else _EVENTS[status]
        target = call.request.status_callback
        if target is None or event not in call.request.status_events:
            return
        fields = status_fields(self._parts.options.account_sid, call, status, sip_code)
        self._parts.store.change_call(call.sid, callbacks_sent=call.callbacks_sent + 1)
        webhook = Webhook("status", target, fields, call.sid, call.to_number)
        self._latest = self._parts.background.start(self._send(webhook, self._latest))

    async def _send(self, webhook: Webhook, after: asyncio.Task[None] | None = None) -> None:
        if after is not None:
            await asyncio.wait([after])
        await self._parts.webhooks.send(webhook)
