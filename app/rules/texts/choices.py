"""What a customer can pick on the page instead of writing it, and what each pick means."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.rules.analysis import Kind, SlotValue
from app.rules.call_script import next_days

DAYS_OFFERED = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """One pick: the directive, and the sentence that ``directives.understand`` reads as it."""

    kind: Kind
    text: str
    slots: Mapping[str, SlotValue] = field(default_factory=dict)


CHOICES: Mapping[str, Choice] = {
    "fine": Choice(Kind.CONFIRM, "All fine."),
    "front_door": Choice(Kind.LEAVE_AT, "Leave it at the front door.", {"place": "front door"}),
    "neighbour": Choice(Kind.LEAVE_WITH, "Leave it with a neighbour.", {"recipient": "neighbour"}),
    "out_of_sight": Choice(Kind.HANDLING, "Leave it out of sight.", {"note": "conceal"}),
    "only_me": Choice(Kind.HAND_OVER, "Hand it only to me.", {"recipient": "me"}),
    "not_wanted": Choice(Kind.CANCEL, "I do not want the parcel any more."),
    "no_contact": Choice(Kind.OPT_OUT, "Stop calling me."),
}
ANOTHER_DAY = "another_day"
"""The pick that needs a day with it."""
NO_CONTACT = "no_contact"


def picked(choice: str, day: date | None = None) -> dict[str, Any] | None:
    """A pick as ``Reply.picked`` keeps it; None for one that there is not."""
    if choice == ANOTHER_DAY and day is not None:
        text = f"Please deliver on {day:%A} {day.day} {day:%B}."
        slots: Mapping[str, SlotValue] = {"date": day.isoformat()}
        kind = Kind.RESCHEDULE
    elif choice in CHOICES:
        kind, text, slots = (
            CHOICES[choice].kind,
            CHOICES[choice].text,
            CHOICES[choice].slots,
        )
    else:
        return None
    return {"choice": choice, "kind": kind.value, "text": text, "slots": dict(slots)}


def other_days(planned: date, today: date, quiet: Collection[str] = ()) -> tuple[date, ...]:
    """The days that may be wished for instead: the next possible ones, without the planned.

    ``quiet`` are the company's quiet days, as 2026-12-24.
    """
    ahead = next_days(today, quiet, DAYS_OFFERED + 1)
    return tuple(day for day in ahead if day != planned)[:DAYS_OFFERED]
