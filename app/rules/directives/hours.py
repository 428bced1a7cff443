"""Finds the hours that a clause names, and settles which half of the day each is in.

An hour without a.m. or p.m. is the next one that a delivery round can serve (07:00 to 21:59): after
the moment of the call where its day is meant, after midnight where another day is. In a span the
start is the latest reading that still lies before the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from app.rules.directives.clock import Clock, clock_from, clock_pattern
from app.rules.directives.numbers import LENGTH_OF_TIME, minutes_from

FIRST_SERVED, LAST_SERVED = 7 * 60, 22 * 60 - 1


_A, _B = clock_pattern("a"), clock_pattern("b")


A_CLOCK = _A
_BARE = re.sub(r"\?P<\w+>", "?:", _A)
"""A clock with no groups of its own, for looking ahead."""


_ABOUT = (
    r"(?:about |around |roughly |say |maybe |like |approximately |at |the latest |approx |gone |"
    r"just "
    r"gone |just |shortly |well |a bit |)*"
)


_SPAN = re.compile(
    rf"(?:between|from|in from|anywhere from|anytime between|any time between) {_ABOUT}{_A} "
    rf"?(?:and|to|till?|until|through|'til|-|or) ?{_ABOUT}{_B}"
)


_BARE_SPAN = re.compile(rf"\b{_A} ?(?:till?|until|through|'til|-|to) ?{_ABOUT}{_B}")


_START = re.compile(
    rf"\b(?:not (?:back |home |in |here |available )?before|no earlier than|n't (?:come|deliver|"
    rf"be here|bring it|ring|"
    rf"get here|arrive|turn up|show up)"
    rf"(?: by)? before|after|from|(?<!half )(?<!quarter )(?<!ten )(?<!twenty )(?<!five "
    rf")(?<!minutes )past|since|later than(?<!no later than)|as of|starting(?: at)?|"
    rf"any time from) "
    rf"{_ABOUT}{_A}(?: onwards?| on)?"
)


_ONWARDS = re.compile(rf"\b{_A} (?:onwards?|or (?:later|after)|and (?:later|after))\b")


_END = re.compile(
    rf"\b(?:not (?:after|later than)|no later than|n't (?:come|deliver|be here|bring it|get here|"
    rf"arrive) after|"
    rf"between now and|from now (?:un)?til+|before|(?<!come )(?<!swing )(?<!stop )(?<!pop )"
    rf"(?<!drop )(?<!pass )(?<!round )by|by(?! (?:at|around|about|between|after|before)\b)|until|"
    rf"till?|'til|up to|up until|"
    rf"earlier than|ahead of) {_ABOUT}{_A}"
)


_BEFORE_IT = re.compile(rf"\bbefore (?!{_ABOUT}{_BARE})(?:[\w']+ ){{1,6}}?at " + _A)


_AFTER_IT = re.compile(rf"(?<!day )\bafter (?!{_ABOUT}{_BARE})(?:[\w']+ ){{1,6}}?at " + _A)


_AT = re.compile(
    rf"\b(?:at|around|about|for|roughly|circa|towards?|near|nearer|say|"
    rf"exactly) {_ABOUT}{_A}(?: sharp)?"
)


_AWAY_BACK = re.compile(
    rf"\b{_A}(?:,? (?!back\b)[\w']+){{0,4}}?,? back(?: home| in| here)?(?: (?:at|by|around|about|"
    rf"for|"
    rf"before|again))* {_ABOUT}{_B}"
)


_HALF_SPAN = re.compile(
    rf"\b(?:(?:between|from) )?{_ABOUT}{_A} ?(?:and|to|till?|until|through|-) "
    rf"(?:a )?(?P<later>half|quarter|ten|twenty|twenty five|five) past\b(?! {_BARE})"
)


_EARLIEST = re.compile(
    rf"{_A}(?: (?:today|tonight|tomorrow))?,? (?:at (?:the )?(?:very )?earliest|earliest)\b|"
    rf"\bearliest(?: (?:i|we) (?:can|could) (?:do|make|manage|be here|get here|be home))?"
    rf"(?:'s| is| would be|'d be)? {_ABOUT}{_B}"
)


_LATEST = re.compile(
    rf"(?:by )?{_A}(?: (?:today|tonight|tomorrow))?,? (?:at (?:the )?(?:very )?latest|"
    rf"or (?:earlier|before|sooner)|latest)\b"
)


_ALONE = re.compile(
    r"\b(?:\w+[ -]?ish|half (?:past )?\w+|quarter (?:past|to) \w+|(?:ten|twenty|five|twenty "
    r"five) (?:past|"
    r"to) \w+|"
    r"\d{1,2}[:.]\d\d|\w+ (?:thirty|fifteen|forty five)|\w+ o'clock|\w+\s?(?:am|pm)|(?:noon|"
    r"midday)(?:-?ish)?)\b"
    r"(?: (?:in the (?:morning|afternoon|evening)|tonight))?"
)


_CLOCK = re.compile(_A)


_AHEAD = re.compile(rf"\bin (?:about |around )?(?P<length>{LENGTH_OF_TIME})(?:' time|s' time)?\b")


_WITHIN = re.compile(
    rf"\b(?:for|within|over|during|in) the next (?P<length>hour|(?:couple of|few|two|three|"
    rf"\d) hours|{LENGTH_OF_TIME})\b"
)


Found = tuple[int, int, int | None, int | None]


class Base(NamedTuple):
    """After what minute a bare hour is looked for, and the window in which the van will come."""

    after: int
    promised: tuple[int, int] | None = None


_LATER = {"half": 30, "quarter": 15, "ten": 10, "twenty": 20, "twenty five": 25, "five": 5}


def _half_past(text: str, base: Base, part: str | None) -> Found | None:
    """ "From four until half past": the second is of the first one's hour."""
    match = _HALF_SPAN.search(text)
    if match is None:
        return None
    start = _settled(_clock(match, "a"), base, part)
    return (*match.span(), start, start - start % 60 + _LATER[match["later"]])


