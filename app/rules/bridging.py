"""May a driver have themselves put through to a customer now, and how far has that come?

It is a call from one person to another, asked for by hand about a parcel that is nearly there: no
machine speaks to the customer, and nothing is recorded. What the law says of automated calls is
therefore not asked (``docs/decisions/0023``); who wants no calls gets none all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from app.saying import Saying
from app.states import CALL_ENDED, DeliveryStatus

BEFORE, AFTER = timedelta(hours=3), timedelta(hours=4)
"""How long before the van is expected, and after its window, one may be put through."""
DAY = (time(7), time(22))
"""Local times of the customer; outside them within the van's window alone."""
MOST_AN_HOUR = 5
"""Times that one customer may be asked for within an hour, whoever drives."""
_MAY = (DeliveryStatus.ASSIGNED.value, DeliveryStatus.IN_TRANSIT.value)
_WINDOW = timedelta(hours=1)
"""How long a window is of which only the beginning is known."""

Refusal = Literal[
    "over", "gone", "same_number", "suppressed", "not_due", "night", "on_the_line", "too_often",
    "you_are_busy", "network_away",
]  # fmt: skip
REFUSALS: dict[Refusal, Saying] = {
    "over": Saying(
        "only a delivery that is assigned or on its way can be called about: ask the office"
    ),
    "gone": Saying("the customer is gone: nobody is called about this delivery any more"),
    "same_number": Saying("your own telephone has the customer's number: have yours put right"),
    "suppressed": Saying("the customer asked not to be called: leave a note, or ask the office"),
    "not_due": Saying(
        "the customer is called from %(before)s hours before the van is expected until %(after)s "
        "hours after: ask the office",
        before=BEFORE // timedelta(hours=1),
        after=AFTER // timedelta(hours=1),
    ),
    "night": Saying(
        "it is night where the customer is, and the van is not expected now: ask the office"
    ),
    "on_the_line": Saying(
        "the customer is on the telephone with us at this moment: try again in a minute"
    ),
    "too_often": Saying(
        "the customer was rung %(count)s times within an hour: try later, or ask the office",
        count=MOST_AN_HOUR,
    ),
    "you_are_busy": Saying("another call of yours is under way: finish that one first"),
    "network_away": Saying(
        "the telephone network does not take our calls at the moment: ask the office"
    ),
}
"""Why not, and what to do instead."""

Phase = Literal[
    "dialling", "ringing_you", "press_a_key", "ringing_customer", "talking",
    "talked", "customer_busy", "customer_no_answer", "customer_failed", "refused",
    "you_busy", "you_no_answer", "no_key", "failed", "withdrawn",
]  # fmt: skip
OVER: frozenset[Phase] = frozenset(
    ("talked", "customer_busy", "customer_no_answer", "customer_failed", "refused",
     "you_busy", "you_no_answer", "no_key", "failed", "withdrawn")
)  # fmt: skip
"""Phases after which nothing more happens."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A delivery whose customer is asked for, and what is known of it."""

    status: str
    due: datetime
    until: datetime | None
    """The end of its window."""
    time_zone: str
    person_phone: str
    customer_phone: str | None
    """None: the customer is gone."""
    suppressed: bool = False
    on_the_line: bool = False
    """An automated call to them is under way."""
    lately: int = 0
    """Times that the number was asked for within the last hour."""


def why_not(wish: Wish, now: datetime) -> Refusal | None:
    """Why nobody is put through now; None where they may be."""
    phone = wish.customer_phone
    against: tuple[tuple[bool, Refusal], ...] = (
        (wish.status not in _MAY, "over"),
        (phone is None, "gone"),
        (phone == wish.person_phone, "same_number"),
        (wish.suppressed, "suppressed"),
    )
    later: tuple[tuple[bool, Refusal], ...] = (
        (wish.on_the_line, "on_the_line"),
        (wish.lately >= MOST_AN_HOUR, "too_often"),
    )
    return (
        next((why for so, why in against if so), None)
        or _untimely(wish, now)
        or next((why for so, why in later if so), None)
    )


def _untimely(wish: Wish, now: datetime) -> Refusal | None:
    end = max(wish.until or wish.due + _WINDOW, wish.due)
    if wish.due <= now <= end:
        return None
    if not wish.due - BEFORE <= now <= end + AFTER:
        return "not_due"
    there = now.astimezone(ZoneInfo(wish.time_zone)).time()
    return None if DAY[0] <= there < DAY[1] else "night"


def phase(
    status: str,
    *,
    connecting: bool = False,
    refused: bool = False,
    customer: str | None = None,
    talked: bool = False,
) -> Phase:
    """How far it has come, from the states of the two calls.

    ``status`` is of the call to the person, ``customer`` of that to the customer (None: nothing
    was heard of it), ``connecting`` says that the person asked to be put through, ``talked`` that
    the customer answered.
    """
    if status in CALL_ENDED:
        return _of_the_end(status, connecting, refused, customer, talked)
    if status != "in-progress":
        return "ringing_you" if status == "ringing" else "dialling"
    if refused or not connecting:
        return "refused" if refused else "press_a_key"
    if customer in CALL_ENDED:
        return _of_the_customer(customer, talked)
    return "talking" if talked else "ringing_customer"


def _of_the_end(
    status: str, connecting: bool, refused: bool, customer: str | None, talked: bool
) -> Phase:
    if refused:
        return "refused"
    if connecting:
        return _of_the_customer(customer, talked)
    ends: dict[str, Phase] = {
        "busy": "you_busy", "no-answer": "you_no_answer", "failed": "failed",
        "canceled": "withdrawn",
    }  # fmt: skip
    return ends.get(status, "no_key")


def _of_the_customer(customer: str | None, talked: bool) -> Phase:
    if talked or customer == "completed":
        return "talked"
    ends: dict[str | None, Phase] = {"busy": "customer_busy", "failed": "customer_failed"}
    return ends.get(customer, "customer_no_answer")
