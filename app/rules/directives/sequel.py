"""What a time means beside what was said around it: opening hours, appointments, "and then"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from app.rules.analysis import Kind
from app.rules.directives.reading import Reading, Scene
from app.rules.directives.windows import Window

_BACK_AGAIN = re.compile(
    r"^(?:(?:and|but|then|should|i'll|we'll|i'm|we're|i|we|be|will|home) )*back(?: home| in| "
    r"here)? (?:by|"
    r"at|around|about|before|for|from)\b"
)


def comes_back(scene: Scene) -> bool:
    """Whether "back by three" ends an absence that was just begun."""
    last = scene.found[-1] if scene.found else None
    return last is not None and _left_at_a_time(last) and _BACK_AGAIN.match(scene.text) is not None


def comes_back_then(scene: Scene) -> bool:
    """Whether "back on Saturday" says no more than when an absence ends."""
    last = scene.found[-1] if scene.found else None
    away = last is not None and last.kind is Kind.UNAVAILABLE
    return away and _BACK_ON_A_DAY.match(scene.text.strip(" ,.")) is not None


_BACK_ON_A_DAY = re.compile(
    r"(?:(?:and|but|so|then|i'm|we're|i'll be|we'll be|i get|we get|not) )*back (?:home |here "
    r")?(?:on |again )?"
    r"(?:the )?(?:\w+ )?\w+$"
)


def _left_at_a_time(one: Reading) -> bool:
    return one.kind is Kind.UNAVAILABLE and "start" in one.slots and "end" not in one.slots


def day_before(scene: Scene) -> date | None:
    """The day that the answer spoke of last."""
    dates = [one.slots["date"] for one in scene.found if "date" in one.slots]
    return date.fromisoformat(str(dates[-1])) if dates else None


_CLOSES = re.compile(
    r"\b(?:we|shop|office|store|reception|it|they|school|surgery|gate|warehouse|building|lobby|"
    r"centre|center|front desk|barrier|clinic|salon|doors?)(?:'s)? "
    r"(?:close|closes|shut|shuts|lock "
    r"up|locks up|lock|locks|finish|finishes|pack up|knock off)(?: up)? (?:at|around|by|"
    r"about)\b|\blatest (?:i|we|you) can\b"
)
_OPENS = re.compile(
    r"\b(?:we|shop|office|store|reception|it|they|school|surgery|gate|warehouse) (?:open|opens|"
    r"start|starts)(?: up)? "
    r"(?:at|around|from|about)\b|\bearliest (?:i|we|you) can\b"
)
_APPOINTMENT = re.compile(
    r"\b(?:i've|we've|i|we|he's|she's)(?: have| has)?(?: got)? (?:a|an|the|my|to (?:be|go|see|"
    r"pick|collect|get)) (?!window|slot|"
    r"gap|free|bit|couple|hour|few)[\w' ]*? at\b|\b(?:appointment|meeting|class|train|flight|"
    r"bus|shift|interview|funeral|"
    r"wedding|school run|lesson|dentist|doctor)[\w' ]* (?:is |starts |leaves )?at\b"
)
FINE_THEN = re.compile(
    r"\b(?:fine|good|ok|okay|great|in|home|free|here|around|available|works|suits|any ?time|"
    r"perfect|alright)\b"
)
_REST_OF_DAY = re.compile(
    r"\b(?:then|after that|after which|afterwards|from then(?: on)?|thereafter|(?:the )?rest of "
    r"the (?:day|morning|afternoon))\b"
)


def onwards(scene: Scene, kind: Kind) -> dict[str, str]:
    """Return from when, after a stretch just named: "in until one, then I'm gone"."""
    other = Kind.TIME_WINDOW if kind is Kind.UNAVAILABLE else Kind.UNAVAILABLE
    last = scene.found[-1] if scene.found else None
    if last is None or last.kind is not other or "end" not in last.slots:
        return {}
    return {"start": str(last.slots["end"])} if _REST_OF_DAY.search(scene.whole) else {}


def opening_hours(text: str, window: Window) -> Window | None:
    """Return what "we close at six" leaves open; None where nothing opens or closes."""
    if window.start is None or window.start != window.end:
        return None
    if _CLOSES.search(text):
        return replace(window, start=None)
    if not _OPENS.search(text):
        return None
    # Nothing opens in the evening that takes parcels: "we open at eight" is in the morning.
    morning = window.start - 720 if window.start >= 18 * 60 else window.start
    return replace(window, start=morning, end=None)


def is_appointment(text: str, window: Window) -> bool:
    """Whether the only time is that of the customer's own business elsewhere."""
    at_one_time = window.start is not None and window.start == window.end
    return at_one_time and _APPOINTMENT.search(text) is not None
