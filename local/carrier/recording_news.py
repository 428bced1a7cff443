"""Keeping a recording and telling the product about it, as its Record subscribed."""

from __future__ import annotations

from dataclasses import replace

from local.carrier.callbacks import Callbacks
from local.carrier.conversation import Conversation, Document
from local.carrier.form_fields import recording_fields, recording_url
from local.carrier.records import RecordingRecord, Target
from local.carrier.twiml import Verb
from local.carrier.webhooks import Webhook

READY_AFTER = 1.0  # call seconds between the end of a recording and its callback
_CALLBACK = "recordingStatusCallback"


class RecordingNews:
    """Announces one Record's recording to the address it names."""

    def __init__(self, conversation: Conversation, verb: Verb, document: Document) -> None:
        self._conversation = conversation
        self._parts = conversation.parts
        self._callbacks = Callbacks(conversation.parts, conversation.call.customer)
        self._events = verb.attributes.get(f"{_CALLBACK}Event", "completed").split()
        self._target: Target | None = None
        if _CALLBACK in verb.attributes:
            method = verb.attributes.get(f"{_CALLBACK}Method", "POST")
            self._target = document.resolve(verb.attributes[_CALLBACK], method)

    def url(self, recording: RecordingRecord) -> str:
        """Return the address the recording's media has."""
        return recording_url(self._parts.base_url, self._parts.options.account_sid, recording.sid)

    def tell(self, recording: RecordingRecord, delay: float = 0.0) -> None:
        """Announce the recording's status, if that is wanted, `delay` call seconds from now."""
        if self._target is not None and recording.status in self._events:
            self._parts.background.start(self._send(recording, self._target, delay))

    async def keep(self, recording: RecordingRecord, media: bytes | None) -> None:
        """Store the finished recording and announce it a moment later."""
        store = self._parts.store
        if media is not None:
            file = store.media_file(recording.sid)
            await self._parts.clock.aside(file.write_bytes, media)
            recording = self._withheld(recording)
        store.save(recording)
        self._parts.note(
            "recording",
            self._conversation.call,
            recording_sid=recording.sid,
            status=recording.status,
            duration=recording.duration,
            error_code=recording.error_code,
        )
        self.tell(recording, READY_AFTER)

    def _withheld(self, recording: RecordingRecord) -> RecordingRecord:
        """Return the recording with its sound kept back for a while, by the plan of faults."""
        call, now, faults = self._conversation.call, self._parts.clock.now(), self._parts.faults
        if self._parts.strikes("media_404", call, recording_sid=recording.sid):
            recording = replace(recording, media_from=now + faults.lasts("media_404"))
        if self._parts.strikes("media_xml_200", call, recording_sid=recording.sid):
            begins = max(now, recording.media_from)
            recording = replace(recording, xml_until=begins + faults.lasts("media_xml_200"))
        return recording

    async def _send(self, recording: RecordingRecord, target: Target, delay: float) -> None:
        await self._parts.sleep(delay)
        fields = recording_fields(self._parts.options.account_sid, recording, self._parts.base_url)
        call = self._conversation.call
        self._callbacks.send(Webhook("recording", target, fields, call.sid, call.to_number))
