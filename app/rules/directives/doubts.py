"""Numbers that were heard or put right only in part: nobody is to dial those unheard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.rules.analysis import Kind
from app.rules.directives.numbers import SPOKEN_CODE, code_from
from app.rules.directives.reading import Reading

_PUT_RIGHT = re.compile(
    rf"(?P<first>{SPOKEN_CODE}),? (?:(?:no|not|sorry|wait|hang on|hold on|i mean|or rather|or|er|"
    rf"maybe|actually|make that|that's|it's|i think|or is it|is it|or was it)[, ]+)+"
    rf"(?P<again>{SPOKEN_CODE})(?! (?:minutes?|mins?|hours?|o'clock|am|pm)\b)"
)
_LOST = re.compile(
    rf"{SPOKEN_CODE},? (?:something|blank|whatever|dunno|i don't know|i forget|i can't "
    rf"(?:remember|read)|can't remember|i'm not sure|not sure|(?:i )?think it's)\b"
)
_SHORTEST = 7
"""Digits of a telephone number that can be dialled without an area code."""


def with_doubts(readings: Sequence[Reading], plain: str) -> tuple[Reading, ...]:
    """Return the readings, codes put right and uncertain numbers marked.

    A telephone number that was heard or put right in part goes.
    """
    said = [(match["first"], match["again"]) for match in _PUT_RIGHT.finditer(plain)]
    unsure = _LOST.search(plain) is not None or any(_in_part(*pair) for pair in said)
    marked = [_doubted(_put_right(one, said), unsure=unsure) for one in readings]
    calls = [one for one in marked if one.kind is Kind.CONTACT and one.slots]
    return tuple(one for one in marked if one.slots or not (calls and one.kind is Kind.CONTACT))


def _put_right(one: Reading, said: Sequence[tuple[str, str]]) -> Reading:
    """Return a reading with the code that was said again in full: "4519, no, 4520"."""
    for first, again in said:
        if one.slots.get("code") == code_from(first) and _digits(again) >= _digits(first):
            return replace(one, slots={**one.slots, "code": code_from(again)})
    return one


def _in_part(first: str, again: str) -> bool:
    """Whether fewer digits were said again than before: "…triple four, sorry, five"."""
    return _digits(first) > max(2, _digits(again))


def _digits(spoken: str) -> int:
    return len(re.sub(r"\D", "", code_from(spoken)))


def _doubted(one: Reading, *, unsure: bool) -> Reading:
    phone = str(one.slots.get("phone", ""))
    if phone and (unsure or len(phone) < _SHORTEST):
        slots = {name: value for name, value in one.slots.items() if name != "phone"}
        return replace(one, slots=slots, doubtful=True)
    numbered = "code" in one.slots or one.kind is Kind.CONTACT
    return replace(one, doubtful=True) if unsure and numbered else one
