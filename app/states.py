"""The states of a delivery's journey, written once as tables.

A table says which state may follow which. ``TenantDocument.move_to`` is the only way to walk it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class DeliveryStatus(StrEnum):
    """Where the parcel is."""

    SCHEDULED = "scheduled"
    ASSIGNED = "assigned"
    IN_TRANSIT = "in_transit"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class OutreachState(StrEnum):
    """How far we are in hearing from the customer."""

    PENDING = "pending"
    CALLING = "calling"
    WAITING = "waiting"
    INSTRUCTED = "instructed"
    CONFIRMED = "confirmed"
    NOTHING_SAID = "nothing_said"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"


class CallStatus(StrEnum):
    """One attempt: ours before the network knows the call, then the network's words."""

    INTENDED = "intended"
    UNKNOWN = "unknown"
    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"
    CANCELED = "canceled"


class MessageStatus(StrEnum):
    """One text message: ours before the network knows it, then what became of it there."""

    INTENDED = "intended"
    UNKNOWN = "unknown"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    CANCELED = "canceled"


class PostingStatus(StrEnum):
    """One event on its way to one subscriber."""

    PENDING = "pending"
    TAKEN = "taken"
    GIVEN_UP = "given_up"


class PushStatus(StrEnum):
    """One thing an agent was told, on its way to their devices."""

    TO_SEND = "to_send"
    SENDING = "sending"
    SENT = "sent"
    NOWHERE = "nowhere"
    NEEDLESS = "needless"
    GIVEN_UP = "given_up"


class RecordingStage(StrEnum):
    """How far one recording has come."""

    ANNOUNCED = "announced"
    STORED = "stored"
    TRANSCRIBED = "transcribed"
    UNDERSTOOD = "understood"


