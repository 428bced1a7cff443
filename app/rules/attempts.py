"""What follows an attempt that did not reach anybody: another, and when, or none.

The policy says how long to wait after each outcome, and whether to wait for another hour of the
day or for its next part. When a call is lawful is for the gate, which is asked for every moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from types import MappingProxyType

from app.rules.network_errors import Action, of
from app.saying import Saying
from app.states import CallStatus


class Timing(StrEnum):
    """What else the next attempt waits for."""

    SOON = ""
    ANOTHER_HOUR = "another-hour"
    """An hour of the customer's day in which nobody was called in vain before."""
    NEXT_WINDOW = "next-window"
    """The next part of the customer's day: morning, afternoon, evening."""


@dataclass(frozen=True, slots=True)
class Pause:
    """How long to wait after an outcome, at least."""

    seconds: int
    timing: Timing = Timing.SOON


MACHINE = "machine"
OUTCOMES = ("busy", "no-answer", "failed", MACHINE)
_DEFAULT = Pause(1800)
_AS_POLICY = MappingProxyType(
    {
        CallStatus.BUSY: "busy",
        CallStatus.NO_ANSWER: "no-answer",
        CallStatus.FAILED: "failed",
        CallStatus.CANCELED: "failed",
    }
)
_WHAT_HAPPENED = MappingProxyType(
    {
        "busy": Saying("the line was busy"),
        "no-answer": Saying("nobody answered"),
        MACHINE: Saying("a machine answered"),
    }
)
_PARTS = (time(0), time(12), time(17))
"""When the parts of a day begin."""
_MOST_HOURS = 24


def parse(text: str) -> dict[str, Pause]:
    """Read ``busy=300,no-answer=5400/another-hour``. Raises ValueError."""
    policy = {}
    for part in text.split(","):
        outcome, _, rest = part.strip().partition("=")
        seconds, _, timing = rest.partition("/")
        if outcome not in OUTCOMES or not seconds.isdigit():
            raise ValueError(f"not an outcome with seconds: {part.strip()!r}")
        policy[outcome] = Pause(int(seconds), Timing(timing))
    return policy


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next attempt's time, or None where there is none; and why."""

    at: datetime | None
    reason: str
    number_wrong: bool = False
    """The number is of no use: somebody should ask for another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An attempt that reached nobody."""

    status: str
    """A CallStatus, or MACHINE."""
    error_code: str | None = None
    attempts: int
    """Made so far that count, this one among them."""
    retries: int
    """Allowed after the first."""
    ended_at: datetime
    excused: bool = False
    """It met the customer through no fault of theirs, or never met them: it does not count."""
    earlier: Sequence[datetime] = ()
    """When attempts were made for the same delivery, this one among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a plan has to fit into."""

    policy: Mapping[str, Pause]
    zone: tzinfo
    """The customer's."""
    lawful_from: Callable[[datetime], datetime | None]
    """The gate: the first lawful moment at or after one; None where there is none that helps."""
    why_never: Callable[[datetime], str]
    """What stands against every moment from one on, where ``lawful_from`` finds none."""
    cool_down: timedelta = timedelta(seconds=60)
    """Between two calls to one number."""


def after_failure(failure: Failure, around: Surroundings) -> Ahead:
    """Plan what follows: when to call again, or that nobody is called again, and why."""
    outcome = (
        failure.status if failure.status == MACHINE else _AS_POLICY[CallStatus(failure.status)]
    )
    reason = _WHAT_HAPPENED.get(outcome, Saying("the call could not be placed"))
    error = of(failure.error_code)
    if failure.error_code and error.ends_it:
        wrong = error.action is Action.CORRECT
        return Ahead(None, f"{reason}: {error.meaning} ({error.code})", number_wrong=wrong)
    if failure.attempts > failure.retries and not failure.excused:
        return Ahead(None, f"{reason}, after {failure.attempts} attempts")
    pause = around.policy.get(outcome, _DEFAULT)
    seconds = timedelta(0) if failure.excused else timedelta(seconds=pause.seconds)
    earliest = failure.ended_at + max(seconds, around.cool_down)
    timing = Timing.SOON if failure.excused else pause.timing
    for moment in _wishes(timing, earliest, failure, around.zone):
        at = around.lawful_from(moment)
        if at is not None and _suits(at, timing, failure, around.zone):
            return Ahead(at, reason)
    # Rather at an hour that was tried than never.
    at = around.lawful_from(earliest)
    if at is None:
        cause = around.why_never(earliest)
        return Ahead(None, f"{reason}, and no other call is allowed before the van: {cause}")
    return Ahead(at, reason)


def _wishes(
    timing: Timing, earliest: datetime, failure: Failure, zone: tzinfo
) -> Iterable[datetime]:
    """Moments to ask the gate about, the earliest first."""
    if timing is Timing.NEXT_WINDOW:
        yield max(earliest, _next_part(failure.ended_at.astimezone(zone)))
        return
    yield earliest
    if timing is Timing.ANOTHER_HOUR:
        hour = earliest.astimezone(zone).replace(minute=0, second=0, microsecond=0)
        for ahead in range(1, _MOST_HOURS):
            # Real hours: where clocks change, a local hour may be missing or there twice.
            yield (hour.astimezone(failure.ended_at.tzinfo) + timedelta(hours=ahead))


def _suits(at: datetime, timing: Timing, failure: Failure, zone: tzinfo) -> bool:
    if timing is not Timing.ANOTHER_HOUR:
        return True
    tried = {each.astimezone(zone).hour for each in failure.earlier}
    return at.astimezone(zone).hour not in tried


def _next_part(local: datetime) -> datetime:
    for start in _PARTS:
        if local.time() < start:
            return datetime.combine(local.date(), start, local.tzinfo)
    return datetime.combine(local.date() + timedelta(days=1), _PARTS[0], local.tzinfo)
