"""Reads a whole answer: clause by clause, each reader in its turn, corrections as they come."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from app.rules.analysis import Kind
from app.rules.directives.clauses import Clause, only_counts, split
from app.rules.directives.conditions import hinges_of, passed_on, with_condition
from app.rules.directives.feelings import PLEASED
from app.rules.directives.known import NOTHING, Known
from app.rules.directives.machines import is_for_a_machine
from app.rules.directives.mending import Mending, take_in
from app.rules.directives.reading import Page, Reading, Scene
from app.rules.directives.text import Spoken, plain_form
from app.rules.directives.voicemails import is_voicemail

_WORD = re.compile(r"[a-z]{2}")
_LONGEST = 3000
"""Letters read of an answer; a minute of speech has fewer than half as many."""
_SMALL_TALK = re.compile(
    r"\b(?:thanks?|speaking|my name|this is|hello|good (?:morning|afternoon|evening|day)|"
    r"appreciate|bye|see you|have a|looking|sorry)\b"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer as read: its plain form, its clauses and what was found, in the order spoken."""

    spoken: Spoken
    clauses: tuple[Clause, ...]
    readings: tuple[Reading, ...]
    unused: tuple[str, ...]
    voicemail: bool
    cut_off: bool = False
    rests: tuple[str, ...] = ()
    """What no reader used, clause by clause."""
    for_machine: bool = False
    """Whether it is data or a prompt, of which nothing is done and nothing is urgent."""


def hear(transcript: str, now: datetime, known: Known = NOTHING) -> Heard:
    """Read an answer; a machine's greeting yields nothing, nor do words meant for a machine.

    What is over long is cut off.
    """
    spoken = plain_form(transcript[:_LONGEST])
    clauses = tuple(split(spoken.plain))
    if is_voicemail(spoken.plain):
        return Heard(spoken, clauses, (), (), voicemail=True)
    if is_for_a_machine(transcript[:_LONGEST]):
        return Heard(spoken, clauses, (), (), voicemail=False, for_machine=True)
    page = Page(spoken)
    hinges = hinges_of(spoken, clauses)
    readings: list[Reading] = []
    mending = Mending()
    for number in range(len(clauses)):
        if number not in hinges and not only_counts(spoken.plain, clauses[number]):
            scene = replace(_scene(page, clauses, number, now, tuple(readings)), known=known)
            mending = take_in(scene, readings, mending)
    rests = tuple(page.visible(clause.start, clause.end) for clause in clauses)
    unused = tuple(rest for number, rest in enumerate(rests) if number not in hinges)
    hinges = passed_on(hinges, clauses, {one.clause for one in readings})
    readings = [
        with_condition(reading, hinges)
        for reading in readings
        if not (reading.loose and reading.kind is Kind.CONFIRM and any(map(_says_more, unused)))
    ]
    cut_off = len(transcript) > _LONGEST
    return Heard(
        spoken, clauses, tuple(readings), unused, voicemail=False, cut_off=cut_off, rests=rests
    )


def _says_more(unused: str) -> bool:
    """Whether a clause says something of its own, so that a yes before it only opened it."""
    small = _SMALL_TALK.search(unused) or PLEASED.search(unused)
    return len(unused.split()) > 3 and "_" not in unused and not small


def _scene(
    page: Page, clauses: tuple[Clause, ...], number: int, now: datetime, found: tuple[Reading, ...]
) -> Scene:
    clause, plain = clauses[number], page.spoken.plain
    onward = [one.end for one in clauses[number:] if one.sentence <= clause.sentence + 1]
    before = clauses[number - 1] if number else None
    following = (one for one in clauses[number + 1 :] if one.sentence == clause.sentence)
    after = next((one for one in following if _WORD.search(plain, one.start, one.end)), None)
    return Scene(
        page,
        number,
        clause.start,
        clause.end,
        max(onward),
        now,
        plain[before.start : before.end] if before else "",
        plain[after.start : after.end] if after else "",
        clause.asked,
        found,
    )
