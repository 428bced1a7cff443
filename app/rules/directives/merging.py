"""Brings what was read into the directives of one answer: merged, without repeats, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.rules.analysis import Kind
from app.rules.directives.reading import Reading
from app.rules.directives.withdrawals import without_withdrawn

_ONCE = frozenset({Kind.CANCEL, Kind.OPT_OUT, Kind.WRONG_NUMBER, Kind.SPEAK_TO_HUMAN, Kind.CONFIRM})
_NO_ORDER = frozenset({Kind.CONFIRM, Kind.QUESTION, Kind.SPEAK_TO_HUMAN})
_MERGED = frozenset({Kind.ACCESS, Kind.HAND_OVER, Kind.RESCHEDULE, Kind.CONTACT, Kind.UNAVAILABLE})
_NOT_THEN = frozenset({Kind.RESCHEDULE, Kind.OPT_OUT, Kind.CANCEL})
"""Beside these "not today" is no absence but a contrast."""
JOINT = " … "
"""Stands in a text between words that were said apart; nobody said it."""
TIMES = frozenset({Kind.TIME_WINDOW, Kind.RESCHEDULE, Kind.UNAVAILABLE})


def merge(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Return the readings with those that say one thing in two breaths made one."""
    merged: list[Reading] = []
    for reading in readings:
        partner = _partner(merged, reading)
        if partner is None:
            merged.append(reading)
        else:
            merged[partner] = _joined(merged[partner], reading)
    settled = without_withdrawn(_settled(merged))
    return tuple(sorted(settled, key=lambda one: (one.start, one.end)))


def _partner(merged: Sequence[Reading], new: Reading) -> int | None:
    for index in range(len(merged) - 1, -1, -1):
        old = merged[index]
        if old.kind is new.kind and old.slots == new.slots:
            return index
        if old.kind is new.kind and (new.kind in _ONCE or _compatible(old, new)):
            return index
        if _time_goes_on(old, new):
            return index
    return None


def _compatible(old: Reading, new: Reading) -> bool:
    """Whether two readings of a kind fill each other's gaps."""
    if new.kind not in _MERGED or old.slots.get("condition") != new.slots.get("condition"):
        return False
    shared = set(old.slots) & set(new.slots)
    agree = all(old.slots[name] == new.slots[name] for name in shared)
    if new.kind is Kind.CONTACT:
        whose = {"phone", "recipient"}
        return agree and (set(new.slots) <= {"phone"} or set(old.slots) <= whose)
    if new.kind in (Kind.RESCHEDULE, Kind.UNAVAILABLE):
        within = set(new.slots) <= set(old.slots) or set(old.slots) <= set(new.slots)
        return agree and (within or not shared)
    return agree


def _time_goes_on(old: Reading, new: Reading) -> bool:
    """Whether a bare window completes the day before it: "Monday instead, between ten and noon"."""
    if _goes_until(old, new):
        return True
    apart = 3 if new.bare else 1
    far = new.clause - old.clause > (4 if new.mends else apart)
    if old.kind not in TIMES or new.kind is not Kind.TIME_WINDOW or far:
        return False
    if old.kind is Kind.UNAVAILABLE or "date" in new.slots:
        return False
    if old.clause == new.clause and "start" in new.slots and "end" not in new.slots:
        return False  # "before nine or after five"
    return not ({"start", "end"} & set(old.slots) & set(new.slots))


def _goes_until(old: Reading, new: Reading) -> bool:
    """Whether "until three" ends an absence whose beginning was just said."""
    return (
        old.kind is Kind.UNAVAILABLE
        and new.kind is Kind.TIME_WINDOW
        and new.clause - old.clause <= 1
        and "end" not in old.slots
        and (_is_until(new) or (new.bare and "start" not in old.slots and _is_span(new)))
    )


def _is_until(one: Reading) -> bool:
    return set(one.slots) == {"end"} and re.match(r"(?:un)?til", one.quoted.lower()) is not None


def _is_span(one: Reading) -> bool:
    return set(one.slots) == {"start", "end"} and one.slots["start"] != one.slots["end"]


def _joined(old: Reading, new: Reading) -> Reading:
    quoted = old.quoted if new.quoted in old.quoted else f"{old.quoted}{JOINT}{new.quoted}"
    slots = {**old.slots, **new.slots}
    confidence = max(old.confidence, new.confidence)
    wording = old.wording or new.wording
    if old.kind in TIMES and new.slots:
        wording = f"{old.wording} {new.wording}".strip()
    return replace(
        old,
        slots=slots,
        quoted=quoted,
        lies=(min(old.lies[0], new.lies[0]), max(old.lies[1], new.lies[1])),
        confidence=confidence,
        wording=wording,
        loose=old.loose and new.loose,
        doubtful=old.doubtful or new.doubtful,
    )


