"""Times that are named only to be set aside: "not today but Friday", "any day except Monday"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from app.rules.analysis import Kind
from app.rules.directives.clock import STRONG_CLOCK
from app.rules.directives.days import MONTH, NAMED_DAY
from app.rules.directives.known import Known
from app.rules.directives.numbers import ORDINAL
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.windows import window_in

_DAY = (
    rf"(?:today|tonight|this (?:morning|afternoon|evening)|(?:{NAMED_DAY})s?(?: (?:morning|"
    rf"afternoon|evening))?|the weekends?|the {ORDINAL}(?: of {MONTH})?|{MONTH} {ORDINAL})"
)
_INSTEAD = re.compile(
    rf"\bnot (?:on )?{_DAY} but (?:rather |on )?|"
    rf",? ?\b(?:instead of|rather than|as opposed to|and not|but not|not) (?:on "
    rf")?{_DAY}(?:'s)?(?=$|[ ,])"
)
_EXCEPT = re.compile(
    rf"\b(?:except|bar|barring|excluding|excepting|other than|apart from|aside from|but for|save|"
    rf"outside(?: of)?|but(?= (?:not )?(?:{_DAY}|between|after|before|from|around|at|during|"
    rf"lunch)))"
    rf"(?: (?:for|that))*(?P<what> (?:not )?(?:on |in |at |for |during )?(?:{_DAY}|between|after|"
    rf"before|from|around|at|until|when|lunch ?time|lunch|dinner|the (?:morning|afternoon|"
    rf"evening)s?|"
    rf"the school run|{STRONG_CLOCK}|i |we ).*)"
)
_GLOSS = re.compile(
    r"\b(?:that's|which is|that'll be|it's) an? \w+day(?:,? i (?:think|believe|reckon|guess))?\b"
)
"""Which weekday a date is, said beside it."""
_ANY = re.compile(
    r"\b(?:any ?time|any ?day|any (?:other )?(?:time|day)|all (?:day|morning|afternoon|week)|"
    r"whenever|every ?day|in|home|here|free|available|around|fine|good|ok|okay)\b"
)


_BUT_THEN = re.compile(
    r"\b(?:bring|come|deliver|drop|take|send)\b(?!.*\b(?:any|whenever|every|all)).* but (?:not )?"
    r"(?:between|after|before|from|around|at)\b"
)
"""What asks for a delivery and then says when: "bring it home but after nine"."""


def set_aside(text: str) -> str:
    """Return a clause of the same length in which days that only explain or contrast are blank."""
    text = _GLOSS.sub(lambda match: " " * len(match.group()), text)
    for match in _INSTEAD.finditer(text):
        others = text[: match.start()] + text[match.end() :]
        before = match.group().lstrip(", ").startswith("not ")
        if before and match.start() < 3 and not match.group().rstrip().endswith("but"):
            continue
        if re.search(rf"\b{_DAY}\b", others):
            text = f"{text[: match.start()]}{' ' * len(match.group())}{text[match.end() :]}"
    return text


def without_but(text: str) -> str:
    """Return a clause of the same length without its "not today but"; nobody is away then."""
    return _NOT_BUT.sub(lambda match: " " * len(match.group()), text)


_NOT_BUT = re.compile(rf"\bnot (?:on )?{_DAY} but\b")


def read_exceptions(scene: Scene) -> Iterator[Reading]:
    """Yield the absence of "any time except between two and three"; the rest stays readable."""
    match = _EXCEPT.search(scene.text)
    if match is None or not _ANY.search(scene.text[: match.start()]):
        return
    if _BUT_THEN.search(scene.text[: match.end()]) or _narrows(scene.text, match, scene.after):
        return
    slots = _window(match["what"], scene.now, scene.known)
    if slots is not None:
        yield scene.read(Kind.UNAVAILABLE, match.span(), slots, 0.85, match["what"].strip())


_ALL_DAY = re.compile(
    r"\b(?:any ?time|any ?day|any (?:other )?(?:time|day)|all (?:day|morning|afternoon|week)|"
    r"whenever|every ?day)\b"
)
_BUT_FROM = re.compile(r"but (?:after|before|from|around|at|until) ")
_BUT_NOT_YET = re.compile(r"but not (?:before|until|till) ")
_GONE = re.compile(
    r"\b(?:out|away|gone|leav\w+|go|going|off|busy|shut|closed|not|nobody|can't|won't|have to)\b"
)


def _narrows(text: str, match: re.Match[str], after: str) -> bool:
    """Whether "but after four" narrows a day that suits: no exception is made from all of it."""
    said = f"{match.group()} "
    if _BUT_NOT_YET.match(said):
        return True
    told = _ALL_DAY.search(text[: match.start()]) or _GONE.search(f"{said} {after}")
    return _BUT_FROM.match(said) is not None and not told


def _window(text: str, now: datetime, known: Known) -> dict[str, str] | None:
    window = window_in(text, now, known=known)
    if window is not None:
        return window.slots()
    return {} if re.search(r"\b(?:lunch|dinner|school run|when (?:i|we)|i|we)\b", text) else None
