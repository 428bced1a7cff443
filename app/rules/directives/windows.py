"""Reads the times in a clause as one window: a day, from when, until when.

What the hours of a day are is in ``hours``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from app.rules.directives.days import days_in
from app.rules.directives.hours import A_CLOCK, FIRST_SERVED, LAST_SERVED, Base, hours_in
from app.rules.directives.known import NOTHING, Known

_PARTS = {
    "morning": (7 * 60, 12 * 60),
    "afternoon": (12 * 60, 17 * 60),
    "evening": (17 * 60, 21 * 60),
    "night": (17 * 60, 21 * 60),
    "tonight": (17 * 60, 21 * 60),
    "forenoon": (7 * 60, 12 * 60),
    "firstthing": (7 * 60, 12 * 60),
    "lunchtime": (12 * 60, 14 * 60),
}


_PART = re.compile(
    r"(?<!another )(?<!one more )(?<!last )(?<!good )(?<!since )(?<!since this )(?<!since the "
    r")(?<!nice )(?<!lovely )(?<!great "
    r")(?<!good a)\b(?:(?:early|late|mid)[ -]?)?"
    r"(?P<part>morning|forenoon|afternoon|evening|lunchtime|lunch time|tonight|(?<!off )(?<!on "
    r")(?<!work )(?<!works )(?<!working )(?<!doing )night|"
    r"first "
    r"thing)s?\b(?! shift)"
)


@dataclass(frozen=True, slots=True)
class Window:
    """A day and a stretch of it, as far as they were said; ``spans`` are where in the text.

    ``other_day`` is true for a day that is not the delivery's, or, where that is not known, not
    the day of the call; ``offered`` for the first of two days between which one may choose.
    """

    day: date | None
    start: int | None
    end: int | None
    other_day: bool
    spans: tuple[tuple[int, int], ...]
    offered: bool = False

    @property
    def timed(self) -> bool:
        """Whether any hour was said."""
        return self.start is not None or self.end is not None

    def timed_by_clock(self, text: str) -> bool:
        """Whether the hours came from a clock or a limit rather than a part of the day."""
        return (
            self.timed
            and re.search(rf"{A_CLOCK}|\b(?:after|before|until|till|by|from|between)\b", text)
            is not None
        )

    def slots(self) -> dict[str, str]:
        """The window as slots of a directive."""
        slots = {"date": self.day.isoformat()} if self.day else {}
        if self.start is not None:
            slots["start"] = _clock_face(self.start)
        if self.end is not None:
            slots["end"] = _clock_face(self.end)
        return slots


def _clock_face(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def window_in(
    text: str,
    now: datetime,
    *,
    fragment: bool = False,
    anchor: date | None = None,
    known: Known = NOTHING,
) -> Window | None:
    """Return the window that a text names, None where it names neither day nor time.

    A bare hour counts only after a word such as "at" or "by", or, with ``fragment``, anywhere.
    """
    delivered = known.day or now.date()
    days = days_in(text, now.date(), anchor or known.day)
    either = len(days) > 1 and re.fullmatch(
        r",? ?(?:or|and)(?: maybe| perhaps)?(?: on)?", text[days[0].end : days[1].start].rstrip()
    )
    day = (days[0] if either else days[-1]) if days else None
    part = _part(text)
    meant = day.day if day else delivered
    base = Base(
        now.hour * 60 + now.minute if meant == now.date() else -1,
        known.hours() if meant == delivered else None,
    )
    found = hours_in(text, base, part[0] if part else None, now, fragment=fragment)
    spans = [(start, end) for start, end, _, _ in found]
    start = next((time for _, _, time, _ in found if time is not None), None)
    end = next((time for _, _, _, time in found if time is not None), None)
    start, end = _in_order(start, end)
    if part and not found:
        start, end = _PARTS[part[0]]
        if _UP_TO.search(text[: part[1][0]]):
            start, end = None, start
        spans.append(part[1])
    spans += [(one.start, one.end) for one in days]
    if not spans:
        return None
    offered = bool(either) and " or" in text[days[0].end : days[1].start]
    spans.sort()
    return Window(
        day.day if day else None, start, end, meant != delivered, tuple(spans), offered=offered
    )


_UP_TO = re.compile(r"\b(?:by|before|until|till?|'til) (?:the |this |tomorrow |mid[ -])?$")


def _in_order(start: int | None, end: int | None) -> tuple[int | None, int | None]:
    """Return both ends so that the first comes first, where half a day was left open."""
    if start is None or end is None or start <= end:
        return start, end
    if FIRST_SERVED <= start - 720 < end:
        return start - 720, end
    return (start, end + 720) if end + 720 <= LAST_SERVED else (start, end)


def _part(text: str) -> tuple[str, tuple[int, int]] | None:
    for match in _PART.finditer(text):
        if text[: match.start()].strip(" ,") == "" and not text[match.end() :].startswith(
            (" ", "s")
        ):
            return (match["part"].replace(" ", ""), match.span())
        if (
            match.start()
            or match.group().endswith("s")
            or match["part"] in ("tonight", "first thing")
        ):
            return (match["part"].replace(" ", ""), match.span())
        if re.match(
            r" (?:is|would|works|suits|please|only|if|or|time|hours|slot|will|'d|preferred|after|"
            r"before|once|when|for|tomorrow|would|best|and|but|so|are|are|does|don't)",
            text[match.end() :],
        ):
            return (match["part"].replace(" ", ""), match.span())
    return None
