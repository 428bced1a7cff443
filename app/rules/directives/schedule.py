"""When the customer is in, when not, and which other day is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from app.rules.analysis import Kind
from app.rules.directives.absence import ABSENT
from app.rules.directives.contrast import read_exceptions, set_aside, without_but
from app.rules.directives.days import NAMED_DAY
from app.rules.directives.meaning import arrives_loosely, meaning
from app.rules.directives.negators import is_forbidden
from app.rules.directives.others import is_absence_of_others, is_of_others
from app.rules.directives.passing import agrees_only, is_told_in_passing
from app.rules.directives.presence import absence_in
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.sequel import comes_back, comes_back_then, day_before
from app.rules.directives.timeless import EVENT, read_timeless
from app.rules.directives.windows import Window, window_in

_A_DAY = rf"(?:today|tonight|{NAMED_DAY}|this \w+)(?: (?:morning|afternoon|evening))?"
_NOT_THEN = re.compile(
    r"^(?:(?:and|but|so|no|oh|well|sorry|please|actually|just|hi|hello) )*(?:definitely |"
    r"certainly |"
    r"maybe |probably )?not (?:on |in the )?(?:today|tonight|tomorrow|this \w+|\w+day|morning|"
    r"afternoon|"
    r"evening)(?: (?:morning|afternoon|evening|mate|please|thanks|though|no|sir|love|then|"
    r"instead))*$"
)
"""No more than "not today": it says that they are out, unless the next words say when instead."""


_OPENS_NOT = re.compile(
    r"(?:(?:and|but|so|no|now|sorry) )*not (?:on )?(?:today|tonight|tomorrow|\w+day)\b"
)


def _is_merely_not(text: str) -> bool:
    """Whether a clause says "not today", and of nobody that they are away."""
    opening = _OPENS_NOT.match(text)
    if opening and ABSENT.search(text[opening.end() :]) is None:
        return True
    return _NOT_THEN.match(text.strip(" ,.")) is not None


_UNFIT_DAY = re.compile(
    r"\b(?:today|tonight|tomorrow|that|it|\w+day)(?:'s| is|'ll be| will be| was)? (?:really |just |"
    r"actually |not |a bit |probably )*(?:no good|no use|not convenient|no go|not great|not ideal|"
    r"not good|bad|awkward|tricky|off|out|(?:doesn't|won't|don't|isn't going to) (?:really "
    r")?(?:work|"
    r"suit|do))\b"
)
"""A day that does not suit, which is a contrast where another one is asked for."""
_TWO_DAYS = re.compile(
    rf"^(?: (?:all|either|at all|on))* (?P<one>{_A_DAY}) (?:or|and|nor) (?:on )?(?P<two>{_A_DAY})\b"
)


def _read_two_days(scene: Scene) -> Iterator[Reading]:
    """Yield both absences of "not in today or tomorrow"; the rest stays readable."""
    absent = absence_in(scene.text)
    days = _TWO_DAYS.match(scene.text[absent.end() :]) if absent else None
    if absent is None or days is None:
        return
    until = absent.end() + days.end()
    for part in (days["one"], days["two"]):
        window = window_in(part, scene.now, known=scene.known)
        if window is not None:
            span = (absent.start(), until)
            yield scene.read(Kind.UNAVAILABLE, span, window.slots(), 0.9, part)


def read_schedule(scene: Scene) -> Iterator[Reading]:
    """Yield the windows, absences and other days of a clause."""
    yield from read_exceptions(scene)
    yield from _read_two_days(scene)
    text = set_aside(scene.text)
    absent = absence_in(without_but(text))
    if absent and is_absence_of_others(text):
        return
    window = window_in(
        text,
        scene.now,
        fragment=_bare_hours(scene),
        anchor=day_before(scene),
        known=scene.known,
    )
    if is_told_in_passing(scene, text, window, absent=absent is not None):
        return
    if window is None:
        yield from read_timeless(scene, text, absent)
    elif agrees_only(scene, text, window):
        return
    elif (either := _EITHER.search(text)) and not absent and not window.other_day:
        for part in (either.span("first"), either.span("second")):
            if half := window_in(text[slice(*part)], scene.now, known=scene.known):
                yield scene.read(Kind.TIME_WINDOW, part, half.slots(), 0.9, text[slice(*part)])
    elif found := _timed(scene, text, window, absent):
        yield found


def _timed(scene: Scene, text: str, window: Window, absent: re.Match[str] | None) -> Reading | None:
    """Return the reading of a clause's window; None where it only tells why."""
    kind, window = meaning(text, window, absent)
    if kind is Kind.RESCHEDULE and not window.timed and comes_back_then(scene):
        return None
    if kind is not Kind.UNAVAILABLE and is_of_others(scene, text, window):
        return None
    if comes_back(scene):
        back = window.start if window.start is not None else window.end
        kind, window = Kind.UNAVAILABLE, replace(window, start=None, end=back)
    if kind is None or (kind is Kind.TIME_WINDOW and _is_of_a_call(scene, text)):
        return None
    spans = [absent.span(), *window.spans] if absent else list(window.spans)
    if not window.timed and (event := EVENT.search(text, window.spans[-1][1])):
        spans.append(event.span())
    start, end = min(s for s, _ in spans), max(e for _, e in spans)
    merely_not = kind is Kind.UNAVAILABLE and (
        _is_merely_not(text)
        or (absent is None and is_forbidden(text, window))
        or (not window.timed and _UNFIT_DAY.search(text) is not None)
    )
    loose = merely_not or (kind is Kind.TIME_WINDOW and arrives_loosely(text, window))
    found = scene.read(kind, (start, end), window.slots(), 0.9, text[start:end], loose=loose)
    offered = window.offered and kind is not Kind.UNAVAILABLE
    return replace(found, bare=_is_bare(text, window), doubtful=offered)


_COME = re.compile(
    r"\b(?:com(?:e|ing)|deliver\w*|bring|drop|arriv\w+|here|swing|turn up|pop|home|in)\b"
)


def _is_of_a_call(scene: Scene, text: str) -> bool:
    """Whether the hours are those of a call or a knock: "text me between nine and five"."""
    called = any(
        one.clause == scene.number
        and (one.kind is Kind.CONTACT or one.slots.get("action") in ("call", "ring_bell", "knock"))
        for one in scene.found
    )
    return called and _COME.search(text) is None


def _is_bare(text: str, window: Window) -> bool:
    """Whether a clause holds nothing but its time."""
    outside = "".join(
        letter for at, letter in enumerate(text) if not any(s <= at < e for s, e in window.spans)
    )
    rest = re.sub(
        r"\b(?:i (?:think|guess|reckon)|maybe|perhaps|preferably|ideally|and|but|so|please|like|"
        r"about|around|just|say|from|it's|in|on|at|the)\b",
        "",
        outside,
    )
    return re.search(r"[a-z]", rest) is None


def _bare_hours(scene: Scene) -> bool:
    """Whether an hour alone may be a time here: "Monday, ten to noon" goes on from a day."""
    previous = scene.found[-1] if scene.found else None
    temporal = previous is not None and previous.kind in (
        Kind.TIME_WINDOW,
        Kind.RESCHEDULE,
        Kind.UNAVAILABLE,
    )
    return temporal and len(scene.text.split()) <= 4


_EITHER = re.compile(
    r"\b(?P<first>(?:before|by|until|till?|up to) (?:(?!after|from)[\w:']+ ){1,5}?)or (?:else "
    r")?(?:any ?time )?"
    r"(?P<second>(?:after|from|past) .*)"
)
"""Two windows in one breath: "before nine or after five"."""
