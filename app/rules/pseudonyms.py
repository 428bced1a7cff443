"""Replaces codes, telephone numbers and names in an answer and in its directives, alike in both.

The same number or name always gets the same other one, which tells nothing without the key. A
number is replaced digit for digit, however it was spoken: "double seven" becomes "double two".
Places, addresses, house numbers and times stay as they were said.
"""

from __future__ import annotations

import hmac
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.rules.analysis import Directive, SlotValue
from app.rules.directives.lexicon import (
    ENTRANCE_NOUN,
    NAME_AFTER,
    PLACE_NOUN,
    PREPOSITION,
    RELATION,
    TITLE,
)
from app.rules.directives.numbers import ONES, SPOKEN_CODE, TENS, code_from
from app.rules.pseudonym_words import AFTER_TITLES, ALSO_WORDS, SMALL, STAND_INS

_NUMBERS = ("code", "phone")
_WORDS = ("place", "recipient", "address", "entrance", "hazard", "condition")
_LONG, _SHORT = 5, 4
"""Digits in a row that are hidden though no slot holds them; the second beside one that does."""
_NO_NAME = re.compile(rf"(?:{RELATION}|{TITLE}|{PLACE_NOUN}|{ENTRANCE_NOUN}|{PREPOSITION})")
_SAID_NAMES = (
    re.compile(rf"\b{TITLE}\.? (?P<name>[a-z][a-z'-]+)", re.IGNORECASE),
    re.compile(r"\bname(?:'s| is) (?P<name>[a-z]+)(?: (?P<more>[a-z]+))?", re.IGNORECASE),
    re.compile(r"\bthis is (?P<name>[a-z]+)(?= (?:speaking|here|from)\b)", re.IGNORECASE),
    re.compile(rf"\b(?:my|our|the) {RELATION}(?P<name>{NAME_AFTER})", re.IGNORECASE),
)
_RUN = re.compile(rf"(?<![\w']){SPOKEN_CODE}", re.IGNORECASE)
_TOKEN = re.compile(r"(?P<many>(?:double|triple|treble) )?(?P<word>[a-z]+|\d+)", re.IGNORECASE)
_DIGITS: Mapping[str, str] = MappingProxyType(
    {word: str(number) for word, number in (ONES | TENS).items()}
    | dict.fromkeys(("oh", "o", "nought", "nil"), "0")
)
_SPOKEN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and what it means."""

    text: str
    directives: tuple[Directive, ...]


class Pseudonyms:
    """Replaces by a secret ``key``: with the same key, the same by the same."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def disguise(self, said: Said, names: Iterable[str] = ()) -> Said | None:
        """The answer with other numbers and names; ``names`` are people known by other ways.

        None where something would remain that should not.
        """
        numbers = _numbers(said)
        people = _people(said, names)
        if any(not _heard(number, said.text) for number in _held(said)):
            return None
        hidden = Said(
            self._hide(said.text, numbers, people),
            tuple(self._directive(one, numbers, people) for one in said.directives),
        )
        return None if _remains(hidden, numbers, people) else hidden

    def _directive(self, one: Directive, numbers: set[str], people: set[str]) -> Directive:
        slots: dict[str, SlotValue] = {}
        for name, value in one.slots.items():
            if name in _NUMBERS:
                slots[name] = _mapped(str(value), self._digits(str(value)))
            elif name in _WORDS:
                slots[name] = self._hide(str(value), numbers, people)
            else:
                slots[name] = value
        return replace(one, text=self._hide(one.text, numbers, people), slots=slots)

    def _hide(self, text: str, numbers: set[str], people: set[str]) -> str:
        def spoken(match: re.Match[str]) -> str:
            typed = code_from(match[0].lower())
            number = next((each for each in sorted(numbers) if _same(typed, each)), None)
            return _respoken(match[0], self._digits(number)) if number else match[0]

        text = _RUN.sub(spoken, text)
        for name in sorted(people):
            text = re.sub(rf"\b{re.escape(name)}\b", self._stand_in, text, flags=re.IGNORECASE)
        return text

    def _stand_in(self, match: re.Match[str]) -> str:
        name = STAND_INS[self._dice("name", match[0].casefold()).randrange(len(STAND_INS))]
        return name.capitalize() if match[0][0].isupper() else name

    def _digits(self, number: str) -> str:
        """The digits that stand for 0 to 9 in one number; none stands for itself."""
        dice = self._dice("number", _only_digits(number))
        while True:
            order = "".join(dice.sample("0123456789", 10))
            if all(order[place] != str(place) for place in range(10)):
                return order

    def _dice(self, what: str, value: str) -> random.Random:
        digest = hmac.digest(self._key, f"{what} {value}".encode(), "sha256")
        return random.Random(digest)  # noqa: S311 - its seed is the secret # nosec B311


