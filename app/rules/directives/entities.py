"""Names the people, places, times, codes and things of an answer, and its telling words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.rules.analysis import Directive, Entity, Kind
from app.rules.directives.lexicon import TITLE
from app.rules.directives.reading import Reading

_TYPES = {
    "place": "location",
    "entrance": "location",
    "address": "address",
    "unit": "unit",
    "code": "access_code",
    "phone": "phone_number",
    "recipient": "person",
    "start": "time",
    "end": "time",
    "date": "date",
}
_ITEM = re.compile(
    r"\b(?:mirror|flowers|insulin|oxygen(?: tubing)?|medicine|medication|prescription|laptop|"
    r"computer|television|tv|cake|"
    r"groceries|furniture|sofa|mattress|bike|bicycle|shoes|books?|painting|wine|plants?|vase|lamp|"
    r"phone|fridge|printer|"
    r"wheelchair|inhaler|documents|passport|glassware|present|gift|frozen food|food|"
    r"mobility scooter|table|chair|tyres?|tires?)\b"
)
_NAMED = re.compile(rf"\b{TITLE}\.? (?!is\b|at\b|and\b|will\b|can\b|by\b|here\b|you\b)[a-z]+")
_TELLING = (
    "place",
    "recipient",
    "hazard",
    "address",
    "code",
    "unit",
    "entrance",
    "phone",
    "date",
    "start",
    "end",
)


def entities_of(readings: Sequence[Reading | Directive], plain: str) -> tuple[Entity, ...]:
    """Return what the directives name, then items and titled persons named beside them."""
    seen: dict[tuple[str, str], Entity] = {}
    for entity in _all(readings, plain):
        seen.setdefault((entity.type, entity.value), entity)
    return tuple(seen.values())


def _all(readings: Sequence[Reading | Directive], plain: str) -> Iterator[Entity]:
    for one in readings:
        for slot, kind in _TYPES.items():
            value = one.slots.get(slot)
            if isinstance(value, str) and value != "me":
                yield Entity(kind, value, one.confidence)
    for match in _ITEM.finditer(plain):
        yield Entity("item", match.group(), 0.7)
    persons = [str(one.slots.get("recipient", "")) for one in readings]
    for match in _NAMED.finditer(plain):
        if not any(match.group() in person for person in persons):
            yield Entity("person", match.group(), 0.7)


def keywords_of(readings: Sequence[Reading | Directive], plain: str) -> tuple[str, ...]:
    """Return up to eight telling words or phrases, those of directives first."""
    words: dict[str, None] = {}
    for one in readings:
        for slot in _TELLING:
            if one.slots.get(slot, "me") != "me":
                words.setdefault(str(one.slots[slot]))
        chosen = one.slots.get("action") or one.slots.get("note") or one.slots.get("topic")
        if chosen and chosen != "other":
            words.setdefault(str(chosen).replace("_", " "))
        elif one.kind in (
            Kind.CANCEL,
            Kind.WRONG_NUMBER,
            Kind.OPT_OUT,
            Kind.SPEAK_TO_HUMAN,
            Kind.RESCHEDULE,
        ):
            words.setdefault(one.kind.value.replace("_", " "))
    for match in _ITEM.finditer(plain):
        words.setdefault(match.group())
    return tuple(words)[:8]
