"""Voice through Twilio's REST API, by Twilio's own client library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from app.errors import PermanentError, TransientError
from app.gateways import (
    AnswerLost,
    CallFacts,
    CallRequest,
    NotSent,
    Placed,
    PlaceResult,
    RecordingFacts,
    Refused,
)
from app.logs import redact

_CONNECT_SECONDS = 3.05
_READ_SECONDS = 10
_LARGEST_RECORDING = 20 * 1024 * 1024
_MOST_CALLS = 200
_NOT_IN_PROGRESS = 21220
_ORIGIN = "https://api.twilio.com"
_SID = re.compile(r"CA[0-9a-fA-F]{32}")
STATUSES = frozenset(
    {"queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"}
)
"""Twilio's call status in REST answers: the same words as ours."""
_FAILURES = (
    TwilioException,
    requests.RequestException,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)
"""What the client library raises where an answer is an error, missing, or not to be read."""


class _Http(TwilioHttpClient):
    """Twilio's HTTP client, with waits that end and the API at an address of our choice."""

    def __init__(self, api_url: str) -> None:
        # The library's default is to wait for ever; it has no setting for the two waits apart.
        super().__init__(timeout=_READ_SECONDS)
        self.timeout = (_CONNECT_SECONDS, _READ_SECONDS)
        self._api_url = api_url

    def request(self, method: str, url: str, **options: Any) -> Response:
        if url.startswith(_ORIGIN):
            url = self._api_url + url.removeprefix(_ORIGIN)
        return super().request(method, url, **options)


class TwilioVoice:
    """The Voice protocol over Twilio; ``api_url`` is scheme, host and port alone."""

    def __init__(self, account_sid: str, auth_token: str, api_url: str = _ORIGIN) -> None:
        self._account_sid = account_sid
        self._auth = (account_sid, auth_token)
        self._api_url = api_url
        self._client = Client(account_sid, auth_token, http_client=_Http(api_url))

    def place_call(self, request: CallRequest) -> PlaceResult:
        """One POST, never repeated: Twilio has no idempotency key for it (its error 20500)."""
        try:
            call = self._client.calls.create(
                to=request.to_number,
                from_=request.from_number,
                url=request.script_url,
                status_callback=request.status_url,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                timeout=request.ring_seconds,
                time_limit=request.most_seconds,
                machine_detection="Enable",
                async_amd="true",
                async_amd_status_callback=request.answered_by_url,
            )
            if not _SID.fullmatch(str(call.sid)) or call.status not in STATUSES:
                return AnswerLost("an answer without a call in it")
            return Placed(call_sid=str(call.sid), status=str(call.status))
        except (TwilioRestException, TwilioServiceException) as error:
            return _judged(error)
        except _FAILURES as error:
            if _never_connected(error):
                return NotSent("no connection")
            return AnswerLost(type(error).__name__)

    def fetch_call(self, call_sid: str) -> CallFacts | None:
        """The call as Twilio knows it; None for a 404."""
        try:
            return _call_facts(self._client.calls(call_sid).fetch())
        except TwilioRestException as error:
            if error.status == 404:
                return None
            _transient(error)
        except _FAILURES as error:
            _transient(error)

    def find_calls(self, to_number: str, since: datetime) -> Sequence[CallFacts]:
        """Lists by number alone, for a queued call has no start time that could be filtered by."""
        try:
            found = self._client.calls.list(to=to_number, limit=_MOST_CALLS)
            facts = [_call_facts(call) for call in found]
        except _FAILURES as error:
            _transient(error)
        return [each for each in facts if each.created_at is None or each.created_at >= since]

    def end_call(self, call_sid: str) -> bool:
        """``completed`` hangs up, and cancels what is still queued or ringing as well."""
        try:
            self._client.calls(call_sid).update(status="completed")
        except TwilioRestException as error:
            if error.status == 404 or error.code == _NOT_IN_PROGRESS:
                return False
            _transient(error)
        except _FAILURES as error:
            _transient(error)
        return True

    def find_recordings(self, call_sid: str) -> Sequence[RecordingFacts]:
        """The recordings Twilio has of a call."""
        try:
            return [
                RecordingFacts(
                    recording_sid=str(recording.sid),
                    call_sid=call_sid,
                    status="in-progress" if recording.status == "processing" else recording.status,
                    duration=float(recording.duration) if recording.duration else None,
                    error_code=str(recording.error_code) if recording.error_code else None,
                )
                for recording in self._client.calls(call_sid).recordings.list(limit=20)
            ]
        except _FAILURES as error:
            _transient(error)

    def download_recording(self, recording_sid: str) -> bytes:
        """Fetch the WAV from an address made of our account and the recording's id alone.

        Twilio announces recordings before they can be fetched, and may answer an error as XML
        with status 200: only audio by content type and by its first bytes counts.
        """
        path = f"/2010-04-01/Accounts/{self._account_sid}/Recordings/{recording_sid}.wav"
        try:
            answer = self._media(self._api_url + path, auth=self._auth)
            if answer.is_redirect:
                # Whoever keeps the media for Twilio gets no credentials of ours.
                answer = self._media(_secure(answer.headers["Location"]), auth=None)
            with answer:
                content = _bounded(answer)
        except requests.RequestException as error:
            raise TransientError(
                f"the recording could not be fetched: {type(error).__name__}"
            ) from error
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code != 200:
            raise TransientError(f"the recording is not to be had: HTTP {answer.status_code}")
        if not kind.startswith("audio/") or content[:4] != b"RIFF" or content[8:12] != b"WAVE":
            raise TransientError(f"what came instead of the recording is no WAV: {kind[:40]}")
        return content

    def delete_recording(self, recording_sid: str) -> None:
        """Delete Twilio's copy; one that is gone is fine."""
        try:
            self._client.recordings(recording_sid).delete()
        except TwilioRestException as error:
            if error.status != 404:
                _transient(error)
        except _FAILURES as error:
            _transient(error)

    @staticmethod
    def _media(url: str, auth: tuple[str, str] | None) -> requests.Response:
        return requests.get(
            url,
            auth=auth,
            stream=True,
            allow_redirects=False,
            timeout=(_CONNECT_SECONDS, _READ_SECONDS),
        )


