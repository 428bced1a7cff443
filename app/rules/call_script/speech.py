"""Spoken choices: which key somebody means who does not press one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from app.rules.call_script.speaking import said_weekday
from app.rules.call_script.texts import Language

_APOSTROPHES = re.compile(r"['’`]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
MOST_HINTS = 500
"""How many hints Twilio takes, and how long each may be: 100 letters."""
_LONGEST_CHOICE = 8
"""Words; who says more is not choosing but telling."""


def key_meant(language: Language, table: str, words: str, days: Sequence[date] = ()) -> str | None:
    """The key that words stand for; None where they are no clear choice.

    ``table`` names the choices of a scene; ``days`` are those on offer, which may be named. A
    whole utterance counts, with words of politeness around it: who says "not fine" or "fine, but
    leave it next door" has not chosen, nor who says "not Thursday".
    """
    said = plain(words)
    choices = language.speech.get(table, {})
    if not said or len(said.split()) > _LONGEST_CHOICE:
        return None
    for leave_out in ((), ("polite",), ("polite", "around")):
        meant = _keys_for(language, choices, said, leave_out)
        if len(meant) == 1:
            return meant.pop()
    spoken = set(said.split())
    if spoken & {plain(word) for word in language.speech["not"]}:
        return None
    meant = {
        str(number)
        for number, day in enumerate(days, start=1)
        if spoken & {plain(name) for name in said_weekday(language, day)}
    }
    return meant.pop() if len(meant) == 1 else None


def merely_yes(language: Language, words: str) -> bool:
    """Is it a bare yes or okay, as people also say who pick up or listen, and nothing more?"""
    said, around = plain(words), ("polite", "hello")
    return not _without(language, said, (*around, "assent")) and bool(
        _without(language, said, around)
    )


def hints(language: Language, table: str, days: Iterable[date] = ()) -> str:
    """The phrases to expect, as Twilio wants them: separated by commas."""
    phrases = [phrase for phrases in language.speech.get(table, {}).values() for phrase in phrases]
    phrases += [name for day in days for name in said_weekday(language, day)]
    return ", ".join(dict.fromkeys(phrases[:MOST_HINTS]))


def plain(words: str) -> str:
    """Words without capitals, accents' variants, apostrophes and punctuation."""
    text = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", words).casefold())
    return _BETWEEN_WORDS.sub(" ", text).strip()


def _keys_for(
    language: Language, choices: Mapping[str, Sequence[str]], said: str, leave_out: Sequence[str]
) -> set[str]:
    core = _without(language, said, leave_out)
    return {
        key
        for key, phrases in choices.items()
        if core and core in {_without(language, plain(each), leave_out) for each in phrases}
    }


def _without(language: Language, said: str, lists: Sequence[str]) -> str:
    """What is left of words without those that change nothing."""
    around = [plain(phrase) for name in lists for phrase in language.speech[name]]
    for phrase in sorted(around, key=len, reverse=True):
        said = re.sub(rf"\b{re.escape(phrase)}\b", " ", said)
    return " ".join(said.split())
