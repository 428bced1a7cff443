"""The second choice: "otherwise with the porter", "if not, the shed", named without a verb."""

from __future__ import annotations

import re
from dataclasses import replace

from app.rules.analysis import Kind
from app.rules.directives.people import is_person
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.second import ELSE, is_second_choice

_PLACED = (Kind.LEAVE_AT, Kind.LEAVE_WITH, Kind.HAND_OVER)
_LED = re.compile(rf"^(?:(?:and|or|but|so) )*{ELSE},? (?:then |just |try |maybe )*(?P<what>.+)$")
_LED_BEFORE = re.compile(rf"^(?:(?:and|or|but|so) )*{ELSE}$")
_PREPOSED = re.compile(r"(?:in|on|at|by|behind|under|with|inside|outside|round|beside|next to)\b")
_NAMED = re.compile(r"(?:the|my|our|number|next door|mr|mrs|ms|miss|dr|flat|apartment|unit)\b")
_SENTENCE = re.compile(
    r"\b(?:is|are|was|will|can|could|would|won't|can't|i|we|you|he|she|they|it|don't|goes?|"
    r"comes?)\b|'"
)


def second_choice(scene: Scene, last: Reading | None) -> str:
    """Return an order in which a clause's bare second choice stands; empty where it names none."""
    if last is None or last.kind not in _PLACED:
        return ""
    led = _LED.match(scene.whole)
    if led is None and not _LED_BEFORE.match(scene.before):
        return ""
    what = led["what"] if led else scene.whole
    if not 1 < len(what.split()) <= 7 or _SENTENCE.search(what):
        return ""
    if _PREPOSED.match(what):
        return f"leave it {what}"
    if not _NAMED.match(what):
        return ""
    return f"leave it {'with' if is_person(what) else 'at'} {what}"


def with_otherwise(scene: Scene, found: list[Reading]) -> list[Reading]:
    """Return what a clause yields, its "otherwise" quoted with the place that it leads to."""
    if not found or found[0].kind not in _PLACED or not is_second_choice(scene.whole):
        return found
    first, spoken = found[0], scene.page.spoken
    stretch = scene.start, first.end
    led = replace(first, quoted=spoken.quote(*stretch), lies=spoken.place(*stretch))
    return [led, *found[1:]]
