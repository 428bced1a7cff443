"""How days, times and numbers are said, in each language as its speakers do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_date

from app.rules.call_script.texts import Language

_NOON = 12
_LONGEST_GROUP = 4
_FIRSTS: Mapping[str, str] = {"fr": " 1er ", "es": " primero "}


def said_when(
    language: Language, start: datetime, end: datetime | None, time_zone: str, today: date
) -> str:
    """When the delivery comes: "today between 9:30 AM and 11 AM"."""
    zone = ZoneInfo(time_zone)
    local, days = start.astimezone(zone), language.days
    day = said_date(language, start, time_zone, today)
    clock = _CLOCKS[language.code]
    if end is None:
        return days["around"].format(day=day, start=clock(local))
    first, last = clock(local), clock(end.astimezone(zone))
    if language.code == "es":
        # "entre las 9 y las 11 de la mañana": the part of the day once, where it is the same.
        first = first.removesuffix(_part_of_day(last))
    return days["between"].format(day=day, start=first, end=last)


def said_date(language: Language, start: datetime, time_zone: str, today: date) -> str:
    """On which day the delivery comes: "today", or "on Friday, March 13"."""
    day, days = start.astimezone(ZoneInfo(time_zone)).date(), language.days
    known = {0: days["today"], 1: days["tomorrow"]}
    return known.get((day - today).days) or days["on"].format(date=said_day(language, day))


def said_day(language: Language, day: date) -> str:
    """A day: "Friday, March 13"."""
    said: str = format_date(day, language.days["date"], locale=language.code)
    if day.day == 1:
        return said.replace(" 1 ", _FIRSTS.get(language.code, " 1 "))
    return said


def said_weekday(language: Language, day: date) -> tuple[str, ...]:
    """The names of a day of the week, as customers would say them."""
    name = str(format_date(day, "EEEE", locale=language.code))
    return ("Samstag", "Sonnabend") if name == "Samstag" else (name,)


def said_number(language: Language, number: str, heard_by: str) -> str:
    """A telephone number digit by digit, in the groups that people know it by; French in pairs.

    With its country code only where the listener's number is of another country.
    """
    try:
        parsed, listener = phonenumbers.parse(number), phonenumbers.parse(heard_by)
        form = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        if parsed.country_code == listener.country_code:
            form = phonenumbers.PhoneNumberFormat.NATIONAL
        number = phonenumbers.format_number(parsed, form)
    except phonenumbers.NumberParseException:
        pass
    groups = [short for group in re.findall(r"\d+", number) for short in _shortened(group)]
    pairs = language.code == "fr"
    return ", ".join(each if pairs and len(each) == 2 else " ".join(each) for each in groups)


def said_reference(reference: str) -> str:
    """A reference letter by letter and digit by digit."""
    return " ".join(re.findall(r"\w", reference))


def _shortened(group: str) -> list[str]:
    """A group that nobody can keep in mind in twos, the last of them perhaps three."""
    if len(group) <= _LONGEST_GROUP:
        return [group]
    return re.findall(r"\d\d(?:\d$)?", group)


def _english(moment: datetime) -> str:
    if moment.hour == _NOON and not moment.minute:
        return "noon"
    if not moment.hour and not moment.minute:
        return "midnight"
    minutes = f":{moment:%M}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes} {'AM' if moment.hour < _NOON else 'PM'}"


def _spanish(moment: datetime) -> str:
    hour = moment.hour % 12 or 12
    clock = "la una" if hour == 1 else f"las {hour}"
    known = {0: "", 15: " y cuarto", 30: " y media"}
    minutes = known.get(moment.minute, f" y {moment.minute}")
    if moment.hour == _NOON and not moment.minute:
        return "las 12 del mediodía"
    night = moment.hour == 0 or moment.hour >= 20
    part = "noche" if night else "mañana" if moment.hour < _NOON else "tarde"
    return f"{clock}{minutes} de la {part}"


def _part_of_day(clock: str) -> str:
    return clock[clock.index(" de la ") :] if " de la " in clock else ""


def _french(moment: datetime) -> str:
    if not moment.minute and moment.hour in (0, _NOON):
        return "midi" if moment.hour else "minuit"
    hours = "heure" if moment.hour in (0, 1) else "heures"
    return f"{moment.hour} {hours}" + (f" {moment.minute}" if moment.minute else "")


def _german(moment: datetime) -> str:
    return f"{moment.hour} Uhr" + (f" {moment.minute}" if moment.minute else "")


_CLOCKS: Mapping[str, Callable[[datetime], str]] = {
    "en": _english,
    "es": _spanish,
    "fr": _french,
    "de": _german,
}