def _settled(readings: list[Reading]) -> list[Reading]:
    """Drop loose readings that surer ones displace."""
    readings = [_until(one, readings) for one in _signed(readings)]
    kinds = {one.kind for one in readings}
    kept = []
    for one in readings:
        others = [other for other in readings if other is not one]
        if one.kind is Kind.CONFIRM and _overruled(one, others):
            continue
        if (
            one.kind is Kind.LEAVE_WITH
            and one.loose
            and kinds & {Kind.HAND_OVER, Kind.LEAVE_AT, Kind.REDIRECT}
        ):
            continue
        if (
            one.kind is Kind.LEAVE_WITH
            and one.loose
            and any(
                (o.kind is Kind.LEAVE_WITH and not o.loose)
                or (o.kind is Kind.AVOID and _TO_ANOTHER.search(o.quoted.lower()))
                for o in others
            )
        ):
            continue
        if one.kind is Kind.LEAVE_WITH and _is_hand_over_too(one, others):
            continue
        if (
            one.kind is Kind.TIME_WINDOW
            and one.loose
            and any(
                other.kind is Kind.TIME_WINDOW and 0 <= other.clause - one.clause <= 2
                for other in others
            )
        ):
            continue
        if one.kind is Kind.UNAVAILABLE and one.loose and "date" in one.slots and kinds & _NOT_THEN:
            continue
        if one.kind is Kind.UNAVAILABLE and one.loose and not one.slots and _why_not(one, others):
            continue
        if one.kind is Kind.UNAVAILABLE and not one.slots and _why_elsewhere(one, others):
            continue
        if one.kind is Kind.AVOID and _said_better(one, others):
            continue
        kept.append(one)
    return kept


_UNTIL_A_DAY = re.compile(r"\b(?:un)?till? .+$")


def _until(one: Reading, readings: Sequence[Reading]) -> Reading:
    """Keep until what day an absence lasts, where no other day is asked for."""
    if one.kind is not Kind.UNAVAILABLE or one.slots:
        return one
    said = _UNTIL_A_DAY.search(one.quoted.lower())
    if said is None or any(other.kind is Kind.RESCHEDULE for other in readings):
        return one
    return replace(one, slots={"condition": said.group()})


def _why_not(one: Reading, others: Sequence[Reading]) -> bool:
    """Whether "I'm at work" only says why they are not to be called, or are to be."""
    return any(
        abs(other.clause - one.clause) <= 1
        and (
            other.kind is Kind.CONTACT
            or other.slots.get("action") in ("call", "ring_bell", "knock")
        )
        for other in others
    )


def _why_elsewhere(one: Reading, others: Sequence[Reading]) -> bool:
    """Whether "I'm at my sister's" only says why it is to be brought to another address."""
    return _AT_A_PLACE.match(one.quoted.lower()) is not None and any(
        other.kind is Kind.REDIRECT and abs(other.clause - one.clause) <= 1 for other in others
    )


_AT_A_PLACE = re.compile(
    r"(?:i'?m|we'?re|i am|we are|i'?ll be|we'?ll be) (?:\w+ )??(?:at|with|over at|staying|"
    r"working)\b"
)


def _overruled(confirm: Reading, others: Sequence[Reading]) -> bool:
    if confirm.loose:
        return any(other.kind is not Kind.QUESTION for other in others)
    earlier = [o for o in others if o.start < confirm.start and o.kind not in _NO_ORDER]
    return bool(earlier) or any(
        o.kind in (Kind.CANCEL, Kind.RESCHEDULE, Kind.WRONG_NUMBER) for o in others
    )


def _is_hand_over_too(one: Reading, others: Sequence[Reading]) -> bool:
    return any(
        other.kind is Kind.HAND_OVER and other.slots.get("recipient") == one.slots.get("recipient")
        for other in others
    )


def _said_better(avoid: Reading, others: Sequence[Reading]) -> bool:
    """ "Don't ring this number again" beside an opt-out is no second directive."""
    if avoid.slots.get("action") == "call":
        return any(other.kind is Kind.OPT_OUT for other in others)
    if avoid.slots.get("action") == "other" and _TO_ANOTHER.search(avoid.quoted.lower()):
        return any(other.kind is Kind.HAND_OVER for other in others)
    return False


def _signed(readings: list[Reading]) -> list[Reading]:
    """Make "leave it with reception and make sure she signs" one: who takes it in signs."""
    for one in readings:
        others = [other for other in readings if other is not one]
        if signing := _signed_by(one, others):
            handed = replace(signing, slots={"recipient": one.slots["recipient"], **signing.slots})
            return [other for other in others if other is not signing] + [handed]
    return readings


def _signed_by(one: Reading, others: Sequence[Reading]) -> Reading | None:
    """ "Leave it with reception and make sure she signs": who takes it in is who signs."""
    if one.kind is not Kind.LEAVE_WITH:
        return None
    return next(
        (
            other
            for other in others
            if other.kind is Kind.HAND_OVER
            and "recipient" not in other.slots
            and 0 <= other.clause - one.clause <= 1
            and (
                (not other.slots and "person" in other.quoted.lower())
                or (other.slots.get("signature") and _THEY_SIGN.search(other.quoted.lower()))
            )
        ),
        None,
    )


_THEY_SIGN = re.compile(r"\b(?:s?he|they|him|her|them)\b.*\bsign|\b(?:his|her|their) signature")
_TO_ANOTHER = re.compile(r"\b(?:give|hand|pass|leave)\b.*\b(?:him|her|them|anyone|anybody|else)\b")
