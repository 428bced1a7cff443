"""What the carrier remembers: calls, recordings, messages and the journal, as plain values.

Times are seconds since 1970 (UTC); durations are seconds of call time, which runs `speed` times
faster than the wall clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

FINAL_STATUSES = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(frozen=True, slots=True)
class Target:
    """An address to be requested, with its method."""

    url: str
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class MachineDetection:
    """How a call asked for answering-machine detection.

    `mode` is Twilio's `Enable` or `DetectMessageEnd`; `timeout` is in seconds of call time;
    `callback` is where an asynchronous result goes.
    """

    mode: str
    timeout: float = 30.0
    asynchronous: bool = False
    callback: Target | None = None


@dataclass(frozen=True, slots=True)
class CallRequest:
    """What the product asked for when it created the call. `timeout` is ringing seconds."""

    twiml: str | None = None
    target: Target | None = None
    fallback: Target | None = None
    status_callback: Target | None = None
    status_events: tuple[str, ...] = ("completed",)
    timeout: int = 60
    time_limit: int = 14400
    machine_detection: MachineDetection | None = None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call as REST shows it; `callbacks_sent` is the next status callback's number."""

    sid: str
    to_number: str
    from_number: str
    created_at: float
    updated_at: float
    request: CallRequest
    status: str = "queued"
    start_at: float | None = None
    end_at: float | None = None
    duration: int | None = None
    answered_by: str | None = None
    callbacks_sent: int = 0
    direction: str = "outbound-api"
    error_code: int | None = None
    parent_sid: str | None = None
    """The call whose document dialled this one; its direction is `outbound-dial` then."""

    @property
    def customer(self) -> str:
        """The number of the person on the other side, whoever called."""
        return self.from_number if self.direction == "inbound" else self.to_number

    @property
    def over(self) -> bool:
        """Say whether the call has reached a status it never leaves."""
        return self.status in FINAL_STATUSES


@dataclass(frozen=True, slots=True)
class RecordingRecord:
    """One recording; `duration` is whole seconds after trimming, `error_code` Twilio's reason.

    Its sound can be fetched from `media_from` on, and is an XML error instead before `xml_until`.
    """

    sid: str
    call_sid: str
    created_at: float
    updated_at: float
    start_at: float
    duration: int
    status: str
    error_code: int | None = None
    media_from: float = 0.0
    xml_until: float = 0.0

    @staticmethod
    def begun(sid: str, call_sid: str, at: float) -> RecordingRecord:
        """Return a recording that starts now."""
        return RecordingRecord(sid, call_sid, at, at, at, 0, "in-progress")

    def ended(self, seconds: float, error_code: int | None, at: float) -> RecordingRecord:
        """Return the recording finished: completed, or absent for Twilio's reason."""
        if error_code is not None:
            return replace(self, status="absent", error_code=error_code, updated_at=at)
        duration = max(1, round(seconds))
        return replace(self, status="completed", duration=duration, updated_at=at)


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """One text message; `direction` is Twilio's, `valid_for` are seconds, None for ever."""

    sid: str
    to_number: str
    from_number: str | None
    service_sid: str | None
    body: str
    created_at: float
    updated_at: float
    status: str
    callback: str | None = None
    sent_at: float | None = None
    direction: str = "outbound-api"
    error_code: int | None = None
    valid_for: float | None = None

    @property
    def customer(self) -> str:
        """The number of the person on the other side, whoever wrote."""
        inbound = self.direction == "inbound"
        return (self.from_number or "") if inbound else self.to_number


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One thing the carrier did: `kind` names it, `details` say exactly what."""

    at: float
    kind: str
    call_sid: str | None = None
    to_number: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
