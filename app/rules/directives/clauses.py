"""Cuts an answer into clauses, with or without punctuation, and says what each hangs on.

A telephone transcript may have no stop in it at all, so besides stops and commas a clause also
begins where one can: at "please don't", at "the gate code is", at "leave it", unless the word
before binds it ("to leave it", "if I'm not in").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from app.rules.directives.halves import kept_cuts
from app.rules.directives.openings import JOIN, SOFT, VERB
from app.rules.directives.starters import STARTERS

_STOP = re.compile(
    r"(?<!\bmr)(?<!\bmrs)(?<!\bms)(?<!\bdr)(?<!\bst)(?<!\bapt)(?<!\bno)(?<!\bprof)[.!?;:]+(?=\s|$)"
)
_COMMA = re.compile(r",\s+(?=(?P<after>[^\s,]+))")
_OH_NO = re.compile(r"oh (?:no|wait|sorry|hang|hold)\b")
_NUMBER_WORD = re.compile(
    r"(?:\d+|zero|one|two|three|four|five|six|seven|eight|nine|oh|hash|star|pound|asterisk|double|"
    r"triple|[b-h])$"
)
_SIGN_NEXT = re.compile(r"(?:and )?then (?:press )?(?:the )?(?:hash|star|pound|asterisk)\b")
"""The key that ends a code, behind its comma."""

_IF_THEN = re.compile(r"\b(?:if|unless|in case) (?:(?!then\b|if\b)[\w']+ ){1,9}?(?P<then>then) ")
_TAKEN_BACK = re.compile(
    r"\b(?:scrap that|scratch that|strike that|ignore that|forget that|don't do that) "
    r"(?P<then>(?:the|my|"
    r"our|in|on|behind|by|under|with|at|inside|beside|put|pop|leave|give|take|bring|use|drop|"
    r"hand) )"
)
_SPOT_NEXT = re.compile(
    r"\b(?:thank you|thanks|please|cheers|hello|hi|yes|yeah|okay|ok) (?P<then>(?:just )?(?:inside|"
    r"outside|"
    r"behind|under) the )"
)
_TAKER = re.compile(
    r"\b(?:door|gate|alley|entrance|porch|steps|lift|stairs|buzzer|bell) (?P<then>(?!(?:and|that|"
    r"which|"
    r"it|then|will|you|he|she|they|i|we|is|code)\b)[a-z]+(?:'ll| will) (?:take|grab|sign|collect|"
    r"get|"
    r"accept|meet|let|come|be))\b"
)
"""A name that begins a sentence: "come to the side door | marco will take it"."""
_IF_SO_FAR = re.compile(r"(?:^|\s)(?:if|unless|in case)\s(?:(?!then\b|,)[\w']+\s?){2,7}$")
_IF_NOT = re.compile(r"(?:^|\s)if (?:not|so)$")
_ORDER_START = re.compile(rf"{SOFT}(?:{VERB}|don't)")
_NO_ORDER_AFTER = re.compile(
    r"(?:^|\s)(?:to|don't|not|never|can|could|will|would|should|you|i|we|they|he|she|nobody|"
    r"someone|"
    r"anyone|and|or|just|please|can't|won't|didn't|doesn't|couldn't|'ll|it|only|must|if|unless|"
    r"case|my|the|our|your|a)$"
)
_STARTS = tuple(
    re.compile(rf"(?<=\s)(?P<join>{JOIN})(?P<start>{starter})") for starter, _ in STARTERS
)
_BOUND = tuple(re.compile(rf"(?:^|\s)(?:{words})$") for _, words in STARTERS)
_ASKED_OF_ANOTHER = re.compile(
    r"\b(?:can|could|would|will|get|have|ask|tell|want|need|like|let) (?:someone|anyone|an? \w+|"
    r"the \w+|your \w+|him|"
    r"them|my \w+|one of (?:your|the) \w+)(?: (?:from|in|at) (?:the |number )?\w+)?$"
)
_ONLY_JOIN = re.compile(
    r"(?:^|\s)((?:and|but|so|then|also|plus|because|cause|cos|otherwise|or else|or|please|"
    r"just)(?:\s+|$))+$"
)

_COUNTS = re.compile(r"(?:(?:and|so|okay|right) )*number (?:one|two|three|four|five)")
"""What tells one wish from the next: "number one … number two …"."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of the plain form from ``start`` to ``end``, and what bounds it.

    ``sentence`` counts up at full stops; ``joined`` says that no stop or comma stands before it;
    ``asked`` that a question mark closes it.
    """

    start: int
    end: int
    sentence: int
    joined: bool = False
    asked: bool = False


def split(plain: str) -> list[Clause]:
    """Return the clauses of a plain form in order; they cover all of its words."""
    clauses: list[Clause] = []
    begin = 0
    for sentence, stop in enumerate([*_STOP.finditer(plain), None]):
        end = stop.start() if stop else len(plain)
        asked = stop is not None and "?" in stop.group()
        clauses += _within_sentence(plain, begin, end, sentence, asked)
        begin = stop.end() if stop else end
    return clauses


def only_counts(plain: str, clause: Clause) -> bool:
    """Whether a clause is a "number two" that only tells one wish from the next."""
    return _COUNTS.fullmatch(plain, clause.start, clause.end) is not None and (
        plain.count("number ") > 1
    )


def _within_sentence(plain: str, begin: int, end: int, sentence: int, asked: bool) -> list[Clause]:
    cuts = {begin: False}
    for comma in _COMMA.finditer(plain, begin, end):
        in_number = _SIGN_NEXT.match(plain, comma.end()) or (
            _NUMBER_WORD.match(comma["after"]) and not _OH_NO.match(plain, comma.end())
        )
        if not (in_number and _NUMBER_WORD.search(plain[begin : comma.start()])):
            cuts[comma.end()] = False
    for starts, bound in zip(_STARTS, _BOUND, strict=True):
        for match in starts.finditer(plain, begin, end):
            before = plain[begin : match.start()].rstrip()
            if not before or before.endswith(",") or _ONLY_JOIN.search(before):
                continue
            if (
                not match["join"]
                and (bound.search(before) or _ASKED_OF_ANOTHER.search(before))
                and not _answers_if(before, match["start"])
            ):
                continue
            if match["join"].strip() == "or" and not match["start"].startswith(
                ("text", "call", "if", "failing")
            ):
                continue
            cuts.setdefault(match.start(), True)
    for pattern in (_IF_THEN, _TAKEN_BACK, _SPOT_NEXT, _TAKER):
        for match in pattern.finditer(plain, begin, end):
            cuts.setdefault(match.start("then"), True)
    edges = [*kept_cuts(plain, cuts), end]
    clauses = []
    for start, after in pairwise(edges):
        text = plain[start:after]
        left = start + len(text) - len(text.lstrip(" ,.;:"))
        right = start + len(text.rstrip(" ,;:"))
        if right > left:
            clauses.append(Clause(left, right, sentence, cuts[start], asked))
    return clauses


def _answers_if(before: str, start: str) -> bool:
    """Whether an order begins right behind a condition: "if it's late | try next door"."""
    return (
        (_IF_SO_FAR.search(before) or _IF_NOT.search(before)) is not None
        and _ORDER_START.match(start) is not None
        and (_NO_ORDER_AFTER.search(before) is None or _IF_NOT.search(before) is not None)
    )
