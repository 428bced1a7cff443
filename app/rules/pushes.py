"""Pushes: how urgent, worth how long, and when one that was not taken is sent again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.rules.webhooks import again

SOON = timedelta(hours=2)
"""A stop that is nearer than that is worth waking a telephone for."""
_WORTH_AFTER = timedelta(hours=2)
"""Vans are late: so long after its time a stop's news is still worth showing."""
_AT_LEAST = timedelta(minutes=30)
_LONGEST_KEPT = timedelta(days=1)
_LONGEST_ASKED = timedelta(hours=1)
Urgency = Literal["normal", "high"]


@dataclass(frozen=True, slots=True)
class Reminding:
    """When an agent who acknowledges nothing is reminded, and by whom."""

    lead: timedelta = timedelta(minutes=30)
    """Before the van is there, a text message is sent; never, where this is nothing."""
    wait: timedelta = timedelta(minutes=10)
    """After that it is put before a dispatcher."""
    time_to_look: timedelta = timedelta(minutes=2)
    """From when they were told; news may come when the van is nearly there."""
    too_late: timedelta = timedelta(hours=2)
    """After the van was to be there, nobody is reminded any more."""


def worthless_at(arrival: datetime, told_at: datetime) -> datetime:
    """From then on a push about this stop is sent no more."""
    return max(arrival + _WORTH_AFTER, told_at + _AT_LEAST)


def kept_seconds(until: datetime, now: datetime) -> int:
    """So long a push service is to keep it: the header TTL."""
    return max(0, round(min(until - now, _LONGEST_KEPT).total_seconds()))


def urgency(arrival: datetime, now: datetime) -> Urgency:
    """RFC 8030, 5.3: ``normal`` waits while a telephone saves its battery, ``high`` does not."""
    return "high" if arrival - now <= SOON else "normal"


def next_try(
    tries: int, *, now: datetime, until: datetime, luck: float, asked: float | None = None
) -> datetime | None:
    """When to send again what was not taken; None where it would be worth nothing by then.

    ``asked``: seconds that the push service wants us to wait; ``luck``, from 0 to 1, spreads what
    failed together.
    """
    wait = again.pause(tries, luck)
    if asked is not None:
        wait = max(wait, min(timedelta(seconds=asked), _LONGEST_ASKED))
    return now + wait if now + wait < until else None
