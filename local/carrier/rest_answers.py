"""The shapes of Twilio's REST answers: resources, pages of them, errors and dates.

Shapes follow Twilio's OpenAPI description of the 2010-04-01 API: money and durations are strings,
dates are RFC 2822 in UTC.
"""

from __future__ import annotations

import email.utils
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import phonenumbers

from local.carrier.records import CallRecord, MessageRecord, RecordingRecord
from local.carrier.sids import new_sid

API_VERSION = "2010-04-01"
CALL_PRICE_PER_MINUTE = 0.014
MESSAGE_PRICE = "-0.00790"
ERROR_TEXTS: Mapping[int, str] = {
    20003: "Authenticate",
    20429: "Too many requests",
    20500: "An internal server error has occurred",
    20503: "The service is unavailable",
    21210: "The source phone number provided is not yet verified for your account",
    21211: "The 'To' number is not a valid phone number",
    21215: "Account not authorized to call that country",
    21610: "Attempt to send to unsubscribed recipient",
    21614: "The 'To' number is not a valid mobile number",
    30001: "Queue overflow",
    30003: "Unreachable destination handset",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30034: "Message from an unregistered number",
    30036: "Validity period expired",
}
"""What some of Twilio's error codes are about, in few words."""

_CALL_PARTS = {
    "notifications": "Notifications",
    "recordings": "Recordings",
    "payments": "Payments",
    "events": "Events",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}


class ApiError(Exception):
    """A request Twilio would refuse, with its HTTP status and its own code."""

    def __init__(self, status: int, code: int, message: str = "") -> None:
        message = message or ERROR_TEXTS.get(code, f"Error {code}")
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def not_found(path: str) -> ApiError:
    """Return the error for a resource that does not exist."""
    return ApiError(404, 20404, f"The requested resource {path} was not found")


@dataclass(frozen=True, slots=True)
class RestAnswer:
    """The HTTP answer to a REST request, and its `fate`: empty where it simply arrives.

    `lost`: the connection breaks instead. `hang`: nothing comes for `seconds` of real time.
    `late`: it comes after `seconds`.
    """

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    fate: str = ""
    seconds: float = 0.0


def answer(status: int, body: Any | None) -> RestAnswer:
    """Return the answer with this JSON body, or with none."""
    return plain_answer(status, b"" if body is None else json.dumps(body).encode())


def plain_answer(status: int, body: bytes, content_type: str = "application/json") -> RestAnswer:
    """Return the answer with these bytes; every one passes here."""
    headers = {"Twilio-Request-Id": new_sid("RQ"), "Twilio-Concurrent-Requests": "1"}
    return RestAnswer(status, body, content_type, headers)


def error_answer(error: ApiError) -> RestAnswer:
    """Return the answer that tells a caller why it was refused."""
    body = {
        "code": error.code,
        "message": error.message,
        "more_info": f"https://www.twilio.com/docs/errors/{error.code}",
        "status": error.status,
    }
    given = answer(error.status, body)
    if error.status != 401:
        return given
    return replace(given, headers={**given.headers, "WWW-Authenticate": 'Basic realm="Twilio API"'})


def rfc2822(at: float | None) -> str | None:
    """Return a moment (seconds since 1970) as Twilio writes dates, or None."""
    if at is None:
        return None
    return email.utils.formatdate(at, usegmt=False).replace("-0000", "+0000")


def account_path(account_sid: str) -> str:
    """Return the path all of an account's resources lie under."""
    return f"/{API_VERSION}/Accounts/{account_sid}"


def call_price(call: CallRecord) -> str | None:
    """Return what the call comes to, as Twilio's negative decimal string; None: not charged."""
    if call.status != "completed" or not call.duration:
        return None
    return f"-{-(-call.duration // 60) * CALL_PRICE_PER_MINUTE:.5f}"


