"""The second choice: "otherwise with the porter", "if not, the shed", named without a verb."""

from __future__ import annotations

import re

from app.rules.analysis import Kind
from app.rules.directives.people import is_person
from app.rules.directives.reading import Reading, Scene

_PLACED = (Kind.LEAVE_AT, Kind.LEAVE_WITH, Kind.HAND_OVER)
_ELSE = (
    r"(?:otherwise|failing (?:that|which|him|her|them)|or else|if not|if (?:s?he|they)(?:'s| "
    r"isn't| aren't) (?:not|out|in))"
)
_LED = re.compile(rf"^(?:(?:and|or|but|so) )*{_ELSE},? (?:then |just |try |maybe )*(?P<what>.+)$")
_LED_BEFORE = re.compile(rf"^(?:(?:and|or|but|so) )*{_ELSE}$")
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
