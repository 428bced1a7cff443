"""The form fields of Twilio's voice webhooks, by the documented names."""

from __future__ import annotations

import time
from functools import lru_cache

import phonenumbers

from local.carrier.records import CallRecord, RecordingRecord
from local.carrier.rest_answers import API_VERSION, account_path, rfc2822

_SIP_CODES = {"completed": "200", "busy": "486", "no-answer": "487", "canceled": "487"}


def voice_fields(account_sid: str, call: CallRecord, status: str) -> dict[str, str]:
    """Return the fields every voice request carries, with `status` as the call's status."""
    fields = {
        "CallSid": call.sid,
        "AccountSid": account_sid,
        "From": call.from_number,
        "To": call.to_number,
        "Caller": call.from_number,
        "Called": call.to_number,
        "CallStatus": status,
        "Direction": "outbound-api",
        "ApiVersion": API_VERSION,
    }
    for name in ("From", "To", "Caller", "Called"):
        fields |= dict.fromkeys((f"{name}City", f"{name}State", f"{name}Zip"), "")
        fields[f"{name}Country"] = _country(fields[name])
    return fields


def status_fields(
    account_sid: str, call: CallRecord, status: str, sip_code: int | None
) -> dict[str, str]:
    """Return the fields of a status callback; `call.callbacks_sent` is its sequence number."""
    fields = voice_fields(account_sid, call, status) | {
        "Timestamp": rfc2822(time.time()) or "",
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(call.callbacks_sent),
    }
    if status in {"ringing", "in-progress"}:
        fields["StirStatus"] = "A"
    if call.over:
        seconds = call.duration or 0
        fields["CallDuration"] = str(seconds)
        fields["Duration"] = str(-(-seconds // 60))
        fields["SipResponseCode"] = str(sip_code or _SIP_CODES.get(status, "500"))
        if call.answered_by:
            fields["AnsweredBy"] = call.answered_by
    return fields


def detection_fields(
    account_sid: str, call_sid: str, verdict: str, seconds: float
) -> dict[str, str]:
    """Return the fields of an asynchronous machine detection callback."""
    return {
        "CallSid": call_sid,
        "AccountSid": account_sid,
        "AnsweredBy": verdict,
        "MachineDetectionDuration": str(round(seconds * 1000)),
    }


def recording_url(base_url: str, account_sid: str, recording_sid: str) -> str:
    """Return a recording's address, without an extension as Twilio gives it."""
    return f"{base_url}{account_path(account_sid)}/Recordings/{recording_sid}"


def recording_fields(account_sid: str, recording: RecordingRecord, base_url: str) -> dict[str, str]:
    """Return the fields of a recording status callback."""
    fields = {
        "AccountSid": account_sid,
        "CallSid": recording.call_sid,
        "RecordingSid": recording.sid,
        "RecordingUrl": recording_url(base_url, account_sid, recording.sid),
        "RecordingStatus": recording.status,
        "RecordingDuration": str(recording.duration),
        "RecordingChannels": "1",
        "RecordingStartTime": rfc2822(recording.start_at) or "",
        "RecordingSource": "RecordVerb",
        "RecordingTrack": "both",
    }
    if recording.error_code is not None:
        fields["ErrorCode"] = str(recording.error_code)
    return fields


@lru_cache(maxsize=4096)
def _country(number: str) -> str:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""
    except phonenumbers.NumberParseException:
        return ""
