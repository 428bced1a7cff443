"""The hours in which something is not to be done: "don't call me before nine"."""

from __future__ import annotations

import re

from app.rules.directives.hours import A_CLOCK
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.windows import Window, window_in

_HOURS = re.compile(r" ?(?:before|after|until|till|between|from|past|earlier than|later than) ")
_THEN = re.compile(r" ?(?:(?:at|during) (?:that|those) (?:time|times|hours)|then)\b")
_THAN_THAT = re.compile(r" ?(?P<side>before|after|until|till) (?:then|that)\b")
_CLOCK = re.compile(A_CLOCK)
_OF_CALLS = frozenset({"call", "ring_bell", "knock"})


def when_not(scene: Scene, action: str, end: int) -> tuple[str, int]:
    """Return the words for when an action is unwanted, and where in the clause they end.

    Empty, and ``end`` itself, where it is unwanted for good. "Then" speaks of the hours named in
    the clause before.
    """
    if action not in _OF_CALLS:
        return "", end
    rest = scene.text[end:]
    if _HOURS.match(rest) and (window := _timed(scene, rest)):
        length = max(stop for _, stop in window.spans)
        return rest[:length].strip(), end + length
    if (that := _THAN_THAT.match(rest)) and (clocks := list(_CLOCK.finditer(scene.before))):
        return f"{that['side']} {clocks[-1].group()}", end + that.end()
    if (then := _THEN.match(rest)) and (window := _timed(scene, scene.before)):
        first, last = window.spans[0][0], window.spans[-1][1]
        return scene.before[first:last].strip(), end + then.end()
    return "", end


def is_of_calls(one: Reading) -> bool:
    """Whether a reading forbids what may be unwanted at some hours alone."""
    return one.slots.get("action") in _OF_CALLS


def _timed(scene: Scene, words: str) -> Window | None:
    window = window_in(words, scene.now, known=scene.known)
    return window if window and window.timed else None