def call_answer(account_sid: str, call: CallRecord, *, priced: bool = False) -> dict[str, Any]:
    """Return a call in the shape of `api.v2010.account.call`; `priced`: its price is known."""
    path = f"{account_path(account_sid)}/Calls/{call.sid}"
    return {
        "sid": call.sid,
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "date_created": rfc2822(call.created_at),
        "date_updated": rfc2822(call.updated_at),
        "parent_call_sid": call.parent_sid,
        "to": call.to_number,
        "to_formatted": _formatted(call.to_number),
        "from": call.from_number,
        "from_formatted": _formatted(call.from_number),
        "phone_number_sid": None,
        "status": call.status,
        "start_time": rfc2822(call.start_at),
        "end_time": rfc2822(call.end_at),
        "duration": None if call.duration is None else str(call.duration),
        "price": call_price(call) if priced else None,
        "price_unit": "USD",
        "direction": call.direction,
        "answered_by": call.answered_by,
        "forwarded_from": None,
        "group_sid": None,
        "caller_name": None,
        "queue_time": str(round(((call.start_at or call.created_at) - call.created_at) * 1000)),
        "trunk_sid": None,
        "uri": f"{path}.json",
        "subresource_uris": {name: f"{path}/{part}.json" for name, part in _CALL_PARTS.items()},
    }


def recording_answer(
    account_sid: str, recording: RecordingRecord, base_url: str, *, under_call: bool = False
) -> dict[str, Any]:
    """Return a recording, in the shape it has alone or (`under_call`) as a part of its call."""
    path = f"{account_path(account_sid)}/Recordings/{recording.sid}"
    shared = {
        "sid": recording.sid,
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "call_sid": recording.call_sid,
        "conference_sid": None,
        "date_created": rfc2822(recording.created_at),
        "date_updated": rfc2822(recording.updated_at),
        "start_time": rfc2822(recording.start_at),
        "duration": str(recording.duration),
        "price": None,
        "price_unit": "USD",
        "status": recording.status,
        "channels": 1,
        "source": "RecordVerb",
        "error_code": recording.error_code,
        "encryption_details": None,
    }
    if under_call:
        uri = f"{account_path(account_sid)}/Calls/{recording.call_sid}/Recordings/{recording.sid}"
        return {**shared, "uri": f"{uri}.json", "track": "both"}
    parts = {"add_on_results": "AddOnResults", "transcriptions": "Transcriptions"}
    return {
        **shared,
        "uri": f"{path}.json",
        "media_url": base_url + path,
        "subresource_uris": {name: f"{path}/{part}.json" for name, part in parts.items()},
    }


def message_answer(account_sid: str, message: MessageRecord) -> dict[str, Any]:
    """Return a text message in the shape of `api.v2010.account.message`."""
    path = f"{account_path(account_sid)}/Messages/{message.sid}"
    delivered = message.status == "delivered"
    return {
        "sid": message.sid,
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "num_segments": str(segments(message.body)),
        "num_media": "0",
        "direction": message.direction,
        "from": message.from_number,
        "to": message.to_number,
        "messaging_service_sid": message.service_sid,
        "date_created": rfc2822(message.created_at),
        "date_updated": rfc2822(message.updated_at),
        "date_sent": rfc2822(message.sent_at),
        "price": MESSAGE_PRICE if delivered else None,
        "price_unit": "USD",
        "status": message.status,
        "error_code": message.error_code,
        "error_message": ERROR_TEXTS.get(message.error_code or 0),
        "uri": f"{path}.json",
        "subresource_uris": {"media": f"{path}/Media.json"},
    }


@lru_cache(maxsize=4096)
def _formatted(number: str) -> str:
    """Return the number as its own country writes it (North America), else unchanged."""
    if not number.startswith("+1"):
        return number
    parsed = phonenumbers.parse(number)
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL))


def segments(body: str) -> int:
    """Count the parts a text is sent in: 160 (153) plain characters or 70 (67) others each."""
    single, part = (160, 153) if body.isascii() else (70, 67)
    return 1 if len(body) <= single else -(-len(body) // part)
