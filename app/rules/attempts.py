"""What follows an attempt that did not reach anybody: another, and when, or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.states import CallStatus

_AS_POLICY = {
    CallStatus.BUSY: "busy",
    CallStatus.NO_ANSWER: "no-answer",
    CallStatus.FAILED: "failed",
    CallStatus.CANCELED: "failed",
}
MACHINE = "machine"
_WHAT_HAPPENED = {
    "busy": "the line was busy",
    "no-answer": "nobody answered",
    MACHINE: "a machine answered",
}

NUMBER_UNUSABLE = frozenset(
    {"21201", "21202", "21211", "21214", "21216", "21217", "13223", "13224"}
)
"""Twilio's codes after which the same number will be refused again."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next attempt's time, or None where there is none; and why."""

    at: datetime | None
    reason: str


def after_failure(
    status: str,
    error_code: str | None,
    *,
    attempts: int,
    retries: int,
    now: datetime,
    seconds: Mapping[str, int],
) -> Ahead:
    """Plan what follows an attempt that ended as ``status`` (a CallStatus, or ``machine``).

    ``attempts`` counts those made, ``retries`` those allowed after the first, ``seconds`` is the
    pause by outcome.
    """
    outcome = status if status == MACHINE else _AS_POLICY[CallStatus(status)]
    reason = _WHAT_HAPPENED.get(outcome, "the call could not be placed")
    if error_code in NUMBER_UNUSABLE:
        return Ahead(None, f"{reason}: the number cannot be called ({error_code})")
    if attempts > retries:
        return Ahead(None, f"{reason}, after {attempts} attempts")
    return Ahead(now + timedelta(seconds=seconds.get(outcome, 1800)), reason)
