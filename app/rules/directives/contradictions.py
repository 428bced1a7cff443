"""Two directives of one answer that cannot both be followed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from app.rules.analysis import Kind
from app.rules.directives.reading import Reading
from app.rules.directives.second import is_second_choice

_DELIVERED = frozenset(
    {
        Kind.LEAVE_AT,
        Kind.LEAVE_WITH,
        Kind.HAND_OVER,
        Kind.TIME_WINDOW,
        Kind.RESCHEDULE,
        Kind.REDIRECT,
        Kind.CONFIRM,
    }
)
_LEFT = frozenset({Kind.LEAVE_AT, Kind.LEAVE_WITH})
_OUTSIDE = re.compile(r"\b(?:porch|step|outside|doorstep)\b")


def contradictory(readings: Sequence[Reading]) -> bool:
    """Tell whether two directives cannot both be followed; a condition keeps them apart."""
    plain = [one for one in readings if "condition" not in one.slots]
    kinds = {one.kind for one in plain}
    return (
        (Kind.CANCEL in kinds and bool(kinds & _DELIVERED))
        or (Kind.HAND_OVER in kinds and bool(kinds & _LEFT))
        or {Kind.REDIRECT, *_LEFT} <= kinds
        or (Kind.CONFIRM in kinds and Kind.RESCHEDULE in kinds)
        or (Kind.OPT_OUT in kinds and Kind.CONTACT in kinds)
        or _forbidden(plain)
        or any(_apart(*pair) for pair in combinations(plain, 2))
    )


def _forbidden(plain: Sequence[Reading]) -> bool:
    """Whether one asks for what another forbids."""
    actions = {one.slots.get("action") for one in plain if one.kind is Kind.AVOID}
    for one in plain:
        if one.kind is Kind.CONTACT and one.slots.get("channel") == "call" and "call" in actions:
            return True
        taker = str(one.slots.get("recipient")) if one.kind is Kind.LEAVE_WITH else ""
        if "leave_with_neighbor" in actions and "neighb" in taker:
            return True
        place = str(one.slots.get("place", ""))
        if actions & {"leave_unattended", "leave_outside"} and _OUTSIDE.search(place):
            return True
    return False


def _apart(one: Reading, other: Reading) -> bool:
    """Whether two say different things of what there is only one of."""
    if is_second_choice(other.quoted):
        return False
    if one.kind is other.kind:
        only = _ONLY_ONE.get(one.kind, ())
        return any(_differ(one, other, name) for name in only)
    if {one.kind, other.kind} == {Kind.TIME_WINDOW, Kind.UNAVAILABLE}:
        out = one if one.kind is Kind.UNAVAILABLE else other
        return _within(other if out is one else one, out)
    return False


_ONLY_ONE = {
    Kind.LEAVE_AT: ("place",),
    Kind.LEAVE_WITH: ("recipient",),
    Kind.HAND_OVER: ("recipient",),
    Kind.REDIRECT: ("address",),
    Kind.RESCHEDULE: ("date",),
}


def _differ(one: Reading, other: Reading, name: str) -> bool:
    first, second = one.slots.get(name), other.slots.get(name)
    return first is not None and second is not None and first != second


def _within(window: Reading, away: Reading) -> bool:
    """Whether a window lies in an absence: "come at two" beside "out from one to three"."""
    if _differ(window, away, "date") or not _timed(window) or not _timed(away):
        return False
    return _start(away) <= _start(window) and _end(window) <= _end(away)


def _timed(one: Reading) -> bool:
    return bool({"start", "end"} & set(one.slots))


def _start(one: Reading) -> str:
    return str(one.slots.get("start", "00:00"))


def _end(one: Reading) -> str:
    return str(one.slots.get("end", "24:00"))
