"""A telephone network in memory that does what it is told, and remembers everything it did.

It knows a call's attempt from the address that it was given for it, so that it can say whatever
the product's ledger believes. Its clock is the process's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.errors import TransientError
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

ENDED = ("completed", "busy", "no-answer", "failed", "canceled")
WAYS = {
    "queued": ("ringing", "in-progress", "busy", "failed", "canceled"),
    "ringing": ("in-progress", "busy", "no-answer", "failed", "canceled"),
    "in-progress": ("completed", "failed"),
}
"""How a call goes on at the network."""
WAYS_TO_THE_END = {
    "queued": ("ringing", "in-progress", "completed"),
    "ringing": ("in-progress", "completed"),
    "in-progress": ("completed",),
}
LATE = timedelta(seconds=25)
"""How long after its answer was lost a request may still be worked off."""
UNLISTED = timedelta(seconds=60)
"""How long a new call may be missing from the network's lists."""
LONGEST = timedelta(minutes=3)
"""After so long every call is over, told or not."""

ANSWERS = (
    "placed", "lost", "lost before", "late", "500 after", "500 before", "429",
    "no connection", "bad number", "bad account", "dies before", "dies after",
)  # fmt: skip
"""What may become of a request to place a call; in the last two the asking process dies."""
ACCEPTED = ("placed", "lost", "late", "500 after", "dies after")
AMBIGUOUS = ("lost", "lost before", "late", "500 after", "500 before", "dies before", "dies after")


class Died(BaseException):
    """The process is gone, as by kill -9: nobody may catch it on the way."""


@dataclass
class NetworkCall:
    """One call as the network knows it; ``attempt`` is the id in its script's address."""

    sid: str
    attempt: str
    to_number: str
    from_number: str
    created_at: datetime
    listed_at: datetime
    script_url: str
    status: str = "queued"
    events: list[tuple[int, str, datetime]] = field(default_factory=list)
    """Number, status and time of each report, in the order in which it came about."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    answered_by: str | None = None
    recordings: list[str] = field(default_factory=list)

    @property
    def live(self) -> bool:
        """May it still ring, or does somebody talk?"""
        return self.status not in ENDED


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to place a call, and what became of it."""

    at: datetime
    attempt: str
    to_number: str
    answer: str


class Network:
    """The Voice protocol. ``answer`` is what becomes of the next request, then of none."""

    def __init__(self) -> None:
        self.calls: list[NetworkCall] = []
        self.asked: list[Asked] = []
        self.answer = "placed"
        self.unlisted = False
        """New calls are missing from lists for a while."""
        self.away = False
        """Nothing can be asked."""
        self.on_request: Callable[[str], None] | None = None
        """Called with the attempt when a request arrives, before anything becomes of it."""
        self._late: list[tuple[datetime, CallRequest]] = []

    # -- what the product asks --------------------------------------------------------------

    def place_call(self, request: CallRequest) -> PlaceResult:
        answer, self.answer = ("no connection" if self.away else self.answer), "placed"
        attempt = attempt_of(request)
        if self.on_request is not None:
            self.on_request(attempt)
        self.asked.append(Asked(now(), attempt, request.to_number, answer))
        call = None
        if answer == "late":
            self._late.append((now() + LATE, request))
        elif answer in ACCEPTED:
            call = self._accept(request, now())
        if answer.startswith("dies"):
            raise Died(answer)
        if call is not None and answer == "placed":
            return Placed(call.sid, "queued")
        refusals: dict[str, PlaceResult] = {
            "429": NotSent("429"),
            "no connection": NotSent("no connection"),
            "bad number": Refused("21211", "not a number"),
            "bad account": Refused("20003", "authentication failed"),
        }
        return refusals.get(answer, AnswerLost(answer))

    def fetch_call(self, call_sid: str) -> CallFacts | None:
        self._reached()
        return next((_facts(call) for call in self.calls if call.sid == call_sid), None)

    def find_calls(self, to_number: str, since: datetime) -> Sequence[CallFacts]:
        self._reached()
        return [
            _facts(call)
            for call in self.calls
            if call.to_number == to_number and call.created_at >= since and now() >= call.listed_at
        ]

    def end_call(self, call_sid: str, *, unless_answered: bool = False) -> bool:
        self._reached()
        for call in self.calls:
            if call.sid == call_sid and call.live:
                if unless_answered and call.status == "in-progress":
                    return False
                self.go_on(call, "completed" if call.status == "in-progress" else "canceled")
                return True
        return False

    def find_recordings(self, call_sid: str) -> Sequence[RecordingFacts]:
        self._reached()
        return [
            RecordingFacts(name, call.sid, "completed", 4.0)
            for call in self.calls
            if call.sid == call_sid and not call.live
            for name in call.recordings
        ]

    def find_recordings_since(self, since: datetime, until: datetime) -> Sequence[RecordingFacts]:
        return [each for call in self.calls for each in self.find_recordings(call.sid)]

    def download_recording(self, recording_sid: str) -> bytes:
        self._reached()
        return b"RIFF\x00\x00\x00\x00WAVE" + recording_sid.encode()

    def delete_recording(self, recording_sid: str) -> None:
        self._reached()

    @staticmethod
    def ways(call: NetworkCall) -> Sequence[str]:
        """How a live call may go on."""
        return WAYS[call.status]

    # -- what happens there -----------------------------------------------------------------

    def go_on(self, call: NetworkCall, status: str) -> None:
        """The call comes to its next state, of which a report may be sent."""
        call.status = status
        call.events.append((len(call.events), status, now()))
        if status == "in-progress":
            call.started_at = now()
        if not call.live:
            call.ended_at = now()

    def end_all(self) -> None:
        """Whoever is being called answers, says nothing and hangs up."""
        for call in self.calls:
            if call.live:
                for status in WAYS_TO_THE_END[call.status]:
                    self.go_on(call, status)

    def time_passed(self) -> None:
        """Late requests are worked off, and calls do not last for ever."""
        due = [(at, request) for at, request in self._late if at <= now()]
        self._late = [(at, request) for at, request in self._late if at > now()]
        for at, request in due:
            self._accept(request, at)
        for call in self.calls:
            if call.live and now() - call.created_at > LONGEST:
                self.go_on(call, "completed" if call.status == "in-progress" else "no-answer")

    def _accept(self, request: CallRequest, at: datetime) -> NetworkCall:
        call = NetworkCall(
            sid=f"CA{len(self.calls) + 1:032x}",
            attempt=attempt_of(request),
            to_number=request.to_number,
            from_number=request.from_number,
            created_at=at,
            listed_at=at + (UNLISTED if self.unlisted else timedelta()),
            script_url=request.script_url,
        )
        call.events.append((0, "initiated", at))
        self.calls.append(call)
        return call

    def _reached(self) -> None:
        if self.away:
            raise TransientError("the network is out of reach")


def attempt_of(request: CallRequest) -> str:
    """The id of our call that is in the addresses of the request."""
    found = re.search(r"/calls/([0-9a-f]{24})/", request.script_url)
    assert found, "a call without an attempt in its address"
    return found[1]


def now() -> datetime:
    """The time at the network."""
    return datetime.now(UTC)


def _facts(call: NetworkCall) -> CallFacts:
    spoke = call.started_at and call.ended_at
    return CallFacts(
        call_sid=call.sid,
        status=call.status,
        to_number=call.to_number,
        from_number=call.from_number,
        created_at=call.created_at,
        start_time=call.started_at,
        end_time=call.ended_at,
        duration=int((call.ended_at - call.started_at).total_seconds()) if spoke else None,
        answered_by=call.answered_by,
    )
