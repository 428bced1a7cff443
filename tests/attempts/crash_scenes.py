"""For each crash point, how a process is brought there, and what must be true in the end.

The ends are those of one table of thought: before the claim is committed nothing happened; after
the intent is written an attempt is never dialled again; whatever the network was asked for exists
once; what came in late or twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app import queues
from app.models import Delivery
from tests.attempts.yard import Yard
from workers import jobs

SAYS = "leave-behind-planter"
SAYS_STOP = "stop-calling"


@dataclass(frozen=True, slots=True)
class Scene:
    """``act`` lets a process die at the point and returns its exit status.

    ``calls`` is what the network's books must hold for each attempt in the end, ``state`` the
    outreach's.
    """

    act: Callable[[Yard, str, list[Delivery]], int]
    customer: str | list[dict[str, Any]] = "presses-1"
    parcels: int = 1
    calls: Sequence[int] = (1,)
    state: str = "confirmed"
    recordings: int = 0
    may_be_called_again: bool = False
    """While the web server is down, a call may find nobody who tells it what to say."""
    before: Callable[[Yard, list[Delivery]], None] | None = None
    """What takes some time to be ripe: done for all scenes first."""


def _clock(yard: Yard, point: str, _: list[Delivery]) -> int:
    return yard.clock_dies(point)


def _dialler(yard: Yard, point: str, deliveries: list[Delivery]) -> int:
    return yard.worker_dies(point, queues.DIAL, yard.claimed(deliveries).pk)


def _asks_what_became(yard: Yard, point: str, deliveries: list[Delivery]) -> int:
    """The answer is lost, and every report too."""
    yard.carrier.faults(lose_create_answer=1)
    yard.carrier.disturb(callback_lost=1.0)
    try:
        call = yard.dialled(deliveries)
        assert call.status == "unknown"
        return yard.worker_dies(point, queues.RECONCILE, call.pk)
    finally:
        yard.carrier.disturb()


def _loses(yard: Yard, deliveries: list[Delivery]) -> None:
    """The network fails before it did anything."""
    yard.carrier.faults(fail_500_before=1)
    assert yard.dialled(deliveries).status == "unknown"


def _closes(yard: Yard, point: str, deliveries: list[Delivery]) -> int:
    """So much time has passed that this counts."""
    call = yard.call(deliveries)
    yard.wait_until_it_counts(call)
    return yard.worker_dies(point, queues.RECONCILE, call.pk)


def _concluder(yard: Yard, point: str, deliveries: list[Delivery]) -> int:
    call = yard.over(deliveries)
    return yard.worker_dies(point, queues.CONCLUDE, call.pk)


def _web(yard: Yard, point: str, deliveries: list[Delivery]) -> int:
    call = yard.claimed(deliveries)
    return yard.web_dies(point, lambda: yard.dial(call))


def _fetcher(yard: Yard, point: str, deliveries: list[Delivery]) -> int:
    return yard.worker_dies(point, queues.STORE, yard.recorded(deliveries).pk)


def _hearer(yard: Yard, point: str, deliveries: list[Delivery]) -> int:
    recording = yard.recorded(deliveries)
    jobs.store(str(recording.pk))
    return yard.worker_dies(point, queues.TRANSCRIBE, recording.pk)


def _understander(yard: Yard, point: str, deliveries: list[Delivery]) -> int:
    recording = yard.recorded(deliveries)
    jobs.store(str(recording.pk))
    jobs.transcribe(str(recording.pk))
    return yard.worker_dies(point, queues.UNDERSTAND, recording.pk)


def _deleter(yard: Yard, point: str, deliveries: list[Delivery]) -> int:
    recording = yard.recorded(deliveries)
    jobs.store(str(recording.pk))
    return yard.worker_dies(point, queues.DELETE_COPY, recording.pk)


ONCE = Scene(_dialler)
"""Everything went on after the crash as if nothing had been."""
SPOKEN: Mapping[str, Any] = MappingProxyType(
    {"customer": SAYS, "state": "instructed", "recordings": 1}
)
NEVER_SENT = (0, 1)
"""The attempt at hand has no call, for it may never be dialled again; the next one has."""

SCENES: Mapping[str, Scene] = MappingProxyType(
    {
        "dial-begin": ONCE,
        "dial-reserved": ONCE,
        "dial-intent": Scene(_dialler, calls=NEVER_SENT),
        "dial-sent": ONCE,
        "dial-bound": ONCE,
        "dial-noted": ONCE,
        "reconcile-asked": Scene(_asks_what_became),
        "reconcile-closed": Scene(_closes, calls=NEVER_SENT, before=_loses),
        "conclude-begin": Scene(_concluder),
        "conclude-suppressed": Scene(
            _understander, customer=SAYS_STOP, state="declined", recordings=1
        ),
        "conclude-delivery": Scene(_concluder, parcels=2),
        "conclude-settled": Scene(_concluder),
        "webhook-begin": Scene(_web, may_be_called_again=True),
        "webhook-kept": Scene(_web, may_be_called_again=True),
        "webhook-answered": Scene(_web, may_be_called_again=True),
        "recording-announced": Scene(_web, **SPOKEN),
        "recording-fetched": Scene(_fetcher, **SPOKEN),
        "recording-put": Scene(_fetcher, **SPOKEN),
        "recording-stored": Scene(_fetcher, **SPOKEN),
        "recording-heard": Scene(_hearer, **SPOKEN),
        "recording-understood": Scene(_understander, **SPOKEN),
        "recording-deleted": Scene(_deleter, **SPOKEN),
        # These leave deliveries due, which the next clock would claim: last, and in this order.
        "claim-committed": Scene(_clock),
        "claim-written": Scene(_clock),
        "claim-moved": Scene(_clock),
        "claim-begin": Scene(_clock),
    }
)