def hours_in(
    text: str, base: Base, part: str | None, now: datetime, *, fragment: bool
) -> list[Found]:
    """Return where each time stands, and the start and the end that it gives, as minutes.

    ``part`` is a part of the day named beside it; with ``fragment`` a bare number is an hour too.
    """
    if later := _half_past(text, base, part):
        return [later]
    for pattern in (_SPAN, _BARE_SPAN, _AWAY_BACK):
        if (match := pattern.search(text)) and (span := _span_of(match, pattern, base, part)):
            return [span]
    found = [*_ahead(text, now)]
    taken = text
    for pattern, side in (
        (_BEFORE_IT, 1),
        (_AFTER_IT, 0),
        (_START, 0),
        (_ONWARDS, 0),
        (_EARLIEST, 0),
        (_LATEST, 1),
        (_END, 1),
        (_AT, 2),
    ):
        for match in pattern.finditer(taken):
            if pattern is _AT and any(
                at < match.start() or start is not None for at, _, start, _ in found
            ):
                continue
            said = clock_from(match, "a") or _clock(match, "b")
            found.append(_placed(match.span(), _settled(said, base, part), side))
            taken = _without(taken, match.span())
    if not found:
        for clue in [_CLOCK] if fragment else [_ALONE]:
            for match in clue.finditer(taken):
                inner = _CLOCK.search(taken, match.start(), match.end())
                if inner and (clock := clock_from(inner, "a")):
                    return [_placed(match.span(), _settled(clock, base, part), 2)]
    return found


def _without(text: str, span: tuple[int, int]) -> str:
    return text[: span[0]] + "_" * (span[1] - span[0]) + text[span[1] :]


def _placed(span: tuple[int, int], time: int, side: int) -> Found:
    return (*span, time if side != 1 else None, time if side != 0 else None)


def _clock(match: re.Match[str], name: str) -> Clock:
    clock = clock_from(match, name)
    if clock is None:  # each pattern here holds a clock that must take part
        raise ValueError(f"no clock in {match.group()!r}")
    return clock


def _ahead(text: str, now: datetime) -> Iterator[Found]:
    minutes_now = now.hour * 60 + now.minute
    for match in _AHEAD.finditer(text):
        if (length := minutes_from(match["length"])) is not None:
            yield _placed(match.span(), (minutes_now + length) % 1440, 0)
    for match in _WITHIN.finditer(text):
        length = 60 if match["length"] == "hour" else _hours(match["length"])
        yield _placed(match.span(), (minutes_now + length) % 1440, 1)


def _hours(spoken: str) -> int:
    if spoken.startswith(("couple", "few")):
        return 120 if spoken.startswith("couple") else 180
    return minutes_from(spoken) or 60


def _span_of(
    match: re.Match[str], pattern: re.Pattern[str], base: Base, part: str | None
) -> Found | None:
    first, last = _clock(match, "a"), _clock(match, "b")
    if pattern is _BARE_SPAN and match["a" + "past"] is None and " to " in match.group():
        spoken = match.group().split()[0]
        if spoken in ("ten", "five", "twenty", "20", "quarter") and first.open:
            return None
    end = _settled(last, base, part)
    start = _latest_before(first, end, part) if first.open else first.minutes
    if start is None:
        start = _settled(first, base, part)
        end = end + 720 if last.open and end < start and end + 720 < 1440 else end
    return (*match.span(), start, end)


def _latest_before(clock: Clock, end: int, part: str | None) -> int | None:
    readings = [time for time in _both(clock) if time < end]
    served = [time for time in readings if time >= FIRST_SERVED]
    if part == "morning":
        served = [time for time in served if time < 12 * 60] or served
    return max(served or readings, default=None)


def _both(clock: Clock) -> tuple[int, int]:
    return (clock.minutes % 720, clock.minutes % 720 + 720)


def _settled(clock: Clock, base: Base, part: str | None) -> int:
    """Decide whether an hour is meant before or after noon."""
    if not clock.open:
        return clock.minutes % 1440
    morning, later = _both(clock)
    if part == "morning":
        return morning if morning < 720 and clock.minutes >= 0 else later
    if part in ("afternoon", "evening", "night", "tonight"):
        return later
    served = [time for time in (morning, later) if FIRST_SERVED <= time <= LAST_SERVED]
    ahead = [time for time in served if time > base.after]
    if base.promised:
        first, last = base.promised
        ahead.sort(key=lambda time: not first <= time <= last)
    return next(iter(ahead), served[0] if served else later)
