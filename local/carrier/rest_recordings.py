"""REST: reading, listing and deleting recordings, and fetching their sound."""

from __future__ import annotations

from local.carrier.exchange import Exchange
from local.carrier.records import CallRecord, RecordingRecord
from local.carrier.rest_answers import (
    ApiError,
    RestAnswer,
    answer,
    not_found,
    plain_answer,
    recording_answer,
)
from local.carrier.rest_forms import equal_conditions, time_conditions
from local.carrier.rest_pages import Page
from local.carrier.rest_request import RestRequest
from local.carrier.store import Condition

_XML_ERROR = """<?xml version="1.0" encoding="UTF-8"?>
<TwilioResponse><RestException><Code>20404</Code><Status>404</Status>
<Message>The requested resource was not found</Message></RestException></TwilioResponse>"""


class RecordingResource:
    """Handlers for `/Recordings…` and `/Calls/{sid}/Recordings.json`."""

    def __init__(self, exchange: Exchange) -> None:
        self._parts = exchange.parts

    def index(self, request: RestRequest) -> RestAnswer:
        """Return a page of the account's recordings, newest first."""
        return self._page(request, equal_conditions(request.query, {"CallSid": "call_sid"}))

    def index_of_call(self, request: RestRequest) -> RestAnswer:
        """Return a page of one call's recordings."""
        call_sid = request.match["sid"]
        if self._parts.store.find(CallRecord, call_sid) is None:
            raise not_found(request.path)
        return self._page(request, [Condition("call_sid", "=", call_sid)], under_call=True)

    def fetch(self, request: RestRequest) -> RestAnswer:
        """Return one recording's description."""
        recording = self._recording(request)
        return answer(200, self._shape(recording, under_call=False))

    def delete(self, request: RestRequest) -> RestAnswer:
        """Delete a recording and its sound."""
        self._parts.store.delete(RecordingRecord, self._recording(request).sid)
        return answer(204, None)

    def media(self, request: RestRequest) -> RestAnswer:
        """Return a recording's sound as WAV; 404 while there is none."""
        recording = self._recording(request)
        now = self._parts.clock.now()
        media = self._parts.store.media_file(recording.sid)
        late = self._parts.faults.counted_down("media_404", request.path)
        if late or now < recording.media_from or not media.exists():
            raise not_found(request.path)
        if now < recording.xml_until:
            return plain_answer(200, _XML_ERROR.encode(), "application/xml")
        return plain_answer(200, media.read_bytes(), "audio/x-wav")

    def media_in_other_format(self, request: RestRequest) -> RestAnswer:
        """Refuse formats the carrier cannot write."""
        raise ApiError(406, 20006, f"The carrier has only .wav, not {request.path}")

    def _page(
        self, request: RestRequest, conditions: list[Condition], *, under_call: bool = False
    ) -> RestAnswer:
        conditions = [*conditions, *time_conditions(request.query, "DateCreated", "created_at")]
        page = Page(request, self._parts.store, RecordingRecord, conditions)
        items = [self._shape(recording, under_call=under_call) for recording in page.records]
        return answer(200, page.body("recordings", items))

    def _shape(self, recording: RecordingRecord, *, under_call: bool) -> dict[str, object]:
        account_sid = self._parts.options.account_sid
        return recording_answer(account_sid, recording, self._parts.base_url, under_call=under_call)

    def _recording(self, request: RestRequest) -> RecordingRecord:
        recording = self._parts.store.find(RecordingRecord, request.match["sid"])
        if recording is None:
            raise not_found(request.path)
        return recording
