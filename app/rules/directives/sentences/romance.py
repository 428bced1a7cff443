"""Spanish and French noun phrases: articles, agreement, "del" and "aux", elision."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.rules.directives.sentences.grammar import Government
from app.rules.directives.sentences.parsing import Name, Noun, Pair, Thing, Unknown
from app.rules.directives.sentences.tables import Entry, Table

_DEFINITE = {
    "es": {"m": "el", "f": "la", "mp": "los", "fp": "las"},
    "fr": {"m": "le", "f": "la", "mp": "les", "fp": "les"},
}
_INDEFINITE = {
    "es": {"m": "un", "f": "una", "mp": "unos", "fp": "unas"},
    "fr": {"m": "un", "f": "une", "mp": "des", "fp": "des"},
}
_CONTRACTED = {
    "es": {("de", "el"): "del", ("a", "el"): "al"},
    "fr": {
        ("de", "le"): "du", ("de", "les"): "des", ("à", "le"): "au", ("à", "les"): "aux",
    },
}  # fmt: skip
_OPENS = re.compile(r"^[aeiouyàâéèêëîïôœ]|^h(?!aie|all|angar|aut|uit|ublot)", re.IGNORECASE)
"""French words before which "le" and "de" lose their vowel; the others begin with an h aspiré."""
_AND = {"es": "y", "fr": "et"}


@dataclass(frozen=True, slots=True)
class Romance:
    """The grammar of Spanish or French, by the table's code."""

    table: Table

    def government(self, notation: str, *, goal: bool = False) -> Government:  # noqa: ARG002
        """A preposition governs no case here; ``-`` is a thing without its article."""
        return Government(article=False) if notation == "-" else Government(notation)

    def phrase(self, thing: Thing, government: Government) -> str:
        """A thing with its preposition: ``detrás de los contenedores``, ``à l’entrée``."""
        before = government.preposition
        if isinstance(thing, Unknown):
            return f"{before} {self.table.quote(thing.words)}".strip()
        if isinstance(thing, Name):
            return self._name(thing, before)
        if isinstance(thing, Pair):
            second = self.phrase(thing.second, Government())
            return f"{self.phrase(thing.first, government)} {_AND[self.table.code]} {second}"
        return self._noun(thing, government)

    def _name(self, name: Name, before: str) -> str:
        if not name.title:
            return self._joined(before, "", name.words)
        gender, _, title = str(self.table.section("titles")[name.title]).partition(" ")
        article = _DEFINITE[self.table.code].get(gender, "")
        return self._joined(before, article, f"{title} {name.words}")

    def _noun(self, noun: Noun, government: Government) -> str:
        numbered = noun.name and noun.head in self.table.section("numbered")
        if numbered and not noun.modifiers:
            entry = Entry.read(self.table.section("numbered")[noun.head])
            words = f"{entry.singular} {noun.name}"
            article = _DEFINITE[self.table.code][entry.gender] if government.article else ""
            return self._joined(government.preposition, article, words)
        entry = self.table.nouns[noun.head]
        number = f"{entry.gender}p" if noun.plural else entry.gender
        words = self._with_modifiers(entry.plural if noun.plural else entry.singular, noun, number)
        if noun.name:
            words = f"{words} ({noun.name})"
        article = self._article(noun, number) if government.article else ""
        if noun.determiner in self.table.section("numerals"):
            article = self._numeral(noun.determiner, number)
        words = self._joined(government.preposition, article, words)
        return f"{words}{self._owner(noun, owned=government.owned)}"

    def _article(self, noun: Noun, number: str) -> str:
        forms = _INDEFINITE if noun.determiner == "a" else _DEFINITE
        return forms[self.table.code][number]

    def _numeral(self, word: str, number: str) -> str:
        masculine, _, feminine = str(self.table.section("numerals")[word]).partition(" ")
        return feminine if feminine and number.startswith("f") else masculine

    def _owner(self, noun: Noun, *, owned: bool) -> str:
        if noun.owner:
            return f" {self._noun(noun.owner, Government('de'))}"
        if noun.head in self.table.kin or (owned and noun.determiner == "my"):
            entry = Entry.read(str(self.table.raw["customer"]))
            article = _DEFINITE[self.table.code][entry.gender]
            return f" {self._joined('de', article, entry.singular)}"
        return ""

    def _with_modifiers(self, word: str, noun: Noun, number: str) -> str:
        before: list[str] = []
        after: list[str] = []
        for name in noun.modifiers:
            spec = str(self.table.section("modifiers")[name])
            (before if spec.startswith("<") else after).append(spec.lstrip("<"))
        # What stands first in English stands last behind the noun: "big blue box".
        words = word
        for spec in reversed(after):
            words = f"{words} {self._agreeing(spec, number, words)}"
        for spec in reversed(before):
            words = f"{self._agreeing(spec, number, words)} {words}"
        return words

    def _agreeing(self, spec: str, number: str, following: str) -> str:
        if spec.startswith("="):
            return spec[1:]
        forms = spec.split(",") if "," in spec else self._forms(spec)
        if len(forms) == 5 and number == "m" and _OPENS.match(following):
            return forms[4]
        return forms[("m", "f", "mp", "fp").index(number)]

    def _forms(self, masculine: str) -> list[str]:
        if self.table.code == "fr":
            feminine = masculine if masculine.endswith("e") else f"{masculine}e"
            plural = masculine if masculine.endswith(("s", "x")) else f"{masculine}s"
            return [masculine, feminine, plural, f"{feminine}s"]
        feminine = f"{masculine[:-1]}a" if masculine.endswith("o") else masculine
        return [masculine, feminine, *(_several(each) for each in (masculine, feminine))]

    def _joined(self, preposition: str, article: str, words: str) -> str:
        code = self.table.code
        *leading, last = preposition.split(" ") if preposition else [""]
        if code == "fr":
            if article in ("le", "la") and _OPENS.match(words):
                article, words = "", f"l’{words}"
            if last == "de" and not article and _OPENS.match(words) and not words.startswith("l’"):
                last, words = "", f"d’{words}"
        together = _CONTRACTED[code].get((last, article))
        middle = [together] if together else [last, article]
        return " ".join(each for each in (*leading, *middle, words) if each)


def _several(word: str) -> str:
    if word.endswith("z"):
        return f"{word[:-1]}ces"
    return f"{word}s" if word[-1] in "aeiouáéíóú" else f"{word}es"
