"""The form fields of Twilio's voice webhooks, by the documented names."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers

from local.carrier.records import CallRecord, MessageRecord, RecordingRecord
from local.carrier.rest_answers import API_VERSION, account_path, rfc2822, segments

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
        "Direction": call.direction,
        "ApiVersion": API_VERSION,
    }
    if call.parent_sid:
        fields["ParentCallSid"] = call.parent_sid
    for name in ("From", "To", "Caller", "Called"):
        fields |= dict.fromkeys((f"{name}City", f"{name}State", f"{name}Zip"), "")
        fields[f"{name}Country"] = _country(fields[name])
    return fields


def status_fields(account_sid: str, call: CallRecord, status: str, at: float) -> dict[str, str]:
    """Return the fields of a status callback sent at that moment (seconds since 1970).

    `call.callbacks_sent` is its sequence number.
    """
    fields = voice_fields(account_sid, call, status) | {
        "Timestamp": rfc2822(at) or "",
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(call.callbacks_sent),
    }
    if status in {"ringing", "in-progress"}:
        fields["StirStatus"] = "A"
    if call.over:
        seconds = call.duration or 0
        fields["CallDuration"] = str(seconds)
        fields["Duration"] = str(-(-seconds // 60))
        fields["SipResponseCode"] = _SIP_CODES.get(status, "500")
        if call.answered_by:
            fields["AnsweredBy"] = call.answered_by
        if call.error_code:
            fields["ErrorCode"] = str(call.error_code)
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


def message_fields(account_sid: str, message: MessageRecord, status: str) -> dict[str, str]:
    """Return the fields of a text's status callback."""
    fields = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "AccountSid": account_sid,
        "From": message.from_number or "",
        "To": message.to_number,
        "ApiVersion": API_VERSION,
    }
    if message.service_sid:
        fields["MessagingServiceSid"] = message.service_sid
    if message.error_code:
        fields["ErrorCode"] = str(message.error_code)
    return fields


def inbound_message_fields(
    account_sid: str, message: MessageRecord, opt_out_type: str
) -> dict[str, str]:
    """Return the fields of the webhook for a text that a customer sent."""
    fields = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": account_sid,
        "From": message.from_number or "",
        "To": message.to_number,
        "Body": message.body,
        "NumMedia": "0",
        "NumSegments": str(segments(message.body)),
        "SmsStatus": "received",
        "ApiVersion": API_VERSION,
    }
    for name in ("From", "To"):
        fields |= dict.fromkeys((f"{name}City", f"{name}State", f"{name}Zip"), "")
        fields[f"{name}Country"] = _country(fields[name])
    if opt_out_type:
        fields["OptOutType"] = opt_out_type
    return fields


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
