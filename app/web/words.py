"""The words of the pages in the reader's language: gettext catalogues, read as they are written.

English stands in the templates and the code. Each area of pages keeps its translations beside it,
as ``words/<language>.po``; ``python -m tools.words update`` gathers what is to be translated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale, dates, numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from pymongo.errors import PyMongoError

from app.models import Tenant
from app.models.as_stored import first
from app.rules.texts import LANGUAGES
from app.saying import Saying
from app.web.sessions import person_of_page_session

_PRODUCT = Path(__file__).parents[1]
_LOCALES = {"en": "en_GB", "es": "es_ES", "fr": "fr_FR", "de": "de_DE"}
"""Their times have 24 hours."""
_speaking: ContextVar[str | None] = ContextVar("speaking", default=None)
Given = datetime | str


def register(flask: Flask) -> None:
    """Fit the words to the templates."""
    flask.jinja_env.add_extension("jinja2.ext.i18n")
    flask.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True
    )
    flask.jinja_env.filters.update(
        time_of=time_of,
        day_of=day_of,
        moment_of=moment_of,
        elsewhere=elsewhere,
        ago=ago,
        number=number,
        percent=percent,
        retold=retold,
        telephone=telephone,
        money=money,
    )
    flask.context_processor(lambda: {"language": language_here(), "zone": zone_here()})


def gettext(english: str, **values: object) -> str:
    """The words in the reader's language; ``values`` fill their %(name)s."""
    found = str(_catalogue(language_here()).ugettext(english))
    return found % values if values else found


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """The same for so many of something; ``%(num)d`` is the count."""
    found = str(_catalogue(language_here()).ungettext(one, many, count))
    return found % {"num": count, **values}


def told(text: Saying) -> Saying:
    """What is told to people, in the reader's language."""
    return text.told(gettext)


def retold(stored: str) -> str:
    """What the ledger keeps in English, one sentence or several, in the reader's language.

    Each such sentence is written as a Saying without values where it is kept: it is its own key.
    What is not known stays as it stands, for an English sentence says more than none.
    """
    return "; ".join(gettext(each) for each in stored.split("; "))


def marked(english: str) -> str:
    """Words that are translated later, where they are shown."""
    return english


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it this is the language, whoever asks, and also where nobody does."""
    before = _speaking.set(language)
    try:
        yield
    finally:
        _speaking.reset(before)


def language_here() -> str:
    """The reader's: their own where they are signed in, else the best that their browser reads."""
    if (elsewhere := _speaking.get()) is not None:
        return elsewhere
    if not has_request_context():
        return LANGUAGES[0]
    if "language" not in g:
        best = request.accept_languages.best_match(LANGUAGES, default=LANGUAGES[0])
        try:
            person = person_of_page_session()
        except PyMongoError:
            # That the database is away must be told too.
            return str(best)
        g.language = person.language if person is not None else best
    return str(g.language)


def zone_here() -> str:
    """The company's time zone by name, in which its pages tell times; UTC where it has none."""
    if not has_request_context():
        return "UTC"
    if "zone" not in g:
        person = person_of_page_session()
        company = first(Tenant.of(person.tenant_id)) if person else None
        g.zone = (company and company.calling and company.calling.time_zone) or "UTC"
    return str(g.zone)


def time_of(moment: Given, zone: str = "") -> str:
    """The time of day, as 14:05."""
    return str(dates.format_time(_local(moment, zone), "HH:mm", locale=locale_here()))


def day_of(moment: Given, zone: str = "") -> str:
    """The day, as Sat 21 Nov; with the year where it is not this one."""
    local = _local(moment, zone)
    this_year = local.year == datetime.now(local.tzinfo).year
    skeleton = "MMMEd" if this_year else "yMMMEd"
    return str(dates.format_skeleton(skeleton, local, locale=locale_here()))


def moment_of(moment: Given, zone: str = "") -> str:
    """Day and time, and by whose clock where that differs from the company's."""
    return f"{day_of(moment, zone)}, {time_of(moment, zone)}{elsewhere(moment, zone)}"


def elsewhere(moment: Given, zone: str) -> str:
    """Where a time is that of another clock than the company's: " (London)"; else empty."""
    if not zone or _local(moment, zone).utcoffset() == _local(moment, "").utcoffset():
        return ""
    city = dates.get_timezone_location(ZoneInfo(zone), locale=locale_here(), return_city=True)
    return f" ({city})"


def ago(moment: Given) -> str:
    """How long ago, or in how long, in the largest unit, as 3 minutes ago."""
    since: timedelta = _aware(moment) - datetime.now(UTC)
    return str(dates.format_timedelta(since, add_direction=True, locale=locale_here()))


def number(value: float, digits: int = 0) -> str:
    """A number as the language writes it, with so many digits behind the point."""
    pattern = "#,##0" + (f".{'0' * digits}" if digits else "")
    return str(numbers.format_decimal(value, pattern, locale=locale_here()))


def percent(share: float, digits: int = 0) -> str:
    """A share of one in per cent."""
    pattern = "#,##0" + (f".{'0' * digits}" if digits else "") + "%"
    return str(numbers.format_percent(share, pattern, locale=locale_here()))


def money(amount: float, currency: str) -> str:
    """An amount as the language writes it, as $0.014; without a currency the number alone."""
    if not currency:
        return number(amount, 3)
    pattern = (
        _locale(language_here()).currency_formats["standard"].pattern.replace("0.00", "0.00##")
    )
    return str(numbers.format_currency(amount, currency, pattern, locale=locale_here(),
                                       currency_digits=False))  # fmt: skip


def telephone(given: str) -> str:
    """A number with blanks between its parts, as +44 20 7946 0958; what is none stays as it is."""
    try:
        parsed = phonenumbers.parse(given)
    except phonenumbers.NumberParseException:
        return given
    if phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) != given:
        return given
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def locale_here() -> Locale:
    """Babel's locale of the reader's language."""
    return _locale(language_here())


@lru_cache(maxsize=len(LANGUAGES))
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES[language])


def _aware(moment: Given) -> datetime:
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _local(moment: Given, zone: str) -> datetime:
    return _aware(moment).astimezone(ZoneInfo(zone or zone_here()))


def files(language: str) -> list[Path]:
    """The catalogues of all areas in this language."""
    return sorted(_PRODUCT.glob(f"**/words/{language}.po"))


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> NullTranslations:
    if language == LANGUAGES[0]:
        return NullTranslations()
    whole = Catalog(locale=language)
    for path in files(language):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string:
                    whole[message.id] = message
    written = BytesIO()
    write_mo(written, whole)
    written.seek(0)
    return Translations(written)


def for_script(**words: Any) -> dict[str, Any]:
    """Words that a script of the page says, by the names that it knows them by."""
    return words
