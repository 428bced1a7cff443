"""What is told to a person: written in English, and told in the language of whoever reads it.

What is refused deep inside knows no reader. So it is told as a ``Saying``, which is its English
text to everybody, and remembers what it was made of for the edge, which knows the reader.
``python -m tools.words update`` finds what is written so, to be translated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Self, TypeVar

Translated = Callable[[str], str]
"""Gives one English text in another language, with its %(name)s."""
Text = TypeVar("Text")


class Saying(str):
    """A text for people; ``values`` fill the %(name)s of its English, and may be Sayings too.

    The English is written out where it is made, never put together before.
    """

    english: str
    values: Mapping[str, object]

    def __new__(cls, english: str, /, **values: object) -> Self:
        """The English text, filled in."""
        made = super().__new__(cls, english % values if values else english)
        made.english, made.values = english, values
        return made

    def __str__(self) -> str:
        # Else str() of an exception would give the text alone, and forget the rest.
        return self

    def told(self, translated: Translated) -> Saying:
        """The same with its text in another language."""
        words = translated(self.english)
        if self.values:
            words %= {name: in_words(each, translated) for name, each in self.values.items()}
        made = str.__new__(Saying, words)
        made.english, made.values = self.english, self.values
        return made


class Sayings(Saying):
    """Several things in one text."""

    parts: tuple[Saying, ...]

    @classmethod
    def of(cls, parts: Iterable[str]) -> Sayings:
        """Those, one after the other, with semicolons between."""
        each = tuple(part if isinstance(part, Saying) else Saying(part) for part in parts)
        made = cls("; ".join(each))
        made.parts = each
        return made

    def told(self, translated: Translated) -> Saying:
        """Each in another language."""
        return Sayings.of(part.told(translated) for part in self.parts)


def in_words(text: Text, translated: Translated) -> Text | Saying:
    """A Saying in another language; anything else as it is."""
    return text.told(translated) if isinstance(text, Saying) else text
