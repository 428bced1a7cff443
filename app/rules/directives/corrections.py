"""Lets the customer take words back: "no wait, the back door" replaces what went before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.rules.analysis import Kind
from app.rules.directives.numbers import SPOKEN_CODE, cardinal_from
from app.rules.directives.reading import Reading

_MARK = re.compile(
    r"^(?:(?:oh|um|and|but|ah|well|so|or),? )*(?:(?:no(?=,|$| $| (?:no|wait|sorry|actually|not|"
    r"please|put|pop|drop|give|use|the|at|in|on|by|behind|make|i|hang|hold|scrap|scratch|leave|"
    r"put|it's|my|our|with|after|before|under|that's|sorry|better|change|forget|correction|text|"
    r"call|ring|phone|bring|take|come|rather|strike|oh)\b)|(?<=no )wait|(?<=oh )wait|"
    r"wait(?! (?:a (?:bit|while)|for|until|till|at|by|there|here|outside)\b)|hang on|hold on|sorry|"
    r"actually|scrap that|scratch that|strike that|forget (?:that|it)|ignore that|i mean|"
    r"i meant(?: to say)?|make that|or rather|rather|"
    r"correction|on second thoughts?|my mistake|(?:i )?tell a lie|let me correct that|excuse me|"
    r"that's wrong|never mind|cancel that|make it|better(?: yet)?|change that|i'm sorry|oops|"
    r"whoops|"
    r"not that|wrong|nope|come to think of it|tell you what|you know what)(?:,? |$))+(?:to )?"
)
_STRONG = re.compile(
    r"\b(?:wait|hang on|hold on|sorry|scrap that|scratch that|strike that|forget (?:that|it)|"
    r"ignore that|i mean|i meant|make that|or rather|correction|on second thoughts?|"
    r"my mistake|(?:i )?tell a lie|that's wrong|never mind|cancel that|change that|actually no|"
    r"no actually|no,? (?:sorry|wait|actually)|oops|whoops|make it|come to think of it|"
    r"tell you what)\b"
)
_TAKES_BACK = re.compile(
    r"^(?:no |wait |sorry )*don't(?: sorry| please| actually| wait)*$|\bi(?:'ll| will)? (?:want|"
    r"keep|take) it after all\b|\b(?:scrap|"
    r"scratch|strike|(?<!don't )(?<!never )forget|ignore) (?:that|it|this|all that|what i said)\b|"
    r"^(?:scrap|scratch|strike|forget|ignore)$|\bnever mind(?! (?:the|my|our|about the)\b)|^(?:no "
    r"|actually |"
    r"oh )*cancel that\b|\b(?:it|that) isn't(?: (?:fine|ok|okay|good|right|great))?$|"
    r"\bdon't (?:bother(?! \w+ing\b| (?:with|the|me)\b)|cancel|do that|worry about (?:it|that))\b|"
    r"\b(?:i|we|he|she|they) (?:do|"
    r"does|still|actually do|actually does|"
    r"did) wants? it\b|\b(?:i've )?changed my mind\b|\bkeep it after all\b"
)
_UNDECIDED = re.compile(
    r"^(?:(?:and|but|so|oh|well|no|wait|sorry|actually|hang on|hold on|maybe|or|just|then),? )*"
    r"(?:let me (?:just )?(?:check|ask|see|think|find out|look)|(?:i'll|i|we'll|we)(?: just| "
    r"might)? "
    r"(?:have to|need to|must|should|'d better|better|want to|ought to|will) (?:just )?(?:check|"
    r"ask|see|"
    r"think|find out|look at)|i'd (?:better|rather) (?:check|ask|see)|i (?:don't|do not) know(?: "
    r"yet| now|"
    r" actually)?$|(?:i'm )?not (?:so |really |quite |too )?sure(?: yet| now| actually)?$|i "
    r"can't say yet|"
    r"(?:i'll )?think about it|can i think about it|give me a (?:minute|second|moment))"
)
"""What takes a yes back without a no."""
_NOT_THAT = re.compile(
    r"^(?:(?:and|but|no|sorry|wait|oh|actually|well),? )*not (?:at |on |in |by |with |to |before |"
    r"after |behind |under )?(?:the |my |a |our )?(?P<what>(?!(?:it|them|that|there|me|us|him|"
    r"her)$)[^_,]+)$"
)

_FAMILIES = (
    frozenset({Kind.LEAVE_AT, Kind.LEAVE_WITH, Kind.REDIRECT, Kind.HAND_OVER}),
    frozenset({Kind.TIME_WINDOW, Kind.RESCHEDULE, Kind.UNAVAILABLE}),
    frozenset({Kind.CANCEL, Kind.CONFIRM}),
)


def correction_mark(clause: str) -> tuple[str, bool]:
    """Return the clause without a leading correction, and whether the mark is a strong one.

    Where nothing is corrected the clause comes back whole, and false.
    """
    match = _MARK.match(clause + " " if not clause.endswith(" ") else clause)
    if not match or match.group().strip(" ,") in (
        "",
        "no",
        "sorry",
        "hang on",
        "hold on",
        "so",
        "well",
        "oh",
        "and",
        "excuse me",
    ):
        weak = match is not None and match.group().strip(" ,") in ("no", "sorry", "oh no")
        return (clause[match.end() :] if match and weak else clause), False
    return clause[match.end() :].strip(" ,"), _STRONG.search(match.group()) is not None


def takes_back(clause: str) -> bool:
    """Tell whether a clause withdraws what was said before it."""
    return _TAKES_BACK.search(clause) is not None


def is_undecided(clause: str) -> bool:
    """Tell whether a clause takes back an agreement by putting it off."""
    return _UNDECIDED.search(clause) is not None


def denied(clause: str) -> str:
    """Return what "not the garage" denies; empty where it denies nothing."""
    match = _NOT_THAT.match(clause)
    return match["what"].strip() if match else ""


def same_family(first: Kind, second: Kind) -> bool:
    """Tell whether one kind of directive can replace the other in a correction."""
    return first is second or any(first in family and second in family for family in _FAMILIES)


_PREPOSED = re.compile(
    r"(?:at|on|in|by|behind|under|next|inside|beside|round|around|to|near|over|with|outside|"
    r"between|against)\b"
)
_LEADING = re.compile(r"^(?:only |just |give it |hand it )*(?:to )?")
_FRAMES = {
    Kind.HAND_OVER: "only give it to ",
    Kind.REDIRECT: "take it to ",
    Kind.CAUTION: "mind ",
}


def reframed(last: Reading, words: str, plain: str) -> str:
    """Return a fragment such as "the back door" put into the frame of what it corrects."""
    said = re.sub(r"^(?:it's|that's|should be) (?:now )?", "", words.strip(" ,."))
    fragment = _without_one(said, last)
    if last.kind in (Kind.LEAVE_AT, Kind.LEAVE_WITH):
        link = "at" if last.kind is Kind.LEAVE_AT else "with"
        placed = fragment if _PREPOSED.match(fragment) else f"{link} {fragment}"
        return f"leave it {placed}"
    if last.kind is Kind.ACCESS:
        return _reframed_access(last, fragment)
    if last.kind in _FAMILIES[1]:
        return _reframed_time(last, fragment)
    if last.kind is Kind.CONTACT:
        return _reframed_contact(last, fragment, plain)
    return _FRAMES.get(last.kind, "") + _LEADING.sub("", fragment)


_THE_ONE = re.compile(r"^(?P<before>(?:\w+ )?(?:the|my|our) (?:(?!one\b)\w+ )?)one\b")
_NAMED = ("place", "entrance", "address", "recipient", "hazard")


def _without_one(fragment: str, last: Reading) -> str:
    """Return "the side one" with the thing it speaks of, "the side gate"."""
    named = next((str(last.slots[name]) for name in _NAMED if name in last.slots), "")
    head = re.split(r" (?:on|in|at|by|near|from|of|next|behind|under|opposite)\b", named)[0]
    if not head:
        return fragment
    match = _THE_ONE.match(fragment)
    if not match:
        return fragment
    told_apart = len(match["before"].split()) > 1 and not match["before"].endswith("the ")
    thing = head.split()[-1] if told_apart else head
    return f"{match['before']}{thing}{fragment[match.end() :]}"


def _reframed_access(last: Reading, fragment: str) -> str:
    if "code" in last.slots:
        return f"the code is {fragment}"
    if "unit" in last.slots:
        return (
            f"flat "
            f"{fragment.removeprefix('flat ').removeprefix('apartment ').removeprefix('unit ')}"
        )
    if "floor" in last.slots and "floor" not in fragment:
        return f"{fragment} floor"
    return f"use {fragment}" if "entrance" in last.slots else fragment


def _reframed_time(last: Reading, fragment: str) -> str:
    if re.match(r"(?:after|before|by|until|from|between|at|on|in)\b", fragment):
        return f"come {fragment}" if last.kind is not Kind.UNAVAILABLE else f"i'm out {fragment}"
    verb = "i'm out" if last.kind is Kind.UNAVAILABLE else "come"
    start, end = last.slots.get("start"), last.slots.get("end")
    if start and end and start == end:
        return f"{verb} at {fragment}"
    if start and not end:
        return f"{verb} after {fragment}"
    if end and not start:
        return f"{verb} before {fragment}"
    return f"{verb} {fragment}"


_DIGITS = re.compile(rf"{SPOKEN_CODE}")
"""A number's last digits put right are no minutes: "…triple four, sorry, five"."""


def _reframed_contact(last: Reading, fragment: str, plain: str) -> str:
    said = plain[last.start : last.end]
    if "phone" in last.slots and "minutes" not in last.slots and _DIGITS.fullmatch(fragment):
        return ""
    if cardinal_from(fragment) is not None:
        return f"{said.split()[0]} me {fragment} minutes before"
    if re.match(r"(?:text|call|phone|ring|message)\b", fragment):
        return f"{fragment} me" if " " not in fragment else fragment
    return f"{said.split()[0]} {fragment}"


def last_of(readings: Sequence[Reading], kinds: frozenset[Kind] | None = None) -> int | None:
    """Return the index of the latest reading, of some kinds if given."""
    for index in range(len(readings) - 1, -1, -1):
        if kinds is None or readings[index].kind in kinds:
            return index
    return None
