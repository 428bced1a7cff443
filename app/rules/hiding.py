"""Hides the codes that open doors from a text, however they were said.

In doubt something is hidden: who may see it asks for the whole, and that is noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from app.rules.directives.numbers import ONES, TENS
from app.rules.second_opinion.masking import prepared
from app.rules.second_opinion.spoken import PLACEHOLDER, code_runs, sounds_of

MASK = "••••"
Span = tuple[int, int]
_JOINT = r"[\s,.-]*"
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[#*]")
_ENGLISH = """
nought nil hundred double triple treble hash hashtag pound star asterisk
"""
_SPANISH = """
cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince
dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro
veinticinco veintiséis veintisiete veintiocho veintinueve treinta cuarenta cincuenta sesenta
setenta ochenta noventa cien ciento doble almohadilla asterisco numeral estrella
"""
_FRENCH = """
zéro deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize
vingt vingts trente quarante cinquante soixante septante huitante nonante cent cents double
dièse étoile astérisque
"""
_WORDS = frozenset([*ONES, *TENS, *f"{_ENGLISH}{_SPANISH}{_FRENCH}".split()])
_GERMAN = re.compile(
    r"(?:null|eins?|zwei|zwo|drei|vier|fünf|sechs|sech|sieben|sieb|acht|neun|zehn|elf|zwölf|zwanzig"
    r"|dreißig|dreissig|zig|hundert|tausend|und(?=[a-zß])|doppel|raute|stern|sternchen|kreuz)+"
)
_PERHAPS = frozenset(["a", "o", "oh", "un", "una", "une", "ein", "eine", "und", "and", "y", "et"])
"""Part of a number only beside another part of it."""
_GERMAN_ALONE = frozenset(["ein", "und", "zig", "sech", "sieb"])


def stretches(text: str, codes: Iterable[str] = (), *, known: bool = False) -> list[Span]:
    """Where a text tells a code, or may: begin and end of each stretch, in order.

    Numbers that are probably codes, and ``codes`` themselves; with ``known``, which says that
    there is one in what was said, every number in figures or words.
    """
    sounds = sounds_of(text)
    found = [(sounds[first].start, sounds[after - 1].end) for first, after in code_runs(sounds)]
    for code in codes:
        found += [match.span() for match in _spelt(code).finditer(text)]
    if known:
        found += _numbers(text)
    return _merged(found)


def hide(text: str, codes: Iterable[str] = (), *, known: bool = False) -> str:
    """The text with a mask in the place of each of its ``stretches``."""
    return _masked(text, stretches(text, codes, known=known))


def withheld(text: str, codes: Sequence[str] = (), *, known: bool = False) -> str:
    """What was said as somebody may read it who is to be told no codes.

    Without these, nor what else may be one or a telephone number: every number, where there is a
    code or ``known`` says so.
    """
    known = known or bool(codes)
    return hide(PLACEHOLDER.sub(MASK, prepared(text, masked=True).text), codes, known=known)


def without(text: str, codes: Iterable[str]) -> str:
    """The text with a mask where it spells one of these codes; other numbers stay."""
    found = [match.span() for code in codes for match in _spelt(code).finditer(text)]
    return _masked(text, _merged(found))


def _masked(text: str, found: Sequence[Span]) -> str:
    pieces, done = [], 0
    for start, end in found:
        pieces += [text[done:start], MASK]
        done = end
    return "".join([*pieces, text[done:]])


def _spelt(code: str) -> re.Pattern[str]:
    """A code as figures and letters, with or without anything between them."""
    signs = [re.escape(each) for each in code if not each.isspace()]
    return re.compile(rf"(?<![^\W_]){_JOINT.join(signs)}(?![^\W_])", re.IGNORECASE)


def _numbers(text: str) -> list[Span]:
    tokens = list(_TOKEN.finditer(text))
    sure = [_is_number(each[0].lower()) for each in tokens]
    hidden = list(sure)
    for order in (range(len(tokens)), range(len(tokens) - 1, -1, -1)):
        beside = False
        for number in order:
            perhaps = tokens[number][0].lower()
            hidden[number] |= beside and (len(perhaps) == 1 or perhaps in _PERHAPS)
            beside = hidden[number]
    return [each.span() for each, hides in zip(tokens, hidden, strict=True) if hides]


def _is_number(word: str) -> bool:
    if word in "#*" or any(each.isdigit() for each in word):
        return True
    return word in _WORDS or (word not in _GERMAN_ALONE and _GERMAN.fullmatch(word) is not None)


def _merged(found: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(each for each in found if each[0] < each[1]):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
