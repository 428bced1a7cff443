"""Which passwords are too weak: long ones are asked for, guessable ones refused, nothing else.

No rules about capitals, digits or signs, and no forced changes (NIST SP 800-63B, 3.1.1.2; OWASP
ASVS 5.0, 6.2). What is guessable is judged by zxcvbn, whose lists hold what was found in breaches.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from zxcvbn import zxcvbn

from app.saying import Saying

SHORTEST = 12
LONGEST = 256
"""Characters."""
_ENOUGH = 3
"""Of zxcvbn's scores 0 to 4: more than 10^8 guesses."""
_LOOKED_AT = 72
"""Characters that are judged: the time it takes grows with their square."""
_OF_ONES_OWN = 8
"""Characters that a password must have besides what is known about the person."""
_judging = threading.Lock()
"""zxcvbn keeps the words about the person in a table that all threads share."""


class Weakness(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    """Made of words and passwords that are tried first."""
    PERSONAL = "personal"
    """Made of what is known about the person or the company."""
    PATTERN = "pattern"
    """Repetition, sequence, date, or keys that lie side by side."""
    NO_TEXT = "no_text"
    """Holds what is no character."""


SAYS: Mapping[Weakness, Saying] = {
    Weakness.SHORT: Saying(
        "must have at least %(least)s characters; several words make a good one", least=SHORTEST
    ),
    Weakness.LONG: Saying("must have at most %(most)s characters", most=LONGEST),
    Weakness.COMMON: Saying(
        "is easily guessed: it is made of common words or passwords; add words that have nothing "
        "to do with each other"
    ),
    Weakness.PERSONAL: Saying(
        "is easily guessed: it is made of your name, your address or the company's name; take "
        "words that have nothing to do with you"
    ),
    Weakness.PATTERN: Saying(
        "is easily guessed: it repeats itself or follows a pattern; take words that have nothing "
        "to do with each other"
    ),
    Weakness.NO_TEXT: Saying("holds characters that cannot be kept; type it anew"),
}
"""Each weakness in English, to stand behind "the password"."""


def weakness(password: str, about: Iterable[str] = ()) -> Weakness | None:
    """Why this password is too weak for somebody; None where it will do.

    ``about``: name, e-mail address, company and the like, which others know too.
    """
    if len(password) < SHORTEST:
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    try:
        password.encode()
    except UnicodeEncodeError:
        return Weakness.NO_TEXT
    words = _words(about)
    if _is_made_of(words, password):
        return Weakness.PERSONAL
    with _judging:
        found: dict[str, Any] = zxcvbn(password[:_LOOKED_AT], words)
    if found["score"] >= _ENOUGH:
        return None
    return _reason(found["sequence"])


def _words(about: Iterable[str]) -> list[str]:
    words = ["delauto", "delivery", "deliveries", "parcel", "parcels", "courier", "dispatcher"]
    for text in about:
        words += [text, *re.split(r"[\W_]+", text)]
    return [word for word in dict.fromkeys(words) if len(word) > 2]


def _is_made_of(words: list[str], password: str) -> bool:
    """Is there hardly anything in it but these words? zxcvbn thinks well of several together."""
    rest = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word.casefold(), "")
    return len(rest) < _OF_ONES_OWN


def _reason(sequence: list[dict[str, Any]]) -> Weakness:
    """What the longest part of it is that somebody would guess."""
    guessable = [match for match in sequence if match["pattern"] != "bruteforce"]
    if not guessable:
        return Weakness.COMMON
    worst = max(guessable, key=lambda match: len(match["token"]))
    if worst["pattern"] != "dictionary":
        return Weakness.PATTERN
    return Weakness.PERSONAL if worst["dictionary_name"] == "user_inputs" else Weakness.COMMON
