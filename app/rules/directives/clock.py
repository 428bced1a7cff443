"""Clock times as they are spoken: half five, quarter past two, 5:30, five thirty, noon.

Telephone customers seldom say a.m. or p.m.; a bare hour is kept as both and decided where the
moment of the call is known (see ``windows``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.rules.directives.numbers import cardinal_from

_HOUR = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|1[0-2]|0?[1-9])"
_HOUR_24 = r"(?:1[3-9]|2[0-3]|00)"
_WORD_24 = (
    r"(?:thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty(?:[ -](?:one|two|"
    r"three))?)"
)
_PAST = r"(?:twenty[ -]five|twenty|quarter|ten|five|a quarter|25|20|half|a half)"
_MINUTE_WORDS = (
    r"(?:oh[ -]five|ten|fifteen|twenty[ -]five|twenty|thirty[ -]five|thirty|forty[ -]five|forty|"
    r"fifty[ -]five|fifty)"
)
_HALF_DAY = (
    r"(?:\s?(?P<{0}half>am|pm)\b|(?: o'clock)?,? (?:in the |this |on )?(?P<{0}part>morning|"
    r"afternoon|evening)\b"
    r"|(?: o'clock)? at (?P<{0}night>night)\b|(?: o'clock)? (?P<{0}tonight>tonight)\b)?"
)


def clock_pattern(name: str) -> str:
    """Return a pattern for one clock time, its groups prefixed with ``name``."""
    return (
        rf"\b(?:(?P<{name}noon>noon|midday|twelve noon|12 noon)(?:-?ish)?\b|"
        rf"(?P<{name}close>(?:the )?(?:end|close) of "
        rf"(?:the )?(?:day|play|business|work|office hours|working day))\b|(?:"
        rf"(?P<{name}past>{_PAST})(?: minutes)? (?P<{name}side>past|to|till|of|"
        rf"after) (?P<{name}hour1>{_HOUR})\b|"
        rf"half (?P<{name}hour2>{_HOUR})\b|"
        rf"(?P<{name}hour3>{_HOUR_24}|{_HOUR})[:.](?P<{name}min3>[0-5]\d)\b|"
        rf"(?P<{name}full>(?:{_WORD_24}|{_HOUR_24})(?: hundred(?: (?:hours|hrs))?|"
        rf" (?:{_MINUTE_WORDS}|zero zero|[0-5]\d)(?: hours| hrs)?)|"
        rf"(?:oh |zero )?{_HOUR} hundred(?: hours| hrs)?|(?:[01]\d|2[0-3])[0-5]\d (?:hours|"
        rf"hrs))\b(?!\s?(?:min|street|road|rd|"
        rf"avenue|lane|block|crescent))|"
        rf"(?P<{name}hour4>{_HOUR}) (?P<{name}min4>{_MINUTE_WORDS}|[0-5]\d)\b(?! min)|"
        rf"(?P<{name}hour5>{_HOUR})(?:-?ish)?(?P<{name}clock>\s?o'clock)?(?!\s?(?:hours?|minutes?|"
        rf"mins?|days?|weeks?|\d|or so "
        rf"min|other|of (?:the|my|them)|times?|people|things?|boxes|parcels?|hundred|seconds?|"
        rf"secs?|"
        rf"steps|flights|doors|miles))\b"
        rf")(?:[ -]?ish)?{_HALF_DAY.format(name)})"
    )


STRONG_CLOCK = (
    rf"(?:(?:{_PAST}) (?:past|to) {_HOUR}|half {_HOUR}|{_HOUR}:\d\d|{_HOUR} o'clock|"
    rf"{_HOUR}\s?(?:am|pm)|"
    rf"{_HOUR} (?:thirty|fifteen)|{_HOUR}(?= (?:today|tonight|in the|and|please|or)|$|[,.]))\b"
)
"""What is surely a time after a preposition, for cutting noun phrases short."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes after midnight; ``open`` where morning or afternoon was not said."""

    minutes: int
    open: bool


def clock_from(match: re.Match[str], name: str) -> Clock | None:
    """Return the time that ``clock_pattern(name)`` found in a match; None where it took no part."""
    said = {
        key[len(name) :]: value for key, value in match.groupdict().items() if key.startswith(name)
    }
    if said.get("noon"):
        return Clock(12 * 60, open=False)
    if said.get("close") or said.get("full"):
        return Clock(17 * 60 if said.get("close") else _full_clock(said["full"]), open=False)
    hour_word = next((said[f"hour{n}"] for n in range(1, 6) if said.get(f"hour{n}")), None)
    if hour_word is None:
        return None
    hour = cardinal_from(hour_word) or 0
    minutes = _minutes_past(said)
    if hour > 12 or hour_word.startswith("0"):
        return Clock(hour * 60 + minutes, open=False)
    half = said.get("half") or _half_of(said)
    if half is None:
        return Clock((hour % 12) * 60 + minutes, open=True)
    return Clock((hour % 12 + (12 if half == "pm" else 0)) * 60 + minutes, open=False)


def _full_clock(spoken: str) -> int:
    """ "Sixteen hundred hours", "fourteen thirty", "1630 hrs": minutes after midnight."""
    words = re.sub(r" (?:hours|hrs)$", "", spoken).replace("-", " ")
    if words.isdigit():
        return int(words[:-2]) * 60 + int(words[-2:])
    words = words.removeprefix("oh ").removeprefix("zero ")
    split = _FULL.match(words)
    if split is None:
        return 0
    minutes = split["minutes"]
    late = cardinal_from(minutes.removeprefix("oh ")) if minutes not in ("hundred", "") else 0
    return (cardinal_from(split["hour"]) or 0) % 24 * 60 + (late or 0)


_FULL = re.compile(rf"(?P<hour>{_WORD_24}|{_HOUR_24}|{_HOUR}) (?P<minutes>.+)")


def _minutes_past(said: dict[str, str]) -> int:
    if said.get("hour2"):
        return 30
    if past := said.get("past"):
        word = past.removeprefix("a ")
        amount = {"quarter": 15, "half": 30}.get(word) or cardinal_from(word) or 0
        return -amount if said["side"] in ("to", "till", "of") else amount
    if spoken := said.get("min3") or said.get("min4"):
        return cardinal_from(spoken.replace("oh-", "").replace("oh ", "")) or 0
    return 0


def _half_of(said: dict[str, str]) -> str | None:
    if part := said.get("part"):
        return "am" if part == "morning" else "pm"
    return "pm" if said.get("night") or said.get("tonight") else None
