"""A delivery's reference, as a caller gives it: typed on a keypad, or spoken.

References hold digits and often letters (R-1042). Nobody types letters the same way, so what is
given matches a reference's digits alone, the keys that carry its letters, or all of it as spoken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

FEWEST = 4
"""Characters: shorter ones are too easily guessed."""
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_UNITS: Mapping[str, str] = {
    **dict.fromkeys(("zero", "oh", "cero", "null", "zéro"), "0"),
    **dict.fromkeys(("one", "uno", "una", "eins", "ein", "un", "une"), "1"),
    **dict.fromkeys(("two", "dos", "zwei", "zwo", "deux"), "2"),
    **dict.fromkeys(("three", "tres", "drei", "trois"), "3"),
    **dict.fromkeys(("four", "cuatro", "vier", "quatre"), "4"),
    **dict.fromkeys(("five", "cinco", "fünf", "cinq"), "5"),
    **dict.fromkeys(("six", "seis", "sechs"), "6"),
    **dict.fromkeys(("seven", "siete", "sieben", "sept"), "7"),
    **dict.fromkeys(("eight", "ocho", "acht", "huit"), "8"),
    **dict.fromkeys(("nine", "nueve", "neun", "neuf"), "9"),
}
_TIMES = {"double": 2, "triple": 3}
_FILLER = frozenset(
    {
        *("my", "the", "is", "it", "its", "reference", "number", "no", "dash", "hyphen", "minus"),
        *("mi", "la", "es", "el", "referencia", "numero", "guion"),
        *("meine", "die", "ist", "nummer", "referenz", "bindestrich", "strich"),
        *("ma", "mon", "le", "est", "tiret", "euh", "um"),
    }
)
_PART = re.compile(r"[a-z]+|\d+")


def typed(digits: str, references: Iterable[str]) -> frozenset[str]:
    """The references that the keys pressed may stand for; ``#`` and ``*`` do not count."""
    given = re.sub(r"\D", "", digits)
    if len(given) < FEWEST:
        return frozenset()
    return frozenset(
        reference
        for reference in references
        if given in (_digits(reference), _plain(reference).translate(_KEYS))
    )


def spoken(words: str, references: Iterable[str]) -> frozenset[str]:
    """The references that the words may stand for, in any of the languages of the script."""
    given = _heard(words)
    if len(given) < FEWEST:
        return frozenset()
    return frozenset(
        reference
        for reference in references
        if given == _plain(reference)
        or (given.isdigit() and given == _digits(reference))
        # Speech recognition makes words of letters: only the digits can be relied on.
        or (_digits(given) == _digits(reference) and len(_digits(given)) >= FEWEST)
    )


def _plain(reference: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", _without_accents(reference).upper())


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _heard(words: str) -> str:
    parts: list[str] = []
    times = 1
    for part in _PART.findall(_without_accents(words.lower())):
        if part in _TIMES:
            times = _TIMES[part]
            continue
        if part not in _FILLER:
            parts.append(_PLAIN_UNITS.get(part, part.upper()) * times)
        times = 1
    return "".join(parts)


def _without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


_PLAIN_UNITS = {_without_accents(word): digit for word, digit in _UNITS.items()}
