"""What is said of coming and going without any hour or day."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.rules.analysis import Kind, SlotValue
from app.rules.directives.absence import elsewhere, is_absence
from app.rules.directives.meaning import ANOTHER_DAY, AVAILABLE, DELIVER
from app.rules.directives.passing import PAST
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.sequel import FINE_THEN, onwards

EVENT = re.compile(
    r"\b(?:after|before|once|straight after|right after|just after|until after|till after|by) "
    r"(?:(?:the|"
    r"my|our|his|her|their|i've done (?:the|my)|i finish (?:the|my)?|we finish) )?(?:\w+'s "
    r")?(?:milking|"
    r"school(?: run| drop(?: |-)?off| pick(?: |-)?up)?|lunch|dinner|tea|breakfast|supper|church|"
    r"mass|"
    r"work|prayers?|namaz|puja|nap(?: time)?|bed ?time|bath ?time|rush hour|match|game|footy|"
    r"football|"
    r"shift|gym|service|class|lesson|surgery|practice|feeding|feed|sunset|sunrise|dark|dusk|dawn|"
    r"news|"
    r"siesta|appointment|meeting|funeral|wedding|dialysis|physio)\b(?! at\b)"
)
"""A time that is known only to who lives there: no hour was said."""


_FOR_DAYS = re.compile(
    r"\b(?:this|all|next|the whole) (?:week|month|day)\b|\bfor (?:a|the|an|two|three|a few|a "
    r"couple of|the next) "
    r"(?:week|fortnight|days?|weeks|month|bit|while|hour|\w+ days)\b|\b(?:right now|at the "
    r"(?:moment|minute)|now|till? then|until then)\b"
)


_THEN = re.compile(r"\b(?P<side>before|by|until|till?|after|from) (?:then|that)(?: on| time)?\b")


def _than_then(scene: Scene, text: str) -> dict[str, SlotValue]:
    """Return the window of "so come before then", from the time that was named last."""
    match, last = _THEN.search(text), scene.found[-1] if scene.found else None
    if match is None or last is None or last.kind not in (Kind.TIME_WINDOW, Kind.UNAVAILABLE):
        return {}
    if _NEGATED.search(text[: match.start()]) or _HOME_BY_THEN.search(text):
        return {}
    late = match["side"] in ("after", "from")
    names = ("end", "start") if late else ("start", "end")
    time = next((last.slots[name] for name in names if name in last.slots), None)
    return {"start" if late else "end": time} if time is not None else {}


_HOME_BY_THEN = re.compile(r"\b(?:home|back|in|here|free|around|done|finished)\b.* by then\b")
"""Told beside a time that was asked for, to say that it will do."""
_NEGATED = re.compile(r"\b(?:not|n't|never|nobody)\b")


def read_timeless(scene: Scene, text: str, absent: re.Match[str] | None) -> Iterator[Reading]:
    """Yield absences, windows and other days that name no time."""
    if absent and is_absence(absent.group()):
        loose = re.search(
            r"\b(?:at work|working|busy|meetings?|appointment|on a call|in (?:court|class|"
            r"theatre|surgery|"
            r"bed)|on shift|teaching|driving)\b",
            absent.group(),
        )
        yield scene.read(
            Kind.UNAVAILABLE,
            absent.span(),
            onwards(scene, Kind.UNAVAILABLE),
            0.75 if loose else 0.85,
            absent.group(),
            loose=bool(loose),
        )
    elif (_FOR_DAYS.search(text) and (away := elsewhere(text))) and not PAST.search(text):
        yield scene.read(Kind.UNAVAILABLE, away.span(), {}, 0.8, away.group())
    elif then := _than_then(scene, text):
        yield scene.read(Kind.TIME_WINDOW, (0, len(text)), then, 0.8, text)
    elif EVENT.search(text) and (DELIVER.search(text) or AVAILABLE.search(text)):
        found = EVENT.search(text)
        if found and not PAST.search(text):
            yield scene.read(Kind.TIME_WINDOW, found.span(), {}, 0.78, found.group())
    elif (since := onwards(scene, Kind.TIME_WINDOW)) and FINE_THEN.search(text):
        yield scene.read(Kind.TIME_WINDOW, (0, len(text)), since, 0.8, text)
    elif (match := ANOTHER_DAY.search(text)) and "_" not in text[: match.start()]:
        yield scene.read(Kind.RESCHEDULE, match.span(), {}, 0.8, match.group())
