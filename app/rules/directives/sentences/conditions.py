"""Knows the conditions that customers put often, by their sense: "if nobody's in"."""

from __future__ import annotations

import re

_SPELLED = (
    (r"[’`]", "'"),
    (r"\b(i)'?m\b", r"\1 am"),
    (r"\b(we|they|you)'re\b", r"\1 are"),
    (r"\b(it|there|nobody|he|she|that|\w+ one)'s\b", r"\1 is"),
    (r"\b(\w+)'s (?=(?:locked|shut|closed|open|not|out|away)\b)", r"\1 is "),
    (r"\bcan'?t\b|\bcannot\b", "can not"),
    (r"\bwon'?t\b", "will not"),
    (r"\b(does|do|is|are|did|was)n'?t\b", r"\1 not"),
    (r"\bno-one\b", "no one"),
    (r"[.,;!?]", ""),
)
_NOBODY = r"(?:nobody|no one|there is (?:nobody|no one|not anyone))"
_WE = r"(?:i|we)"
_HERE = r"(?: in| home| at home| there| here| around| about| available)"
_GATE, _DOOR = r"(?:the )?gate", r"(?:the )?door"
_SHUT = r"(?:locked|shut|closed)"
_OPEN = r"(?:open|unlocked)"
_LETTERBOX = r"(?: (?:in|into|through)(?: the)? (?:letter ?box|mail ?box|post ?box))"
_ROWS: tuple[tuple[str, str], ...] = (
    (
        "no_answer",
        rf"(?:{_NOBODY}|{_WE}|you get no|there is no)(?: one)? ?(?:answers?|do(?:es)? not answer|"
        r"answer|comes? to the door|do(?:es)? not come to the door|picks? up|opens?|reply|"
        r"do(?:es)? not open|response)(?: the door| the bell)?",
    ),
    ("nobody_in", rf"{_NOBODY}(?: is)?{_HERE}|nobody is{_HERE}|{_NOBODY}"),
    (
        "customer_out",
        rf"{_WE} (?:am|are) (?:not(?:{_HERE}| back)|out|away|at work)|{_WE} can not (?:get|come) "
        r"to the door",
    ),
    ("nobody_to_sign", rf"{_NOBODY}(?: is)?(?: there| here| in)? to sign(?: for it)?"),
    ("raining", r"(?:it is |it )?(?:raining|rains|pouring|pours|starts? raining|starts? to rain)"),
    ("wet", r"it is (?:wet|damp)(?: out(?:side)?| out there)?"),
    ("fits_letterbox", rf"(?:it|the parcel|the package) (?:will )?fits?{_LETTERBOX}"),
    (
        "not_fits_letterbox",
        rf"(?:it|the parcel|the package) (?:does|will) not (?:fit|go){_LETTERBOX}",
    ),
    ("fits", r"(?:it|the parcel|the package) (?:will )?fits?"),
    ("not_fits", r"(?:it|the parcel|the package) (?:does|will) not fit(?: in)?"),
    ("too_big", r"it is too (?:big|large)(?: to fit)?"),
    ("too_heavy", r"it is too heavy"),
    ("gate_locked", rf"{_GATE} is {_SHUT}"),
    ("gate_open", rf"{_GATE} is {_OPEN}"),
    ("door_locked", rf"{_DOOR} is {_SHUT}"),
    ("door_open", rf"{_DOOR} is {_OPEN}"),
    ("garage_locked", rf"the garage is {_SHUT}"),
    ("garage_open", rf"the garage is {_OPEN}"),
    ("office_closed", r"the office is (?:closed|shut)"),
    ("reception_closed", r"(?:the )?(?:reception|front desk) is (?:closed|shut)"),
    ("not_found", r"you can not find (?:it|the house|the place|the door|us|me)"),
    (
        "neighbour_out",
        rf"(?:(?:my|the|our) neighbou?r|he|she) is (?:not{_HERE}|out|away)|(?:my|the|our) "
        r"neighbou?r does not answer",
    ),
    ("no_room", r"there is (?:no|not any|not enough) (?:room|space)"),
    ("late", r"you are (?:running )?late"),
)
_SENSES = tuple((sense, re.compile(row)) for sense, row in _ROWS)


def sense_of(condition: str) -> str:
    """Which known condition these words put, as ``[conditions]`` names it; empty for another."""
    words = condition.lower()
    for pattern, spelled in _SPELLED:
        words = re.sub(pattern, spelled, words)
    words = " ".join(words.split()).removesuffix(" please")
    return next((sense for sense, pattern in _SENSES if pattern.fullmatch(words)), "")
