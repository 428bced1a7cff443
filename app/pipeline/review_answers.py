"""The likely answers to a review: what a dispatcher may choose with one key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from app.models import Delivery, Review
from app.rules.analysis import Directive, Kind
from app.states import DELIVERY_OVER, OUTREACH_HEARD

Does = Literal[
    "accept", "also", "instead", "without", "cancel", "move", "redirect", "stop_calls", "call",
    "called_back", "leave", "not_possible",
]  # fmt: skip
UNDOABLE: frozenset[Does] = frozenset(
    {"accept", "also", "instead", "without", "called_back", "leave", "not_possible"}
)
"""Those that change nothing outside of our own books."""
_DOUBTFUL = 0.6
"""A confidence below which leaving a directive out is one of the likely answers."""
_MOST = 2
"""Answers of one kind."""
_TO_MOVE = ("scheduled", "assigned", "failed")
_TO_HEAR = ("speak_to_human", "unheard", "unread", "picture", "unclear", "unverified")


@dataclass(frozen=True, slots=True)
class Offer:
    """One likely answer."""

    does: Does
    number: int | None = None
    """Of the directive that it is about: of those understood, or for also and instead of those
    that a second reader proposes."""
    directive: Directive | None = None
    when: datetime | None = None
    """To which time the delivery moves."""

    @property
    def name(self) -> str:
        """By which it is chosen."""
        return self.does if self.number is None else f"{self.does}-{self.number}"

    @property
    def undoable(self) -> bool:
        """Can it be taken back?"""
        return self.does in UNDOABLE


def offers(review: Review, delivery: Delivery, now: datetime) -> list[Offer]:
    """The likely answers, the likeliest first."""
    found = [*_deeds(review, delivery, now)]
    if review.reason in ("unclear", "unheard", "unverified"):
        found += _readings(delivery)
    if review.reason in _TO_HEAR and _may_be_called(delivery):
        found.append(Offer("call"))
    found.append(Offer("called_back"))
    found.append(Offer("not_possible" if review.reason == "speak_to_human" else "leave"))
    return found


def _deeds(review: Review, delivery: Delivery, now: datetime) -> Iterator[Offer]:
    over = delivery.status in DELIVERY_OVER
    wish = _wish(delivery, review.reason)
    if review.reason == "cancel" and not over:
        yield Offer("cancel")
    if review.reason == "wrong_number":
        yield Offer("stop_calls")
    if wish is None:
        return
    number, directive = wish
    if review.reason == "redirect" and not over and directive.slots.get("address"):
        yield Offer("redirect", number, directive)
    if review.reason == "reschedule" and delivery.status in _TO_MOVE:
        when = moved_to(directive, delivery)
        if when is not None and when > now:
            yield Offer("move", number, directive, when)


def _wish(delivery: Delivery, reason: str) -> tuple[int, Directive] | None:
    for number, each in enumerate(_understood(delivery)):
        if each.kind.value == reason:
            return number, each
    return None


def _readings(delivery: Delivery) -> Iterator[Offer]:
    """What was understood as it stands, with what a second reader found, or without what is in
    doubt."""
    understood = _understood(delivery)
    if understood:
        yield Offer("accept")
    proposed = [each.to_rules() for each in delivery.analysis.proposed] if delivery.analysis else []
    for number, each in list(enumerate(proposed))[:_MOST]:
        if understood:
            yield Offer("also", number, each)
        yield Offer("instead", number, each)
    doubted = set(delivery.analysis.doubted) if delivery.analysis else set()
    unsure = [
        (number, each)
        for number, each in enumerate(understood)
        if each.kind in doubted or each.confidence < _DOUBTFUL
    ]
    for number, each in unsure[:_MOST]:
        yield Offer("without", number, each)


def _understood(delivery: Delivery) -> list[Directive]:
    return [each.to_rules() for each in delivery.analysis.directives] if delivery.analysis else []


def _may_be_called(delivery: Delivery) -> bool:
    outreach = delivery.outreach.state
    return (
        delivery.status not in DELIVERY_OVER
        and outreach not in OUTREACH_HEARD
        and outreach != "calling"
    )


def moved_to(directive: Directive, delivery: Delivery) -> datetime | None:
    """The time that the customer asked for; None where no day was said.

    Without a time of day, it stays as it was.
    """
    day = directive.slots.get("date")
    if directive.kind is not Kind.RESCHEDULE or not day:
        return None
    zone = ZoneInfo(delivery.time_zone)
    was = delivery.scheduled_time.astimezone(zone).timetz().replace(tzinfo=None)
    said = directive.slots.get("start")
    at = time.fromisoformat(str(said)) if said else was
    return datetime.combine(date.fromisoformat(str(day)), at, zone)
