"""When a delivery comes, as short as one writes it: ``today 2–4 PM``, ``heute 14–16 Uhr``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton

_NEAR: Mapping[str, tuple[str, str]] = {
    "en": ("today", "tomorrow"),
    "es": ("hoy", "mañana"),
    "fr": ("aujourd’hui", "demain"),
    "de": ("heute", "morgen"),
}
_ON = {"en": "", "es": "el ", "fr": "le ", "de": "am "}
_NAMED = {
    "en": "EEEE d MMMM",
    "es": "EEEE d 'de' MMMM",
    "fr": "EEEE d MMMM",
    "de": "EEEE, d. MMMM",
}
_HALVES: Mapping[str, tuple[str, str]] = {"en": ("AM", "PM"), "es": ("a.m.", "p.m.")}
"""Of the day, where an American zone has hours of twelve."""
_ABOUT = {"en": "around {}", "es": "sobre {}", "fr": "vers {}", "de": "gegen {}"}


@dataclass(frozen=True, slots=True)
class Moment:
    """The time of a delivery in its own zone, and the day on which that is said."""

    start: datetime
    end: datetime | None
    time_zone: str
    today: date

    @property
    def day(self) -> date:
        """The local day on which it comes."""
        return self.start.astimezone(ZoneInfo(self.time_zone)).date()


def said(moment: Moment, language: str) -> str:
    """The day and the hours: for text messages and the customer's page."""
    zone = ZoneInfo(moment.time_zone)
    start = moment.start.astimezone(zone)
    if moment.end is None:
        hours = _ABOUT[language].format(_article(start, language) + _hour(start, language))
    else:
        hours = _hours(start, moment.end.astimezone(zone), language)
    return f"{_day(moment, language)} {hours}"


def named(day: date, language: str) -> str:
    """A day in full, for a list to choose from: ``Saturday 14 March``."""
    return _first(format_date(day, _NAMED[language], language), language)


def clock(moment: datetime, language: str, time_zone: str) -> str:
    """A time of day in the delivery's zone."""
    return _clock(moment.astimezone(ZoneInfo(time_zone)), language)


def _day(moment: Moment, language: str) -> str:
    ahead = (moment.day - moment.today).days
    if ahead in (0, 1):
        return _NEAR[language][ahead]
    # American English alone puts the month first.
    locale = "en_GB" if language == "en" and not _american(moment.time_zone) else language
    if language == "de":
        return f"{_ON[language]}{format_skeleton('MEd', moment.day, locale='de')},"
    day = format_skeleton("MMMEd", moment.day, locale=locale)
    if language == "es":
        # After its article a day has no comma.
        day = day.replace(",", "")
    return _ON[language] + _first(day, language)


def _first(day: str, language: str) -> str:
    """In French the first of a month, and no other day, is said by its rank."""
    return day.replace(" 1 ", " 1er ") if language == "fr" else day


def _hours(start: datetime, end: datetime, language: str) -> str:
    if language == "de":
        whole = not (start.minute or end.minute)
        first, last = (f"{each.hour}" + ("" if whole else f":{each:%M}") for each in (start, end))
        return f"{first}–{last} Uhr"
    first, last = _clock(start, language), _clock(end, language)
    hour, _, half = first.partition(" ")
    if half and last.endswith(half):
        first = hour
    return f"{first}–{last}"


def _hour(local: datetime, language: str) -> str:
    if language != "de":
        return _clock(local, language)
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour}{minutes} Uhr"


def _article(local: datetime, language: str) -> str:
    if language != "es":
        return ""
    hour, *_ = _clock(local, language).replace(":", " ").split()
    return "la " if hour == "1" else "las "


def _clock(local: datetime, language: str) -> str:
    zone = str(local.tzinfo)
    if language in _HALVES and _american(zone):
        minutes = f":{local:%M}" if local.minute else ""
        return f"{local.hour % 12 or 12}{minutes} {_HALVES[language][local.hour >= 12]}"
    if language == "fr":
        return f"{local.hour}h{local:%M}" if local.minute else f"{local.hour}h"
    hour = str(local.hour) if language == "es" else f"{local:%H}"
    return f"{hour}:{local:%M}"


def _american(time_zone: str) -> bool:
    return time_zone.startswith(("America/", "US/", "Pacific/Honolulu"))
