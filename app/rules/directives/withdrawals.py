"""Directives that a later one of the same answer takes back without a word of correction."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.rules.analysis import Kind
from app.rules.directives.reading import Reading

_PLACED = frozenset({Kind.LEAVE_AT, Kind.LEAVE_WITH, Kind.HAND_OVER, Kind.REDIRECT})
_THEIR_ABSENCE = re.compile(r"(?:(?:and|but|only|except) )*(?:s?he|they)(?:'s|'re|'ll| is| are) ")
_FOR_GOOD = re.compile(
    r"\b(?:again|any ?more|any longer|ever|never|list|lists|calls|texts|messages|off|register|"
    r"remove|delete|block|sick|number|opt)\b"
)


def without_withdrawn(readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings without those that a later one takes back.

    "Leave it with Jean but she's away so …" is no longer for Jean, and "stop calling me at work,
    call my mobile" asks for a call.
    """
    gone: set[int] = set()
    for index, one in enumerate(readings):
        later = [other for other in readings if other.clause > one.clause]
        if one.kind is Kind.LEAVE_WITH and (away := _their_absence(one, later)):
            gone |= {index, readings.index(away)}
        if one.kind is Kind.OPT_OUT and _calls_instead(one, later):
            gone.add(index)
    return [one for index, one in enumerate(readings) if index not in gone]


def _their_absence(one: Reading, later: Sequence[Reading]) -> Reading | None:
    """Find that whoever was to take it is away, where the next words say what else to do."""
    for away in later:
        told = away.kind is Kind.UNAVAILABLE and away.clause == one.clause + 1
        if told and _THEIR_ABSENCE.match(away.quoted.lower().replace("’", "'")):
            instead = any(o.kind in _PLACED and o.clause > away.clause for o in later)
            return away if instead and "condition" not in one.slots else None
    return None


def _calls_instead(one: Reading, later: Sequence[Reading]) -> bool:
    """Whether a call or a text is asked for in the same breath, on another line or of another."""
    return _FOR_GOOD.search(one.quoted.lower()) is None and any(
        other.kind is Kind.CONTACT and other.clause - one.clause <= 2 and "channel" in other.slots
        for other in later
    )
