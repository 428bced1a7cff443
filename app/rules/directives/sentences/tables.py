"""The words of one language: read from its table, ``languages/xx.toml``.

A noun stands as ``gender form|plural|oblique``: ``m Nachbar|Nachbarn|Nachbarn``. A ``p`` behind the
gender says that the form is plural already; ``+stem`` before the form is an adjective that belongs
to a German noun and is inflected with it. A noun without a plural is left in the customer's words
where they named several. A modifier stands as its forms (masculine, feminine, both plurals, and
the masculine before a vowel) or as the one they are made from; ``<`` goes before the noun, ``>``
after a German one, ``=`` never changes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "es", "fr", "de")
"""English first: others are read against it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A noun of the language; ``gender`` is m, f or n, or ``-`` for one without an article."""

    gender: str
    singular: str
    plural: str = ""
    oblique: str = ""
    always_plural: bool = False
    adjective: str = ""

    @classmethod
    def read(cls, spec: str) -> Entry:
        """An entry from its notation."""
        mark, _, rest = spec.partition(" ")
        adjective = ""
        if rest.startswith("+"):
            adjective, _, rest = rest[1:].partition(" ")
        singular, plural, oblique, *_ = [*rest.split("|"), "", ""]
        always = mark.endswith("p")
        return cls(mark[0], singular, singular if always else plural, oblique, always, adjective)


@dataclass(frozen=True, slots=True)
class Table:
    """Everything that one language says."""

    code: str
    raw: Mapping[str, Any]
    nouns: Mapping[str, Entry]
    kin: frozenset[str]
    """Nouns of those who are the customer's: wife, friend."""
    people: frozenset[str]
    """All nouns of persons, kin included."""

    def section(self, name: str) -> Mapping[str, Any]:
        """One section of the table; empty where the language has none."""
        found: Mapping[str, Any] = self.raw.get(name, {})
        return found

    def text(self, name: str, **values: str) -> str:
        """A text with its values filled in."""
        words: str = self.raw["texts"][name]
        return words.format_map(values)

    def quote(self, words: str) -> str:
        """Words in this language's quotation marks."""
        opening, closing = self.raw["quotes"]
        return f"{opening}{words}{closing}"


@cache
def table(language: str) -> Table:
    """The table of one of LANGUAGES. Raises KeyError for another."""
    if language not in LANGUAGES:
        raise KeyError(language)
    file = resources.files(__package__) / "languages" / f"{language}.toml"
    raw = tomllib.loads(file.read_text("utf-8"))
    sections: Mapping[str, Mapping[str, str]] = raw.get("nouns", {})
    nouns = {
        name: Entry.read(spec) for section in sections.values() for name, spec in section.items()
    }
    if "customer" in raw:
        nouns["customer"] = Entry.read(raw["customer"])
    kin = frozenset(sections.get("kin", ()))
    return Table(language, raw, nouns, kin, kin | frozenset(sections.get("people", ())))
