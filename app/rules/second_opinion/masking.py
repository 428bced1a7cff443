"""Hides codes and telephone numbers from the second reader, and puts them back into its answer."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.rules.second_opinion.spoken import PLACEHOLDER, code_runs, flat, sounds_of

LONGEST = 3000
"""Letters of a transcript that are sent; a minute of speech has fewer than half as many."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A transcript as the second reader gets it; ``hidden`` are the numbers taken out of it."""

    text: str
    hidden: tuple[str, ...] = ()

    def reveal(self, text: str) -> str:
        """The same text with the customer's own words where a number was hidden."""
        return PLACEHOLDER.sub(self._original, text)

    def _original(self, match: re.Match[str]) -> str:
        number = int(match[1][:4])
        return self.hidden[number - 1] if 0 < number <= len(self.hidden) else ""


def prepared(transcript: str, *, masked: bool) -> Sent:
    """What is sent of a transcript; ``masked``: without codes and telephone numbers.

    Nobody can say a placeholder: brackets that stand in the transcript become round ones.
    """
    text = unicodedata.normalize("NFKC", transcript[:LONGEST])[:LONGEST]
    text = text.replace("[", "(").replace("]", ")")
    if not masked:
        return Sent(text)
    pieces: list[str] = []
    hidden: list[str] = []
    done = 0
    sounds = sounds_of(text)
    for first, after in code_runs(sounds):
        start, end = sounds[first].start, sounds[after - 1].end
        hidden.append(text[start:end])
        pieces += [text[done:start], f"[NUMBER-{len(hidden)}]"]
        done = end
    return Sent("".join([*pieces, text[done:]]), tuple(hidden))


def figures(spoken: str) -> str:
    """A code, unit or telephone number as it is typed: "double four oh nine hash" is ``4409#``."""
    return "".join(flat(sounds_of(spoken))).upper()
