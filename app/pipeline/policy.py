"""The installation's choices about calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.rules.gate import RuleBook

CLOSING = timedelta(seconds=60)
"""So long before its window closes nothing is dialled any more: it would wait and ring past it."""
_WITHDRAWN_BEFORE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class CallingPolicy:
    """What the operator decided; the companies' own choices narrow it."""

    account: str
    from_number: str
    per_second: float
    window: tuple[time, time]
    book: RuleBook
    in_progress: int = 50
    """Calls that the account may have under way at once."""
    cool_down: timedelta = timedelta(seconds=60)
    """Between two calls to one number, so that the network's list of calls tells them apart."""


def closes_soon(not_after: datetime | None, now: datetime) -> bool:
    """Is too little left of the window to queue and ring a call in it?"""
    return not_after is not None and not_after - now < CLOSING


def queued_until(not_after: datetime | None) -> datetime | None:
    """When a call that the network still has queued is withdrawn: a little before it closes."""
    return not_after - _WITHDRAWN_BEFORE if not_after is not None else None
