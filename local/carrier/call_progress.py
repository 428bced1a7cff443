"""Telling REST and the product how a call progresses: status changes and machine detection."""

from __future__ import annotations

from dataclasses import replace

from local.carrier.callbacks import Callbacks
from local.carrier.exchange_parts import ExchangeParts
from local.carrier.form_fields import detection_fields, status_fields
from local.carrier.records import FINAL_STATUSES, CallRecord
from local.carrier.webhooks import Webhook

_EVENTS = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}


class CallProgress:
    """The public face of one call. Callbacks leave one after another, in order."""

    def __init__(self, parts: ExchangeParts, call: CallRecord) -> None:
        self._parts = parts
        self._call_sid = call.sid
        self._callbacks = Callbacks(parts, call.customer)

    def initiated(self) -> None:
        """The network has begun to dial; REST still shows the call as queued."""
        call = self._parts.store.change_call(self._call_sid, start_at=self._parts.clock.now())
        self._tell(call, "initiated", None)

    def reached(self, status: str) -> None:
        """The call is `ringing` or `in-progress`."""
        self._tell(self._parts.store.change_call(self._call_sid, status=status), status, None)

    def ended(
        self, status: str, duration: int, sip_code: int | None = None, error_code: int | None = None
    ) -> None:
        """The call has reached a final status after `duration` seconds of talking."""
        call = self._parts.store.change_call(
            self._call_sid,
            status=status,
            duration=duration,
            end_at=self._parts.clock.now(),
            error_code=error_code,
        )
        noted = {"error_code": error_code} if error_code else {}
        self._parts.note("call_ended", call, status=status, duration=duration, **noted)
        self._tell(call, status, sip_code)
        if self._parts.strikes("event_after_end", call):
            self._parts.background.start(self._event_after_end(call))

    def detected(self, verdict: str, seconds: float) -> None:
        """Machine detection has a result, `seconds` after the call was answered."""
        call = self._parts.store.change_call(self._call_sid, answered_by=verdict)
        self._parts.note("machine_detection", call, answered_by=verdict, seconds=seconds)
        asked = call.request.machine_detection
        if asked is None or not asked.asynchronous or asked.callback is None:
            return
        fields = detection_fields(self._parts.options.account_sid, call.sid, verdict, seconds)
        # Detection does not wait for the call's other callbacks, nor they for it.
        Callbacks(self._parts, call.customer).send(
            Webhook("detection", asked.callback, fields, call.sid, call.to_number)
        )

    def _tell(self, call: CallRecord, status: str, sip_code: int | None) -> None:
        self._parts.note("call_status", call, status=status)
        last = status in FINAL_STATUSES
        event = "completed" if last else _EVENTS[status]
        target = call.request.status_callback
        if target is None or event not in call.request.status_events:
            return
        now = self._parts.clock.now()
        fields = status_fields(self._parts.options.account_sid, call, status, now)
        if sip_code is not None and last:
            fields["SipResponseCode"] = str(sip_code)
        self._parts.store.change_call(call.sid, callbacks_sent=call.callbacks_sent + 1)
        webhook = Webhook("status", target, fields, call.sid, call.to_number)
        self._callbacks.send(webhook, last=last)

    async def _event_after_end(self, call: CallRecord) -> None:
        """Say of a call that is over that it is in progress, with the next sequence number."""
        target = call.request.status_callback
        await self._parts.clock.sleep(self._parts.faults.lasts("event_after_end"))
        if target is None:
            return
        late = replace(call, callbacks_sent=call.callbacks_sent + 1, status="in-progress")
        now = self._parts.clock.now()
        fields = status_fields(self._parts.options.account_sid, late, "in-progress", now)
        await self._parts.webhooks.send(Webhook("status", target, fields, call.sid, call.to_number))