@dataclass(frozen=True, slots=True)
class Machine:
    """A table of states. ``path`` is where a document keeps the state, in MongoDB's dotted form."""

    name: str
    path: str
    initial: str
    table: Mapping[str, frozenset[str]]
    by_hand: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What a person may ask for beside it; nothing goes this way by itself."""

    def allows(self, source: str, target: str, *, by_hand: bool = False) -> bool:
        """May ``target`` follow ``source``?"""
        asked = self.by_hand.get(source, frozenset()) if by_hand else frozenset()
        return target in self.table[source] | asked

    @property
    def final(self) -> frozenset[str]:
        """States that nothing follows."""
        return frozenset(state for state, targets in self.table.items() if not targets)

    def reachable(self) -> frozenset[str]:
        """Every state that some walk from the initial one reaches."""
        seen: set[str] = set()
        ahead = [self.initial]
        while ahead:
            state = ahead.pop()
            if state not in seen:
                seen.add(state)
                ahead.extend(self.table[state])
        return frozenset(seen)


def _machine(name: str, path: str, table: Mapping[StrEnum, set[StrEnum]]) -> Machine:
    plain = {
        source.value: frozenset(target.value for target in targets)
        for source, targets in table.items()
    }
    return Machine(name=name, path=path, initial=next(iter(plain)), table=plain)


_D = DeliveryStatus
DELIVERY = _machine(
    "delivery",
    "status",
    {
        _D.SCHEDULED: {_D.ASSIGNED, _D.CANCELLED},
        _D.ASSIGNED: {_D.IN_TRANSIT, _D.CANCELLED},
        _D.IN_TRANSIT: {_D.COMPLETED, _D.FAILED, _D.CANCELLED},
        _D.COMPLETED: set(),
        _D.FAILED: {_D.SCHEDULED},
        _D.CANCELLED: set(),
    },
)

DELIVERY_OVER: tuple[str, ...] = (
    _D.COMPLETED.value,
    _D.FAILED.value,
    _D.CANCELLED.value,
)
"""Delivery states in which the van has nothing more to do, unless it is planned anew."""

_O = OutreachState
_HEARD: set[StrEnum] = {_O.INSTRUCTED, _O.CONFIRMED, _O.DECLINED}
_UNHEARD: set[StrEnum] = {_O.NOTHING_SAID, _O.UNREACHABLE, _O.SUPPRESSED, _O.SKIPPED}
_OVER: set[StrEnum] = {_O.SUPERSEDED}
OUTREACH = _machine(
    "outreach",
    "outreach.state",
    {
        # Heard before anybody called: the customer rang, wrote, or shares a household.
        _O.PENDING: {_O.CALLING} | _HEARD | _UNHEARD | _OVER,
        _O.CALLING: {_O.WAITING} | _HEARD | _UNHEARD | _OVER,
        _O.WAITING: {_O.CALLING} | _HEARD | _UNHEARD | _OVER,
        # An answer that turns up late (a recording whose callback was lost) still counts.
        # Where another call may help (another day, a lifted stop), a dispatcher asks for it.
        _O.NOTHING_SAID: {_O.PENDING} | _HEARD | _OVER,
        _O.UNREACHABLE: {_O.PENDING} | _HEARD | _OVER,
        # Who answers again, by whatever way, is taken at their last word.
        _O.INSTRUCTED: (_HEARD - {_O.INSTRUCTED}) | _OVER,
        _O.CONFIRMED: (_HEARD - {_O.CONFIRMED}) | _OVER,
        _O.DECLINED: (_HEARD - {_O.DECLINED}) | _OVER,
        _O.SUPPRESSED: {_O.PENDING} | _HEARD | _OVER,
        _O.SKIPPED: {_O.PENDING} | _HEARD | _OVER,
        _O.SUPERSEDED: set(),
    },
)
OUTREACH_SETTLED: frozenset[str] = frozenset(
    state.value for state in OutreachState if state not in {_O.PENDING, _O.CALLING, _O.WAITING}
)
"""Outreach states in which nothing more is planned."""
OUTREACH_WAITING: tuple[str, ...] = (_O.PENDING.value, _O.WAITING.value)
"""Those in which the next call is planned."""
OUTREACH_HEARD: frozenset[str] = frozenset(state.value for state in _HEARD | _OVER)
"""Outreach states in which the customer was heard."""

_C = CallStatus
_ENDED: set[StrEnum] = {_C.COMPLETED, _C.BUSY, _C.NO_ANSWER, _C.FAILED, _C.CANCELED}
CALL = _machine(
    "call",
    "status",
    {
        # Callbacks overtake one another, and the answer to our own request: any later state
        # may follow, an earlier one never.
        _C.INTENDED: {_C.UNKNOWN, _C.QUEUED, _C.RINGING, _C.IN_PROGRESS} | _ENDED,
        _C.UNKNOWN: {_C.QUEUED, _C.RINGING, _C.IN_PROGRESS} | _ENDED,
        _C.QUEUED: {_C.RINGING, _C.IN_PROGRESS} | _ENDED,
        _C.RINGING: {_C.IN_PROGRESS} | _ENDED,
        _C.IN_PROGRESS: _ENDED,
        _C.COMPLETED: set(),
        _C.BUSY: set(),
        _C.NO_ANSWER: set(),
        _C.FAILED: set(),
        _C.CANCELED: set(),
    },
)
CALL_ENDED: frozenset[str] = CALL.final
"""Call states after which the line is free."""

BRIDGE = replace(CALL, name="bridged_call")
"""The call to the person who asked to be put through; of a name of its own, for nobody is told."""

_M = MessageStatus
MESSAGE = _machine(
    "message",
    "status",
    {
        _M.INTENDED: {_M.UNKNOWN, _M.QUEUED, _M.SENT}
        | {_M.DELIVERED, _M.UNDELIVERED}
        | {_M.FAILED, _M.CANCELED},
        _M.UNKNOWN: {_M.QUEUED, _M.SENT, _M.DELIVERED, _M.UNDELIVERED, _M.FAILED, _M.CANCELED},
        _M.QUEUED: {_M.SENT, _M.DELIVERED, _M.UNDELIVERED, _M.FAILED, _M.CANCELED},
        _M.SENT: {_M.DELIVERED, _M.UNDELIVERED, _M.FAILED},
        _M.DELIVERED: set(),
        _M.UNDELIVERED: set(),
        _M.FAILED: set(),
        _M.CANCELED: set(),
    },
)
MESSAGE_ENDED: frozenset[str] = MESSAGE.final
"""Message states after which the network reports nothing more."""

_R = RecordingStage
RECORDING = _machine(
    "recording",
    "stage",
    {
        # Silent, absent or undecodable audio has no words: it goes straight to the end.
        _R.ANNOUNCED: {_R.STORED, _R.UNDERSTOOD},
        _R.STORED: {_R.TRANSCRIBED, _R.UNDERSTOOD},
        _R.TRANSCRIBED: {_R.UNDERSTOOD},
        _R.UNDERSTOOD: set(),
    },
)
RECORDING = replace(
    RECORDING,
    # What could not be fetched, or not be heard, is tried again.
    by_hand={_R.UNDERSTOOD.value: frozenset((_R.ANNOUNCED.value, _R.STORED.value))},
)
_P = PostingStatus
POSTING = _machine(
    "posting",
    "status",
    {
        _P.PENDING: {_P.TAKEN, _P.GIVEN_UP},
        _P.TAKEN: set(),
        _P.GIVEN_UP: set(),
    },
)
_U = PushStatus
PUSH = _machine(
    "push",
    "status",
    {
        # Nowhere: no device, or pushes are off. Needless: a newer version, or seen already.
        _U.TO_SEND: {_U.SENDING, _U.NOWHERE, _U.NEEDLESS, _U.SENT, _U.GIVEN_UP},
        _U.SENDING: {_U.TO_SEND, _U.SENT, _U.NOWHERE, _U.GIVEN_UP},
        _U.SENT: set(),
        _U.NOWHERE: set(),
        _U.NEEDLESS: set(),
        _U.GIVEN_UP: set(),
    },
)
MACHINES = (DELIVERY, OUTREACH, CALL, BRIDGE, MESSAGE, RECORDING, POSTING, PUSH)
