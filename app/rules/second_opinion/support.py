"""Whether the words that a proposal quotes carry the values that it gives.

Words must be among those quoted, figures must be those quoted, times and days must be ones that
the quoted words can mean. Where a value could not be found, the proposal was made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from app.rules.analysis import CHOICES, SlotValue
from app.rules.directives.clock import clock_from, clock_pattern
from app.rules.directives.days import days_in
from app.rules.directives.numbers import LENGTH_OF_TIME, minutes_from
from app.rules.directives.text import plain_form
from app.rules.second_opinion.spoken import PLACEHOLDER, flat, occurs, sounds_of

FURTHEST = timedelta(days=92)
"""How far ahead a customer may want their parcel."""
LONGEST_NOTICE = 240
"""Minutes before the van comes."""
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_CLOCK = re.compile(clock_pattern("c"))
_LENGTH = re.compile(LENGTH_OF_TIME)
_SOME_TIME = re.compile(
    r"\b(?:morning|afternoon|evening|night|tonight|lunch ?time|lunch|breakfast|dinner ?time|dinner|"
    r"tea ?time|noon|midday|midnight|hours?|minutes?|school|work|dark|dusk|dawn)\b"
)
_SIGN = re.compile(r"\b(?:sign|signs|signed|signature|signing)\b")
_IDENTITY = re.compile(r"\b(?:id|ids|identification|identity|passport|licen[cs]e|card)\b")
_SELF = frozenset(("i", "im", "ill", "ive", "id", "me", "my", "myself"))


def supported(slots: Mapping[str, SlotValue], quote: str, at: datetime) -> bool:
    """Is every value carried by the words quoted? ``at`` is when they were said, there."""
    heard = plain_form(quote).plain
    start, end = slots.get("start"), slots.get("end")
    if isinstance(start, str) and isinstance(end, str) and start > end:
        return False
    return all(
        name in CHOICES or _CHECKS.get(name, _words)(value, quote, heard, at)
        for name, value in slots.items()
    )


Check = Callable[[SlotValue, str, str, datetime], bool]


def _words(value: SlotValue, quote: str, heard: str, at: datetime) -> bool:  # noqa: ARG001
    """Each word was quoted, as it was heard or as it was plainly meant ("front poach")."""
    wanted = flat(sounds_of(str(value)))
    said = flat(sounds_of(quote))
    known = {*said, *flat(sounds_of(heard))}
    if wanted == ("me",):
        return bool(_SELF & known)
    # "My daughter's home" names a daughter.
    carried = all(each in known or f"{each}s" in known for each in wanted)
    return 0 < len(wanted) <= len(said) + 2 and carried


def _figures(value: SlotValue, quote: str, heard: str, at: datetime) -> bool:  # noqa: ARG001
    """The same figures in the same order, none left out."""
    hidden = PLACEHOLDER.search(str(value))
    if hidden and hidden[0] != value:
        return False
    return occurs(str(value), quote) or occurs(str(value), heard)


def _minutes(value: SlotValue, quote: str, heard: str, at: datetime) -> bool:  # noqa: ARG001
    if not isinstance(value, int) or not 0 < value <= LONGEST_NOTICE:
        return False
    lengths = (minutes_from(each[0]) for each in _LENGTH.finditer(heard))
    return value in lengths or occurs(str(value), quote)


def _date(value: SlotValue, quote: str, heard: str, at: datetime) -> bool:  # noqa: ARG001
    """Soon enough, and where we read days in the words ourselves, one of them or a week on."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return False
    today = at.date()
    named = [each.day for each in days_in(heard, today)]
    if day == today and not named:
        return True
    near = not named or any(day - each in (timedelta(0), timedelta(weeks=1)) for each in named)
    return near and timedelta(0) <= day - today <= FURTHEST


def _time(value: SlotValue, quote: str, heard: str, at: datetime) -> bool:  # noqa: ARG001
    """A time of day that was said, in whichever half of the day, or that a word stands for."""
    if not _TIME.fullmatch(str(value)):
        return False
    minutes = int(str(value)[:2]) * 60 + int(str(value)[3:])
    clocks = [clock_from(match, "c") for match in _CLOCK.finditer(heard)]
    said = [clock.minutes % 720 for clock in clocks if clock is not None]
    return minutes % 720 in said or _SOME_TIME.search(heard) is not None


def _signature(value: SlotValue, quote: str, heard: str, at: datetime) -> bool:  # noqa: ARG001
    return _SIGN.search(heard) is not None


def _id_check(value: SlotValue, quote: str, heard: str, at: datetime) -> bool:  # noqa: ARG001
    return _IDENTITY.search(heard) is not None


_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "code": _figures,
        "unit": _figures,
        "phone": _figures,
        "minutes": _minutes,
        "date": _date,
        "start": _time,
        "end": _time,
        "signature": _signature,
        "id_check": _id_check,
    }
)
"""The slots whose value is more than words."""
