"""REST: reading, listing and deleting recordings, and fetching their sound."""

from __future__ import annotations

from aiohttp import web

from local.carrier.exchange import Exchange
from local.carrier.faults import Faults
from local.carrier.records import CallRecord, RecordingRecord
from local.carrier.rest_answers import ApiError, answer, not_found, recording_answer
from local.carrier.rest_forms import equal_conditions, time_conditions
from local.carrier.rest_pages import Page
from local.carrier.store import Condition


class RecordingResource:
    """Handlers for `/Recordings…` and `/Calls/{sid}/Recordings.json`."""

    def __init__(self, exchange: Exchange, faults: Faults) -> None:
        self._parts = exchange.parts
        self._faults = faults

    async def index(self, request: web.Request) -> web.Response:
        """Return a page of the account's recordings, newest first."""
        return self._page(request, equal_conditions(request.query, {"CallSid": "call_sid"}))

    async def index_of_call(self, request: web.Request) -> web.Response:
        """Return a page of one call's recordings."""
        call_sid = request.match_info["sid"]
        if self._parts.store.find(CallRecord, call_sid) is None:
            raise not_found(request.path)
        return self._page(request, [Condition("call_sid", "=", call_sid)], under_call=True)

    async def fetch(self, request: web.Request) -> web.Response:
        """Return one recording's description."""
        recording = self._recording(request)
        return answer(200, self._shape(recording, under_call=False))

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a recording and its sound."""
        self._parts.store.delete(RecordingRecord, self._recording(request).sid)
        return answer(204, None)

    async def media(self, request: web.Request) -> web.StreamResponse:
        """Return a recording's sound as WAV; 404 while there is none."""
        recording = self._recording(request)
        store = self._parts.store
        media = store.media_file(recording.sid)
        late = self._faults.strike_noted("media_404", store, request.path)
        if late or not media.exists():
            raise not_found(request.path)
        return web.FileResponse(media, headers={"Content-Type": "audio/x-wav"})

    async def media_in_other_format(self, request: web.Request) -> web.StreamResponse:
        """Refuse formats the carrier cannot write."""
        raise ApiError(406, 20006, f"The carrier has only .wav, not {request.path}")

    def _page(
        self, request: web.Request, conditions: list[Condition], *, under_call: bool = False
    ) -> web.Response:
        conditions = [*conditions, *time_conditions(request.query, "DateCreated", "created_at")]
        page = Page(request, self._parts.store, RecordingRecord, conditions)
        items = [self._shape(recording, under_call=under_call) for recording in page.records]
        return answer(200, page.body("recordings", items))

    def _shape(self, recording: RecordingRecord, *, under_call: bool) -> dict[str, object]:
        account_sid = self._parts.options.account_sid
        return recording_answer(account_sid, recording, self._parts.base_url, under_call=under_call)

    def _recording(self, request: web.Request) -> RecordingRecord:
        recording = self._parts.store.find(RecordingRecord, request.match_info["sid"])
        if recording is None:
            raise not_found(request.path)
        return recording