def _never_connected(error: Exception) -> bool:
    """Is it certain that not a byte of the request left?"""
    if isinstance(error, requests.ConnectTimeout):
        return True
    # requests wraps what urllib3 says; a pooled connection that broke looks much the same.
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectionError) and isinstance(reason, NewConnectionError)


def _judged(error: TwilioRestException | TwilioServiceException) -> PlaceResult:
    status = error.status
    code = str(error.code or status)
    if status == 429:
        return NotSent("too many requests")
    if 400 <= status < 500:
        text = error.msg if isinstance(error, TwilioRestException) else error.title
        return Refused(code, redact(str(text))[:300])
    return AnswerLost(f"HTTP {status}")


def _call_facts(call: Any) -> CallFacts:
    return CallFacts(
        call_sid=str(call.sid),
        status=str(call.status),
        to_number=str(call.to),
        from_number=str(call._from),
        created_at=_aware(call.date_created),
        start_time=_aware(call.start_time),
        end_time=_aware(call.end_time),
        duration=int(call.duration) if call.duration else None,
        answered_by=_plain(call.answered_by),
    )


def _plain(answered_by: str | None) -> str | None:
    if answered_by is None:
        return None
    return "machine" if answered_by.startswith(("machine", "fax")) else answered_by


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)


def _secure(url: str) -> str:
    if urlsplit(url).scheme != "https":
        raise PermanentError("the recording was redirected to an address without TLS")
    return url


def _bounded(answer: requests.Response) -> bytes:
    content = b""
    for chunk in answer.iter_content(64 * 1024):
        content += chunk
        if len(content) > _LARGEST_RECORDING:
            raise PermanentError(f"the recording has more than {_LARGEST_RECORDING} bytes")
    return content


def _transient(error: Exception) -> NoReturn:
    status = getattr(error, "status", None)
    said = f"HTTP {status}" if status else type(error).__name__
    raise TransientError(f"Twilio did not answer as it should: {said}") from error
