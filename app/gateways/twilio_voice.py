"""Voice through Twilio's REST API, by Twilio's own client library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from twilio.base.exceptions import TwilioRestException

from app.gateways import (
    AnswerLost,
    CallFacts,
    CallRequest,
    Placed,
    PlaceResult,
    RecordingFacts,
)
from app.gateways.twilio_media import download
from app.gateways.twilio_rest import (
    FAILURES,
    ORIGIN,
    aware,
    judged,
    rest_client,
    transient,
)

_MOST_CALLS = 200
_NOT_IN_PROGRESS = 21220
_SID = re.compile(r"CA[0-9a-fA-F]{32}")
_CURRENCY = re.compile(r"[A-Za-z]{3}")
STATUSES = frozenset(
    {"queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"}
)
"""Twilio's call status in REST answers: the same words as ours."""


class TwilioVoice:
    """The Voice protocol over Twilio; ``api_url`` is scheme, host and port alone."""

    def __init__(self, account_sid: str, auth_token: str, api_url: str = ORIGIN) -> None:
        self._account_sid = account_sid
        self._auth = (account_sid, auth_token)
        self._api_url = api_url
        self._client = rest_client(account_sid, auth_token, api_url)

    def place_call(self, request: CallRequest) -> PlaceResult:
        """One POST, never repeated: Twilio has no idempotency key for it (its error 20500)."""
        detection: dict[str, str] = {}
        if request.answered_by_url is not None:
            detection = {
                "machine_detection": "Enable",
                "async_amd": "true",
                "async_amd_status_callback": request.answered_by_url,
            }
        try:
            call = self._client.calls.create(
                to=request.to_number,
                from_=request.from_number,
                url=request.script_url,
                status_callback=request.status_url,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                timeout=request.ring_seconds,
                time_limit=request.most_seconds,
                **detection,
            )
            if not _SID.fullmatch(str(call.sid)) or call.status not in STATUSES:
                return AnswerLost("an answer without a call in it")
            return Placed(call_sid=str(call.sid), status=str(call.status))
        except FAILURES as error:
            return judged(error)

    def fetch_call(self, call_sid: str) -> CallFacts | None:
        """The call as Twilio knows it; None for a 404."""
        try:
            return _call_facts(self._client.calls(call_sid).fetch())
        except TwilioRestException as error:
            if error.status == 404:
                return None
            transient(error)
        except FAILURES as error:
            transient(error)

    def find_calls(self, to_number: str, since: datetime) -> Sequence[CallFacts]:
        """Lists by number alone, for a queued call has no start time that could be filtered by."""
        try:
            found = self._client.calls.list(to=to_number, limit=_MOST_CALLS)
            # A call that was dialled by another one's document has that one for a parent.
            facts = [_call_facts(call) for call in found if not call.parent_call_sid]
        except FAILURES as error:
            transient(error)
        return [each for each in facts if each.created_at is None or each.created_at >= since]

    def end_call(self, call_sid: str, *, unless_answered: bool = False) -> bool:
        """``completed`` hangs up, and cancels what is still queued or ringing as well.

        ``canceled`` leaves alone what is in progress.
        """
        try:
            status = "canceled" if unless_answered else "completed"
            self._client.calls(call_sid).update(status=status)
        except TwilioRestException as error:
            if error.status == 404 or error.code == _NOT_IN_PROGRESS:
                return False
            transient(error)
        except FAILURES as error:
            transient(error)
        return True

    def find_recordings(self, call_sid: str) -> Sequence[RecordingFacts]:
        """The recordings Twilio has of a call."""
        try:
            found = self._client.calls(call_sid).recordings.list(limit=20)
            return [_recording_facts(recording) for recording in found]
        except FAILURES as error:
            transient(error)

    def find_recordings_since(self, since: datetime, until: datetime) -> Sequence[RecordingFacts]:
        """Lists by when they were made; page after page."""
        try:
            found = self._client.recordings.list(
                date_created_after=since, date_created_before=until, page_size=1000
            )
            return [_recording_facts(recording) for recording in found]
        except FAILURES as error:
            transient(error)

    def download_recording(self, recording_sid: str) -> bytes:
        """See ``app.gateways.twilio_media``."""
        return download(self._api_url, self._auth, recording_sid)

    def delete_recording(self, recording_sid: str) -> None:
        """Delete Twilio's copy; one that is gone is fine."""
        try:
            self._client.recordings(recording_sid).delete()
        except FAILURES as error:
            if getattr(error, "status", None) != 404:
                transient(error)


def _call_facts(call: Any) -> CallFacts:
    cost = _cost(call.price)
    return CallFacts(
        call_sid=str(call.sid),
        status=str(call.status),
        to_number=str(call.to),
        from_number=str(call._from),
        created_at=aware(call.date_created),
        start_time=aware(call.start_time),
        end_time=aware(call.end_time),
        duration=int(call.duration) if call.duration else None,
        answered_by=_plain(call.answered_by),
        cost=cost,
        currency=None if cost is None else _currency(call.price_unit),
    )


def _cost(price: str | None) -> Decimal | None:
    """What is charged is negative at Twilio, and null until it is known; a credit is positive."""
    try:
        cost = None if price is None else -Decimal(str(price))
    except InvalidOperation:
        return None
    return cost if cost is not None and cost.is_finite() else None


def _currency(unit: str | None) -> str | None:
    return unit.upper() if unit and _CURRENCY.fullmatch(unit) else None


def _plain(answered_by: str | None) -> str | None:
    if answered_by is None:
        return None
    return "machine" if answered_by.startswith(("machine", "fax")) else answered_by


def _recording_facts(recording: Any) -> RecordingFacts:
    return RecordingFacts(
        recording_sid=str(recording.sid),
        call_sid=str(recording.call_sid),
        status="in-progress" if recording.status == "processing" else str(recording.status),
        duration=float(recording.duration) if recording.duration else None,
        error_code=str(recording.error_code) if recording.error_code else None,
    )
