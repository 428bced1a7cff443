"""Compares words as they sound: whether "4519" was said is no matter of spelling or of case.

A text becomes sounds: words in lower case without accents and apostrophes, numbers digit by
digit. "Double seven", "77" and "seven, seven" sound alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from app.rules.directives.numbers import ONES, ORDINALS, TENS

PLACEHOLDER = re.compile(r"\[number-(\d+)\]", re.IGNORECASE)
"""Stands in a text for a number that is hidden from the second reader (see ``masking``)."""
_WORD = re.compile(
    rf"{PLACEHOLDER.pattern}|(?P<clock>\d{{1,2}}:\d\d(?!\d))|(?P<digits>\d+)(?:st|nd|rd|th)?\b|"
    r"(?P<figures>\d+)|[#*]|[^\W\d_]+(?:['\u2018\u2019\u02bc`\u00b4][^\W\d_]+)*",
    re.IGNORECASE,
)
_ZERO = {"oh", "o", "nought", "nil"}
_SIGNS = {"hash": "#", "hashtag": "#", "pound": "#", "star": "*", "asterisk": "*"}
_MANY = {"double": 2, "triple": 3, "treble": 3}
_DIGITS_AND_SIGNS = frozenset("0123456789#*")
_CODE_WORDS = frozenset(
    [
        "code",
        "codes",
        "pin",
        "keypad",
        "combination",
        "combo",
        "lockbox",
        "press",
        "punch",
        "dial",
        "enter",
        "type",
        "buzz",
        "buzzer",
        "password",
        "passcode",
        "phone",
        "mobile",
        "telephone",
    ]
)
_NEAR = 6
"""Words before a number in which one that announces a code counts."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One word, or one number of several words, and where it stands in the text."""

    parts: tuple[str, ...]
    start: int
    end: int
    counts: bool = False
    """Is it a number that may be part of a code? A time of day or "fourth" is none."""


def sounds_of(text: str) -> tuple[Sound, ...]:
    """What a text sounds like, in order; punctuation is silent."""
    words = list(_WORD.finditer(text))
    found: list[Sound] = []
    number = 0
    while number < len(words):
        sound, used = _sound(text, words, number)
        found.append(sound)
        number += used
    return tuple(found)


def _sound(text: str, words: Sequence[re.Match[str]], number: int) -> tuple[Sound, int]:
    match = words[number]
    word, span = _plain(match[0]), match.span()
    figures = match["clock"] or match["digits"] or match["figures"]
    if figures:
        parts = tuple(str(unicodedata.decimal(each)) for each in figures if each != ":")
        return Sound(parts, *span, counts=not match["clock"] and len(match[0]) == len(figures)), 1
    following = _plain(words[number + 1][0]) if number + 1 < len(words) else ""
    joined = number + 1 < len(words) and text[span[1] : words[number + 1].start()] in (" ", "-")
    if joined and word in _MANY and len(digit := _digits(following)) == 1:
        both = (span[0], words[number + 1].end())
        return Sound(digit * _MANY[word], *both, counts=True), 2
    unit = ONES.get(following) or ORDINALS.get(following) or 0
    if joined and word in TENS and 0 < unit < 10:
        both = (span[0], words[number + 1].end())
        return Sound(tuple(str(TENS[word] + unit)), *both, counts=following in ONES), 2
    parts = _digits(word) or ((_SIGNS[word],) if word in _SIGNS else ())
    if parts or word in _DIGITS_AND_SIGNS:
        return Sound(parts or (word,), *span, counts=True), 1
    return Sound(tuple(str(ORDINALS[word])) if word in ORDINALS else (word,), *span), 1


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.lower())
    return "".join(each for each in letters if each.isalnum() or each in "#*[]-")


def _digits(word: str) -> tuple[str, ...]:
    if word in _ZERO:
        return ("0",)
    value = ONES.get(word, TENS.get(word))
    if value is None:
        return tuple(word) if word.isdecimal() and word.isascii() else ()
    return tuple(str(value))


def flat(sounds: Sequence[Sound]) -> tuple[str, ...]:
    """The sounds' parts in one row."""
    return tuple(part for sound in sounds for part in sound.parts)


def code_runs(sounds: Sequence[Sound]) -> tuple[tuple[int, int], ...]:
    """Where codes and telephone numbers stand: first sound, and the one after the last.

    Three digits or more in a row that are no time of day; two where a word before says that a
    code comes. In doubt it is one.
    """
    runs: list[tuple[int, int]] = []
    start = 0
    while start < len(sounds):
        end = start
        while end < len(sounds) and sounds[end].counts:
            end += 1
        if end > start and _is_code(sounds, start, end):
            runs.append((start, end))
        start = end + 1
    return tuple(runs)


def _is_code(sounds: Sequence[Sound], start: int, end: int) -> bool:
    digits = sum(part.isdigit() for part in flat(sounds[start:end]))
    before = set(flat(sounds[max(0, start - _NEAR) : start]))
    if before & _CODE_WORDS:
        return digits >= 2
    return digits >= 3 and not _is_clock(sounds[start:end])


def _is_clock(run: Sequence[Sound]) -> bool:
    """Five thirty, 12.30: an hour, and two digits of minutes."""
    if len(run) != 2 or len(run[1].parts) != 2 or not all(map(str.isdigit, flat(run))):
        return False
    hour, minutes = ("".join(each.parts) for each in run)
    return int(hour) <= 24 and int(minutes) < 60


def occurs(part: str, whole: str) -> bool:
    """Does ``find`` find it?"""
    return find(part, whole) is not None


def find(part: str, whole: str) -> str | None:
    """The stretch of ``whole`` that says the words of ``part``, next to each other, in this order.

    Codes and telephone numbers count only whole, and so does each written number: 451 does not
    occur in 4519. None where there is no such stretch, or ``part`` makes no sound.
    """
    wanted, sounds = flat(sounds_of(part)), sounds_of(whole)
    heard = flat(sounds)
    if not wanted:
        return None
    edges = _edges(sounds)
    for start in edges:
        end = start + len(wanted)
        if end in edges and heard[start:end] == wanted:
            return whole[sounds[edges[start]].start : sounds[edges[end] - 1].end]
    return None


def _edges(sounds: Sequence[Sound]) -> dict[int, int]:
    """Where a quotation may begin or end: places in the flat row, and the sounds that begin there.

    The end of the row, where no sound begins, is one of them.
    """
    inside = {number for start, end in code_runs(sounds) for number in range(start + 1, end)}
    edges, position = {}, 0
    for number, sound in enumerate(sounds):
        if number not in inside:
            edges[position] = number
        position += len(sound.parts)
    return edges | {position: len(sounds)}