def _held(said: Said) -> set[str]:
    """The codes and telephone numbers of the directives."""
    slots = (one.slots for one in said.directives)
    return {str(each[name]) for each in slots for name in _NUMBERS if name in each}


def _numbers(said: Said) -> set[str]:
    """Everything to be replaced: what directives hold, and long numbers beside it.

    Beside a code, even a short number may be one, as where the customer mended it.
    """
    held = _held(said)
    known = "\n".join(
        str(value).replace(":", "")
        for one in said.directives
        for name, value in one.slots.items()
        if name not in _NUMBERS
    )
    found = {
        digits
        for match in _RUN.finditer(said.text)
        if len(digits := _only_digits(code_from(match[0].lower()))) >= (_SHORT if held else _LONG)
        and digits not in known
    }
    return held | {each for each in found if not any(_same(each, number) for number in held)}


def _only_digits(number: str) -> str:
    return "".join(each for each in number if each in "0123456789")


def _same(typed: str, number: str) -> bool:
    """Is what was spoken the number, or a good part of it, or the number with more around it?"""
    one, other = _only_digits(typed), _only_digits(number)
    return bool(one and other) and (one == other or other in one or (len(one) > 2 and one in other))


def _heard(number: str, text: str) -> bool:
    """Is all of a number said in a text, in one run or in several?"""
    runs = [code_from(match[0].lower()) for match in _RUN.finditer(text)]
    parts = [run for run in runs if _same(run, number)]
    return _only_digits(number) in "".join(map(_only_digits, parts))


def _mapped(number: str, digits: str) -> str:
    return "".join(digits[int(each)] if each in "0123456789" else each for each in number)


def _respoken(run: str, digits: str) -> str:
    """A number as it was spoken, with other digits."""

    def token(match: re.Match[str]) -> str:
        many, word = match["many"] or "", match["word"].lower()
        if word.isdigit():
            return many + _mapped(word, digits)
        if word not in _DIGITS:
            return match[0]
        value = _DIGITS[word]
        if word in TENS and re.match(rf"[ -](?:{'|'.join(_SPOKEN[1:])})\b", run[match.end() :]):
            value = value[0]
        return many + " ".join(_SPOKEN[int(digits[int(each)])] for each in value)

    return _TOKEN.sub(token, run)


def _people(said: Said, names: Iterable[str]) -> set[str]:
    """Every word that names somebody: known, introduced in the text, or a recipient's own name."""
    known = {word for name in names for word in re.findall(r"[^\W\d_]{2,}", name.casefold())}
    found = {word for word in known if word not in ALSO_WORDS and not _is_common(word)}
    for pattern in _SAID_NAMES:
        for match in pattern.finditer(said.text):
            found |= {
                word.strip().casefold()
                for word in match.groupdict().values()
                if word and not _is_common(word.strip().casefold())
            }
    for one in said.directives:
        words = re.findall(r"[^\W\d_]{2,}", str(one.slots.get("recipient", "")).casefold())
        found |= {word for word in words if word not in ALSO_WORDS and not _is_common(word)}
    return found


def _is_common(word: str) -> bool:
    return (
        len(word) < 2
        or word in SMALL
        or word in _DIGITS
        or word in AFTER_TITLES
        or _NO_NAME.fullmatch(word) is not None
    )


def _remains(hidden: Said, numbers: set[str], people: set[str]) -> bool:
    texts = [hidden.text]
    for one in hidden.directives:
        texts += [one.text, *(str(value) for value in one.slots.values())]
    runs = {code_from(match[0].lower()) for text in texts for match in _RUN.finditer(text)}
    everything = "\n".join(texts).casefold()
    left = people - set(STAND_INS)
    return bool(runs & numbers) or any(re.search(rf"\b{re.escape(n)}\b", everything) for n in left)
