"""Words the directives for people: one short sentence for the driver, one for the dispatcher."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from app.rules.analysis import Kind
from app.rules.directives.reading import Reading

_AVOID = {
    "ring_bell": "don't ring the bell",
    "knock": "don't knock",
    "leave_outside": "don't leave it outside",
    "leave_unattended": "don't leave it unattended",
    "leave_with_neighbor": "don't leave it with a neighbour",
    "call": "don't call",
    "open_gate": "don't open the gate",
    "block_driveway": "don't block the driveway",
}
_NOTES = {
    "fragile": "fragile, handle with care",
    "heavy": "heavy",
    "perishable": "perishable",
    "keep_upright": "keep it upright",
    "keep_dry": "keep it dry",
    "keep_cold": "keep it cold",
    "conceal": "put it out of sight",
}
_CONTACT_WHEN = {
    "on_arrival": " on arrival",
    "before": " before you come",
    "after_delivery": " after delivery",
    "no_answer": " if nobody answers",
}
_TOPICS = {
    "eta": "when it will come",
    "status": "where the parcel is",
    "sender": "who sent it",
    "other": "something",
}
_FOR_DISPATCHER = {
    Kind.CANCEL: "wants the delivery cancelled",
    Kind.WRONG_NUMBER: "says this is the wrong number",
    Kind.OPT_OUT: "wants no more calls",
    Kind.SPEAK_TO_HUMAN: "wants to speak to a person",
    Kind.CONFIRM: "confirmed",
}
_REPORTED = frozenset(
    {*_FOR_DISPATCHER, Kind.QUESTION, Kind.UNAVAILABLE, Kind.TIME_WINDOW, Kind.RESCHEDULE}
)
_NOT_FOR_DRIVER = frozenset(
    {Kind.OPT_OUT, Kind.SPEAK_TO_HUMAN, Kind.QUESTION, Kind.CONFIRM, Kind.WRONG_NUMBER}
)


def driver_sentence(readings: Sequence[Reading]) -> str:
    """Return what the driver must do, each directive a short sentence; empty for nothing to do."""
    parts = [_capital(words) for one in readings if (words := _for_driver(one))]
    return " ".join(f"{part}." for part in parts)


def dispatcher_summary(
    readings: Sequence[Reading], *, voicemail: bool, complaint: bool, said: bool
) -> str:
    """Return one sentence on the whole answer, with what is not for the driver."""
    if voicemail:
        return "An answering machine took the call."
    parts = [words for one in readings if (words := _for_dispatcher(one))]
    if orders := "; ".join(_for_driver(one) for one in readings if one.kind not in _REPORTED):
        parts.append(f"says: {orders}")
    if complaint:
        parts.append("is unhappy with the service")
    if not parts:
        return "The customer said nothing that could be acted on." if said else "Nothing was said."
    return f"The customer {'; '.join(parts)}."


def _for_driver(one: Reading) -> str:
    if one.kind in _NOT_FOR_DRIVER:
        return ""
    words = _PHRASES[one.kind](one)
    condition = str(one.slots.get("condition", ""))
    if condition.startswith("unless "):
        return f"{words} {condition}"
    return f"if {condition}, {words}" if condition else words


def _for_dispatcher(one: Reading) -> str:
    if one.kind is Kind.QUESTION:
        asks = _TOPICS[str(one.slots["topic"])]
        return f'asks "{one.quoted}"' if one.slots["topic"] == "other" else f"asks {asks}"
    if one.kind in _FOR_DISPATCHER:
        condition = one.slots.get("condition")
        return _FOR_DISPATCHER[one.kind] + (f" if {condition}" if condition else "")
    if one.kind is Kind.UNAVAILABLE:
        return f"is not in{_span(one)}"
    if one.kind is Kind.TIME_WINDOW:
        return f"can take it{_span(one)}"
    if one.kind is Kind.RESCHEDULE:
        return f"wants it{_span(one) or ' another day'}"
    return ""


def _theirs(wording: str) -> str:
    """Return words with the customer's "my" as a driver would read it."""
    return re.sub(r"^(?:my|our) ", "the customer's ", wording)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _leave_at(one: Reading) -> str:
    return f"leave it {one.wording}"


def _leave_with(one: Reading) -> str:
    return f"leave it with {_theirs(one.wording)}"


def _hand_over(one: Reading) -> str:
    recipient = str(one.slots.get("recipient", ""))
    to_whom = "the customer" if recipient in ("me", "") else recipient
    words = f"hand it only to {to_whom}" if recipient else "hand it over in person"
    extras = [("signature", "get a signature"), ("id_check", "check ID")]
    return ", ".join([words, *(text for name, text in extras if one.slots.get(name))])


def _span(one: Reading) -> str:
    slots = one.slots
    day = f" on {_day(str(slots['date']))}" if "date" in slots else ""
    start, end = slots.get("start"), slots.get("end")
    if start and start == end:
        return f"{day} at {start}"
    if start and end:
        return f"{day} between {start} and {end}"
    if start:
        return f"{day} from {start}"
    return f"{day} until {end}" if end else day


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day:%A} {day.day} {day:%B}"


def _access(one: Reading) -> str:
    slots = one.slots
    named = (("code", "code "), ("unit", "unit "), ("floor", "floor "), ("entrance", "entrance: "))
    return ", ".join(f"{label}{slots[name]}" for name, label in named if name in slots)


def _contact(one: Reading) -> str:
    slots = one.slots
    whom = str(slots.get("recipient", "the customer"))
    words = {"call": f"call {whom}", "text": f"text {whom}"}.get(
        str(slots.get("channel")), f"contact {whom}"
    )
    if "phone" in slots:
        words += f" on {slots['phone']}"
    if "minutes" in slots:
        return f"{words} {slots['minutes']} minutes before you come"
    return words + _CONTACT_WHEN.get(str(slots.get("when")), "")


def _avoid(one: Reading) -> str:
    return _AVOID.get(str(one.slots["action"]), one.quoted.lower())


def _handling(one: Reading) -> str:
    return _NOTES.get(str(one.slots["note"]), one.quoted.lower())


_PHRASES: dict[Kind, Callable[[Reading], str]] = {
    Kind.LEAVE_AT: _leave_at,
    Kind.LEAVE_WITH: _leave_with,
    Kind.HAND_OVER: _hand_over,
    Kind.TIME_WINDOW: lambda one: f"come{_span(one)}",
    Kind.UNAVAILABLE: lambda one: f"nobody is in{_span(one)}",
    Kind.RESCHEDULE: lambda one: f"not today; deliver{_span(one) or ' another day'}",
    Kind.REDIRECT: lambda one: f"take it to {_theirs(one.wording)}",
    Kind.ACCESS: _access,
    Kind.CONTACT: _contact,
    Kind.AVOID: _avoid,
    Kind.CAUTION: lambda one: f"mind the {one.slots['hazard']}",
    Kind.HANDLING: _handling,
    Kind.CANCEL: lambda _: "do not deliver: cancelled",
}
