"""The driver's sentence: what to do, most urgent first, as it is read at the kerb."""

from __future__ import annotations

import re
from collections.abc import Sequence

from babel import Locale, UnknownLocaleError

from app.rules.analysis import Directive, Kind, Quote
from app.rules.directives.sentences.kinds import words_of
from app.rules.directives.sentences.tables import LANGUAGES, Table, table
from app.rules.directives.sentences.voices import voice

_URGENCY: tuple[tuple[Kind, ...], ...] = (
    (Kind.CANCEL, Kind.RESCHEDULE, Kind.REDIRECT),
    (Kind.CAUTION,),
    (Kind.AVOID,),
    (Kind.ACCESS,),
    (Kind.HAND_OVER, Kind.LEAVE_WITH, Kind.LEAVE_AT),
    (Kind.HANDLING,),
    (Kind.TIME_WINDOW, Kind.UNAVAILABLE),
    (Kind.CONTACT,),
)
"""Whether and where to drive; danger; what not to do; how to get in; where or to whom; how it is
treated; when; whom to call. Within a group, as spoken: a second choice stays behind the first."""
_RANK = {kind: rank for rank, kinds in enumerate(_URGENCY) for kind in kinds}


def driver_sentence(
    directives: Sequence[Directive], quotes: Sequence[Quote] = (), language: str = "en"
) -> str:
    """What the driver must do, each directive a short sentence; empty for nothing to do.

    Derived from the directives alone, so that it can be said again to another driver in another
    language. ``quotes``, what the customer said beside them, stand last. An unknown ``language``
    is English.
    """
    speaking = voice(language if language in LANGUAGES else "en")
    parts = dict.fromkeys(words_of(one, speaking) for one in _in_order(directives))
    said = [f"{_capital(part)}." if part[-1:] not in ".!?" else _capital(part) for part in parts]
    return " ".join([*said, *(quoted(each, speaking.table) for each in quotes)])


_REFERS = re.compile(
    r"(?:(?:it|that|this|he|she|they|there|nobody|i|we)(?:'s|'re|'m)? ?(?:isn't|is not|aren't|not|"
    r"doesn't|does|don't|do|is|are|won't|will|can't|can)|not|so)$"
)
"""A condition that is only understood behind the one before it: "if it isn't"."""


def _in_order(directives: Sequence[Directive]) -> list[Directive]:
    """What is for the driver, by urgency; what refers to the one before it stays behind that."""
    ranks: list[int] = []
    mine = [one for one in directives if one.kind in _RANK]
    for one in mine:
        refers = ranks and _REFERS.match(str(one.slots.get("condition", "")))
        ranks.append(ranks[-1] if refers else _RANK[one.kind])
    return [one for _, one in sorted(zip(ranks, mine, strict=True), key=lambda pair: pair[0])]


def quoted(quote: Quote, words: Table) -> str:
    """What the customer said in words that nothing was read from."""
    form = quote.verb
    if quote.language == words.code:
        return words.text(form, quote=words.quote(quote.words))
    tongue = _tongue(quote.language, words.code)
    return words.text(f"{form}_in", tongue=tongue, quote=words.quote(quote.words))


def standing(name: str, language: str) -> str:
    """What the driver reads where there is nothing to do, by its name in ``[standing]``; or ""."""
    found = table(language if language in LANGUAGES else "en").section("standing")
    return str(found.get(name, ""))


def _tongue(language: str, into: str) -> str:
    try:
        return str(Locale.parse(language).get_language_name(into) or language)
    except (UnknownLocaleError, ValueError):
        return language


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
