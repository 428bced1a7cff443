"""Days as they are spoken, resolved against the day of the call: tomorrow, Monday, the 14th."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from app.rules.directives.numbers import CARDINAL, ORDINAL, cardinal_from, ordinal_from

_WEEKDAYS = tuple(name.lower() for name in calendar.day_name)
_MONTHS = tuple(name.lower() for name in calendar.month_name)
MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)"
)
NAMED_DAY = rf"(?:{'|'.join(_WEEKDAYS)}|tomorrow)"
_WEEKDAY = rf"(?:{'|'.join(_WEEKDAYS)}|mon|tues?|weds?|thurs?|fri)"

_DAY = re.compile(
    rf"\b(?:(?P<today>today(?! week\b)|tonight|this (?:morning|afternoon|evening|lunchtime)|"
    rf"later on today)|"
    rf"(?P<after>(?:the )?day after tomorrow|overmorrow)|(?P<weekon>a week (?:tomorrow|on "
    rf"tomorrow)|"
    rf"tomorrow week|today week|a week today)|(?P<tomorrow>tomorrow|tmrw)|"
    rf"(?P<ahead>a week (?:on |from )?)?(?P<which>next|this|this coming|the following|the "
    rf"coming|following)?\s?"
    rf"(?P<weekday>{_WEEKDAY})(?P<plural>s)?\b(?P<week> week| after next)?|"
    rf"(?:the )?(?P<day1>{ORDINAL})(?: of)? (?P<month1>{MONTH})\b|"
    rf"(?P<month2>{MONTH}) (?:the )?(?P<day2>{ORDINAL}|\d{{1,2}})\b|"
    rf"(?P<day4>\d{{1,2}}) (?P<month4>{MONTH})\b|"
    rf"(?:(?<=the )|(?<=\bon )|(?<=\bby )|(?<=\btill )|(?<=\buntil ))(?P<day3>{ORDINAL})(?! "
    rf"(?:floor|time|step|door|house|one|gate|flat|building|left|"
    rf"right|stair|"
    rf"street|avenue|turning|level|day|bell|delivery|parcel|attempt|of (?!{MONTH})|(?:you|we|"
    rf"he|she|it|they|i|that|that's|you're|you've|he's|she's|it's|they're|your|the)\b))\b|"
    rf"(?P<weekend>(?:(?:the|this|next) )?weekend)|(?P<feast>christmas eve|christmas day|"
    rf"boxing day|new year's eve|new year's day)|"
    rf"(?P<relative>(?:the )?(?:day after(?! tomorrow)|next day|following day)|(?:a|one) day "
    rf"later)|"
    rf"in (?P<count>a couple of|\d+|{CARDINAL}) days?(?:' time)?(?<!in one day)(?<!in 1 day)|"
    rf"(?P<fortnight>(?:in )?(?:a|one|two|three|a couple of) (?:week|fortnight)s?(?: (?:today|"
    rf"from (?:today|now)|"
    rf"from tomorrow)|'s? time)|in (?:a fortnight|a week|(?:one|two|three|a couple of) weeks))|"
    rf"(?P<weeks>a week) (?:today|from today|from now|later))\b"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was named and where in the text."""

    day: date
    start: int
    end: int
    today: bool


_FEASTS = {
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new year's day": (1, 1),
}


def days_in(text: str, today: date, anchor: date | None = None) -> list[Day]:
    """Return the days named in a text, in order, each on or after ``today``.

    "The day after" counts from the day named last, at first from ``anchor``.
    """
    found: list[Day] = []
    for match in _DAY.finditer(text):
        if match["relative"]:
            day: date | None = (found[-1].day if found else anchor or today) + timedelta(days=1)
        else:
            day = _resolve(match, today)
        if day is not None:
            found.append(Day(day, match.start(), match.end(), day == today))
    return found


def _resolve(match: re.Match[str], today: date) -> date | None:
    said = match.groupdict()
    offset = _offset(said)
    if offset is not None:
        return today + timedelta(days=offset)
    if said["weekday"]:
        return _weekday(said, today)
    if said["weekend"]:
        return _coming(today, 5) + timedelta(weeks=said["weekend"].startswith("next"))
    if feast := said["feast"]:
        month, number = _FEASTS[feast]
        day = date(today.year, month, number)
        return day if day >= today else date(today.year + 1, month, number)
    return _day_of_month(said, today)


def _offset(said: dict[str, str | None]) -> int | None:
    if week := said["weekon"]:
        return 7 + ("tomorrow" in week)
    for offset, name in enumerate(("today", "tomorrow", "after")):
        if said[name]:
            return offset
    if weeks := said["fortnight"] or said["weeks"]:
        many = 3 if "three" in weeks else 2 if re.search(r"two|couple|fortnight", weeks) else 1
        return 7 * many + ("tomorrow" in weeks)
    if count := said["count"]:
        return 2 if count == "a couple of" else cardinal_from(count)
    return None


def _weekday(said: dict[str, str | None], today: date) -> date:
    number = next(
        n for n, name in enumerate(_WEEKDAYS) if name.startswith((said["weekday"] or "")[:3])
    )
    day = _coming(today, number)
    if (said["which"] in ("next", "the following", "following")) and day <= _end_of_week(today):
        day += timedelta(weeks=1)
    return day + timedelta(weeks=1) if said["week"] or said["ahead"] else day


def _end_of_week(today: date) -> date:
    return today + timedelta(days=6 - today.weekday())


def _coming(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _day_of_month(said: dict[str, str | None], today: date) -> date | None:
    spoken = said["day1"] or said["day2"] or said["day3"] or said["day4"] or ""
    number = ordinal_from(spoken) or cardinal_from(spoken) or 0
    month_word = said["month1"] or said["month2"] or said["month4"]
    month = _month(month_word) if month_word else None
    for ahead in range(13):
        year, index = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        if month not in (None, index + 1):
            continue
        if 1 <= number <= calendar.monthrange(year, index + 1)[1]:
            day = date(year, index + 1, number)
            if day >= today:
                return day
    return None


def _month(word: str) -> int:
    return next(n for n, name in enumerate(_MONTHS) if n and name.startswith(word[:3]))
