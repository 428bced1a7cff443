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
    r"^(?:(?:and|but|so|or|also|then|please|just|maybe|because|cause) )*(?P<word>(?:only )?if|"
    r"unless|"
    r"in case(?: of(?= \w))?|assuming|(?:as|so) long as|provid(?:ed|ing)(?: that)?|in the "
    r"event(?: that)?|"
    r"should(?= (?:i|we|you|nobody|there|it|anyone) (?!i\b|we\b|you\b|it\b))|"
    r"when(?:ever)?(?= (?:i'm|we're|nobody's) (?:not|out|away|gone|at work|in)\b))\b (?P<what>.+)"
)


_POLITE_IF = re.compile(
    r"^(?:possible|you (?:can|could|like|want|don't mind|wouldn't mind|would|please|wish|may|"
    r"prefer|need|see this|get this|get a chance|need to|need anything|have to)\b(?!')|you'd\b|"
    r"that's (?:ok|okay|all right|alright|possible|fine|easier|not too)|it's (?:ok|okay|all right|"
    r"possible|not too much|easier|no trouble|no bother|all the same)|need be|necessary|"
    r"that (?:works|suits)|i may|so$|not$|not (?:the|my|our|number|mrs?|ms|(?:with|in|at|on|"
    r"behind|by|under) (?:the|my|our))\b|anything|at all)"
)


_WELCOME = re.compile(
    r"\b(?:ok|okay|all ?right|alright|fine|possible|great|good|better|best|lovely|easier|brilliant|"
    r"appreciated?(?: it)?|mind|grateful|helpful|handy|ideal|perfect|nice|prefer|chance|"
    r"glad|help|blessing|obliged|thankful|wonderful|marvellous|convenient|kind|preferable|happier|"
    r"rather|suits? (?:me|us)(?: \w+)?|(?:can|could|would) you (?:tell me|check|see|say|find out)|"
    r"do you know|wondering|wonder)(?: it)?$"
)
_THEN = re.compile(r"then\b")
_ASIDE = re.compile(r",? (?:which|or else|then|because|but|oh|though|otherwise|mind you)\b")


_UNATTENDED = re.compile(
    r"\b(?:nobody(?! (?:at|on|from|in the)\b)|there's no|(?:i'm|we're) (?:not|out)|not (?:in|"
    r"home))\b"
)


_MISHAP = re.compile(
    r"^(?:if|in case) (?:you|it|they|someone) (?:(?:so much as |even )?(?:looks? at|touch(?:es)?|"
    r"drops?|knocks?|bumps?|shakes?|tips?|bends?)|"
    r"gets? (?:wet|hot|warm|dropped|knocked)|falls?|throws?)\b"
)
"""What would befall the parcel, which says why and not when."""


_IF_ASKED = re.compile(
    r"(?:and |but |so |just )*(?:if|in case) (?:\w+ ){1,3}?(?:asks?|wonders?|queries|wants? to "
    r"know|"
    r"says? anything|minds?)\b"
)
_ANSWER = re.compile(
    r"(?:then )?(?:it's|that's|there's|they're|i'm|we're|he's|she's|i (?!want|need)|we |it |tell |"
    r"say |"
    r"just (?:say|tell))"
)
"""What somebody who asks is to be told: "if he asks, it's medicine"."""


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
        if not match or _POLITE_IF.match(match["what"]) or _only_asks(spoken, clauses, number):
            continue
        begin = clause.start + match.start("what")
        if match["word"] in ("unless", "should"):
            begin = clause.start + match.start("word")
        governs = _governed(spoken, clauses, number)
        if governs is not None:
            end = _end_of_condition(spoken.plain, begin, clause.end)
            words = _with_apostrophes(spoken.quote(begin, end).lower(), spoken.plain[begin:end])
            hinges[number] = Hinge(words, text, governs)
    return hinges


def _with_apostrophes(said: str, plain: str) -> str:
    """Return the customer's words with the apostrophes that the recogniser dropped."""
    plainly = {word.replace("'", ""): word for word in re.findall(r"[\w']*\w'\w+", plain)}
    return re.sub(r"(?<![\w'])[a-z]+(?![\w'])", lambda m: plainly.get(m.group(), m.group()), said)


def _only_asks(spoken: Spoken, clauses: tuple[Clause, ...], number: int) -> bool:
    """Whether "if" only asks politely: "would it be all right if you came on Sunday"."""
    clause = clauses[number]
    following = clauses[number + 1] if number + 1 < len(clauses) else None
    if following is not None and _IF_ASKED.match(spoken.plain[clause.start : clause.end]):
        return _ANSWER.match(spoken.plain, following.start, following.end) is not None
    before = clauses[number - 1] if number else None
    return (
        before is not None and _WELCOME.search(spoken.plain[before.start : before.end]) is not None
    )


def _end_of_condition(plain: str, begin: int, end: int) -> int:
    """Return where a condition's own words end: an aside or what follows from it is no part."""
    aside = _ASIDE.search(plain, begin + 3, end)
    return aside.start() if aside else end


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
        r"(?:and|but|because|thanks|thank|please$|cheers|otherwise|i'm|it's|or|if|unless|"
        r"(?:will|would|can|could) you$|yeah$|ok(?:ay)?$|mate$)\b",
        following,
    )
    if _THEN.match(following) and not re.match(r"then (?:i|we|you|it)\b", following):
        return after
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
        if reading.kind is Kind.HANDLING and _MISHAP.match(hinge.plain):
            return reading
        if (
            reading.slots.get("action") == "leave_unattended"
            and "unattended" not in reading.quoted.lower()
            and _UNATTENDED.search(hinge.plain)
        ):
            return reading
        return replace(reading, slots={**reading.slots, "condition": hinge.words})
    return reading


def passed_on(
    hinges: dict[int, Hinge], clauses: tuple[Clause, ...], yielding: set[int]
) -> dict[int, Hinge]:
    """Let a condition before a clause that asks for nothing govern the next one that does."""
    moved = {}
    for number, hinge in hinges.items():
        governs = hinge.governs
        while (
            governs > number
            and governs not in yielding
            and governs + 1 < len(clauses)
            and governs + 1 not in hinges
            and clauses[governs + 1].sentence == clauses[number].sentence
        ):
            governs += 1
        moved[number] = replace(hinge, governs=governs)
    return moved
