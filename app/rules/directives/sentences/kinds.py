"""What each kind of directive asks of the driver, in words of their language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from babel.units import format_unit

from app.rules.analysis import Directive, Kind
from app.rules.directives.numbers import CARDINAL
from app.rules.directives.second import is_second_choice
from app.rules.directives.sentences.conditions import sense_of
from app.rules.directives.sentences.framing import as_cased, framed
from app.rules.directives.sentences.parsing import cased
from app.rules.directives.sentences.persons import of_the_customer
from app.rules.directives.sentences.spans import span
from app.rules.directives.sentences.voices import Voice
from app.rules.directives.timeless import EVENT

_PREPOSED = re.compile(
    r"^(?:(?:just |right |out |round |around )?(?:front|back|side|outside|inside|indoors|upstairs|"
    r"downstairs|opposite)|somewhere \w+|next door)\b"
)
_PLACED = frozenset({Kind.LEAVE_AT, Kind.LEAVE_WITH, Kind.HAND_OVER})
_TOWARDS = re.compile(r"^(?:(?:over|round|down|up|back|along) )*(?:to|at) (?=\w)")
_A_NUMBER = re.compile(rf"^(?:\d+ ?[a-z]?|{CARDINAL})$")
_HAS_DIGIT = re.compile(r"^(?:\w+ )*\d")


def words_of(one: Directive, voice: Voice) -> str:
    """One directive as a clause without its capital and full stop; empty for none of the driver's.

    A condition is kept; one that is not known stands in the customer's words.
    """
    if one.kind not in _WORDED:
        return ""
    words = _WORDED[one.kind](one, voice)
    if one.kind in _PLACED and is_second_choice(one.text):
        words = voice.table.text("otherwise", words=words)
    condition = str(one.slots.get("condition", ""))
    if not condition and one.kind is Kind.CONTACT and one.slots.get("when") == "no_answer":
        condition = "" if "no_answer" in voice.table.section("when") else "nobody answers"
    return conditional(condition, words, voice)


def conditional(condition: str, words: str, voice: Voice) -> str:
    """A clause under its condition."""
    if not condition:
        return words
    form = form_of(condition)
    bare = condition.removeprefix("unless ")
    said = voice.table.section("conditions").get(sense_of(bare))
    if said is None:
        own = re.sub(r"\bi\b", "I", bare)
        said = of_the_customer(bare) if voice.table.code == "en" else voice.table.quote(own)
    text = voice.table.text(form, condition=said, words=words)
    return text.replace("si il ", "s’il ") if voice.table.code == "fr" else text


_AN_HOUR = re.compile(r"(?:before|after|until|till|between|from|past|earlier than|later than) ")


def form_of(condition: str) -> str:
    """The text of the table that a condition stands in: if, unless, or an hour or day alone."""
    if condition.startswith("unless "):
        return "unless"
    return "while" if _AN_HOUR.match(condition) else "if"


def _leave_at(one: Directive, voice: Voice) -> str:
    words = framed(one, "place")
    value = str(one.slots.get("place", ""))
    if not words:
        return _own_words(one, voice)
    if words == value and not _PREPOSED.match(words):
        return voice.table.text("leave_here", what=voice.said("leave_here", words))
    words, _, known = words.partition(" (")
    where, moves = voice.place(words)
    if known:
        where = f"{where} ({voice.place(known.removesuffix(')'))[0]})"
    return voice.table.text("leave_at" if moves or "leave_at_still" not in voice.table.raw["texts"]
                            else "leave_at_still", where=where)  # fmt: skip


def _leave_with(one: Directive, voice: Voice) -> str:
    return voice.table.text("leave_with", who=_whom(one, "leave_with", voice))


def _hand_over(one: Directive, voice: Voice) -> str:
    text = voice.table.text
    words = text("hand_over_open")
    if one.slots.get("recipient"):
        words = text("hand_over", who=_whom(one, "hand_over", voice))
    return ", ".join([words, *(text(n) for n in ("signature", "id_check") if one.slots.get(n))])


def _whom(one: Directive, role: str, voice: Voice) -> str:
    if "recipient" not in one.slots:
        return voice.said(role, "me")
    words = framed(one, "recipient")
    if voice.table.code == "en":
        words = as_cased(words, one.text)
        words = f"number {words}" if _A_NUMBER.match(words) else words
    return voice.said(role, words)


def _redirect(one: Directive, voice: Voice) -> str:
    value = str(one.slots.get("address", ""))
    if not value:
        return _own_words(one, voice)
    if _HAS_DIGIT.match(value):
        return voice.table.text("redirect_street", address=cased(value))
    words = _TOWARDS.sub("", framed(one, "address"))
    who = voice.said("redirect", as_cased(words, one.text) if voice.table.code == "en" else words)
    return voice.table.text("redirect", who=who)


def _timed(one: Directive, voice: Voice) -> str:
    when = span(one.slots, voice.table, by=one.kind is not Kind.UNAVAILABLE)
    event = EVENT.search(one.text.lower())
    if event and not {"start", "end"} & set(one.slots):
        said = event.group()
        when = f"{when} {said if voice.table.code == 'en' else f'({voice.table.quote(said)})'}"
    if one.kind is Kind.TIME_WINDOW and not when:
        return _own_words(one, voice)
    if one.kind is Kind.RESCHEDULE and not when:
        return voice.table.text("reschedule_open")
    return voice.table.text(one.kind.value, span=when).strip()


def _access(one: Directive, voice: Voice) -> str:
    text, slots, parts = voice.table.text, one.slots, []
    if "code" in slots:
        parts.append(text("code", value=str(slots["code"])))
    if "unit" in slots:
        parts.append(text("unit", value=str(slots["unit"])))
    if "floor" in slots:
        floor = str(slots["floor"])
        named = voice.table.section("floors").get(floor)
        if named is not None:
            parts.append(named)
        else:
            plain = "floor" if floor.isdigit() or voice.table.code != "en" else "floor_named"
            parts.append(text(plain, value=floor))
    if "entrance" in slots:
        parts.append(text("entrance", what=voice.said("entrance", str(slots["entrance"]))))
    return ", ".join(parts) or _own_words(one, voice)


def _contact(one: Directive, voice: Voice) -> str:
    slots, whens = one.slots, voice.table.section("when")
    role = str(slots.get("channel", "contact"))
    when = str(whens.get(str(slots.get("when")), ""))
    if "minutes" in slots:
        length = format_unit(slots["minutes"], "minute", "long", locale=voice.table.code)
        when = str(whens["minutes"]).format(minutes=length)
    phone = ""
    if "phone" in slots:
        phone = voice.table.text("phone", number=str(slots["phone"]))
    return voice.table.text(role, who=_whom(one, role, voice), phone=phone, when=when)


def _chosen(section: str, slot: str) -> Callable[[Directive, Voice], str]:
    def words(one: Directive, voice: Voice) -> str:
        known = voice.table.section(section).get(str(one.slots.get(slot)))
        return str(known) if known is not None else _own_words(one, voice)

    return words


_STANDING = re.compile(r"(?<=scaffolding) (?:up|about|around)$")
"""How a thing stands there, which is no part of its name: "there's scaffolding up"."""


def _caution(one: Directive, voice: Voice) -> str:
    if "hazard" not in one.slots:
        return _own_words(one, voice)
    hazard = framed(one, "hazard")
    if voice.table.code == "en":
        return voice.table.text(
            "caution", what=f"the {_STANDING.sub('', str(one.slots['hazard']))}"
        )
    return voice.table.text("caution", what=voice.said("caution", hazard))


def _own_words(one: Directive, voice: Voice) -> str:
    """The customer's own words, where no other would say the same."""
    if voice.table.code == "en":
        return of_the_customer(one.text.lower())
    return voice.table.text("other", quote=voice.table.quote(one.text))


_WORDED: Mapping[Kind, Callable[[Directive, Voice], str]] = MappingProxyType(
    {
        Kind.CANCEL: lambda _, voice: voice.table.text("cancel"),
        Kind.RESCHEDULE: _timed,
        Kind.REDIRECT: _redirect,
        Kind.CAUTION: _caution,
        Kind.AVOID: _chosen("avoid", "action"),
        Kind.ACCESS: _access,
        Kind.HAND_OVER: _hand_over,
        Kind.LEAVE_WITH: _leave_with,
        Kind.LEAVE_AT: _leave_at,
        Kind.HANDLING: _chosen("handling", "note"),
        Kind.TIME_WINDOW: _timed,
        Kind.UNAVAILABLE: _timed,
        Kind.CONTACT: _contact,
    }
)
"""The kinds that are for the driver."""
