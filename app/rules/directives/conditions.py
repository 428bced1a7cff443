"""Finds the clauses that only say when another holds, and hangs them on that one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.rules.analysis import Kind
from app.rules.directives.clauses import Clause
from app.rules.directives.moments import moment
from app.rules.directives.reading import Reading
from app.rules.directives.text import Spoken

_CONDITION = re.compile(
    r"^(?:(?:and|but|so|or|also|then|please|just|maybe|because|cause) )*(?P<word>if|unless|"
    r"in case|assuming)\b (?P<what>.+)"
)


_POLITE_IF = re.compile(
    r"^(?:possible|you (?:can|could|like|want|don't mind|wouldn't mind|would|please|wish|may|"
    r"prefer|need|see this|get this|get a chance|need to|need anything|have to)\b(?!')|"
    r"that's (?:ok|okay|all right|alright|possible|fine|easier|not too)|it's (?:ok|okay|all right|"
    r"possible|not too much|easier|no trouble|no bother|all the same)|need be|necessary|"
    r"that (?:works|suits)|i may|so$|not$|anything|at all)"
)


_UNATTENDED = re.compile(r"\b(?:nobody|there's no|(?:i'm|we're) (?:not|out)|not (?:in|home))\b")


_ONLY_JOINTS = re.compile(
    r"^(?:and|but|so|then|also|plus|please|just|or|because|cause)(?: (?:and|so|then|also|please|"
    r"just))*$"
)


@dataclass(frozen=True, slots=True)
class Hinge:
    """A clause that says when another holds: its words, and which clause that is."""

    words: str
    plain: str
    governs: int


def hinges_of(spoken: Spoken, clauses: tuple[Clause, ...]) -> dict[int, Hinge]:
    """Return, by its number, each clause that is only a condition, and what it governs."""
    hinges: dict[int, Hinge] = {}
    for number, clause in enumerate(clauses):
        text = spoken.plain[clause.start : clause.end]
        match = _CONDITION.match(text)
        if not match or _POLITE_IF.match(match["what"]):
            continue
        begin = clause.start + match.start("what")
        if match["word"] == "unless":
            begin = clause.start + match.start("word")
        governs = _governed(spoken, clauses, number)
        if governs is not None:
            words = spoken.quote(begin, clause.end).lower()
            hinges[number] = Hinge(words, text, governs)
    return hinges


def _governed(spoken: Spoken, clauses: tuple[Clause, ...], number: int) -> int | None:
    clause = clauses[number]
    before = number - 1 if number and clauses[number - 1].sentence == clause.sentence else None
    after = number + 1 if number + 1 < len(clauses) else None
    same_after = after is not None and clauses[after].sentence == clause.sentence
    if before is not None and _ONLY_JOINTS.match(
        spoken.plain[clauses[before].start : clauses[before].end]
    ):
        before = None
    if before is None:
        return after
    if not same_after or after is None:
        return before
    following = spoken.plain[clauses[after].start : clauses[after].end]
    goes_on = re.match(
        r"(?:and|but|because|thanks|thank|please$|cheers|otherwise|i'm|it's)\b", following
    )
    if clause.joined and (goes_on or not clauses[after].joined):
        return before
    return before if goes_on and clause.joined else after


def with_condition(reading: Reading, hinges: dict[int, Hinge]) -> Reading:
    for hinge in hinges.values():
        if hinge.governs != reading.clause or reading.kind is Kind.CONFIRM:
            continue
        if reading.kind is Kind.CONTACT and (
            reading.slots.get("when") == "no_answer" or moment(hinge.plain, 0)[0] == "no_answer"
        ):
            return replace(reading, slots={**reading.slots, "when": "no_answer"})
        if reading.slots.get("action") == "leave_unattended" and _UNATTENDED.search(hinge.plain):
            return reading
        return replace(reading, slots={**reading.slots, "condition": hinge.words})
    return reading
