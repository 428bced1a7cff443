"""German noun phrases: case, the endings of articles, adjectives and nouns, "beim" and "ins"."""

from __future__ import annotations

from dataclasses import dataclass

from app.rules.directives.sentences.grammar import Government
from app.rules.directives.sentences.parsing import Name, Noun, Pair, Thing, Unknown
from app.rules.directives.sentences.tables import Entry, Table

_THE = {
    "m": {"N": "der", "A": "den", "D": "dem", "G": "des"},
    "f": {"N": "die", "A": "die", "D": "der", "G": "der"},
    "n": {"N": "das", "A": "das", "D": "dem", "G": "des"},
    "p": {"N": "die", "A": "die", "D": "den", "G": "der"},
}
_A = {
    "m": {"N": "ein", "A": "einen", "D": "einem", "G": "eines"},
    "f": {"N": "eine", "A": "eine", "D": "einer", "G": "einer"},
    "n": {"N": "ein", "A": "ein", "D": "einem", "G": "eines"},
    "p": {"N": "", "A": "", "D": "", "G": ""},
}
_STRONG = {
    "m": {"N": "er", "A": "en", "D": "em", "G": "en"},
    "f": {"N": "e", "A": "e", "D": "er", "G": "er"},
    "n": {"N": "es", "A": "es", "D": "em", "G": "en"},
    "p": {"N": "e", "A": "e", "D": "en", "G": "er"},
}
"""Without an article; after "ein" too where "ein" has no ending."""
_CONTRACTED = {
    ("in", "dem"): "im", ("in", "das"): "ins", ("an", "dem"): "am", ("an", "das"): "ans",
    ("bei", "dem"): "beim", ("von", "dem"): "vom", ("zu", "dem"): "zum", ("zu", "der"): "zur",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class German:
    """The grammar of German."""

    table: Table

    def government(self, notation: str, *, goal: bool = False) -> Government:
        """``hinter W``: a preposition and its case; W is where to (A) or where (D)."""
        if notation == "-":
            return Government(article=False)
        preposition, _, case = notation.rpartition(" ")
        if case == "W":
            case = "A" if goal else "D"
        return Government(preposition, case)

    def phrase(self, thing: Thing, government: Government) -> str:
        """A thing with its preposition: ``hinter die Mülltonnen``, ``beim Nachbarn``."""
        if isinstance(thing, Unknown):
            return _before(government, self.table.quote(thing.words))
        if isinstance(thing, Name):
            if government.preposition == "auf":
                government = Government("in", government.case)
            return _before(government, self._name(thing, government.case))
        if isinstance(thing, Pair):
            second = self.phrase(thing.second, Government("", government.case))
            return f"{self.phrase(thing.first, government)} und {second}"
        return self._noun(thing, government)

    def _name(self, name: Name, case: str) -> str:
        if not name.title:
            return name.words
        _, title, *oblique = str(self.table.section("titles")[name.title]).split(" ")
        return f"{oblique[0] if oblique and case != 'N' else title} {name.words}"

    def _noun(self, noun: Noun, government: Government) -> str:
        if noun.name and noun.head in self.table.section("numbered") and not noun.modifiers:
            word = Entry.read(self.table.section("numbered")[noun.head]).singular
            if government.preposition == "an":
                government = Government("in", government.case)
            return _before(government, f"{word} {noun.name}")
        entry = self.table.nouns[noun.head]
        gender, case = "p" if noun.plural else entry.gender, government.case
        article = ""
        if noun.determiner in self.table.section("numerals"):
            article = str(self.table.section("numerals")[noun.determiner])
        elif government.article:
            article = (_A if noun.determiner == "a" else _THE)[gender][case]
        words = self._with_modifiers(noun, entry, case, _endings(article, gender, case))
        if noun.name:
            words = f"{words} ({noun.name})"
        last = government.preposition.rpartition(" ")[2]
        together = _CONTRACTED.get((last, article))
        if together:
            lead = government.preposition.removesuffix(last) + together
        else:
            lead = f"{government.preposition} {article}".strip()
        return f"{lead} {words}{self._owner(noun, owned=government.owned)}".strip()

    def _owner(self, noun: Noun, *, owned: bool) -> str:
        if noun.owner:
            return f" {self._noun(noun.owner, Government('', 'G'))}"
        if noun.head in self.table.kin or (owned and noun.determiner == "my"):
            entry = Entry.read(str(self.table.raw["customer"]))
            return f" {_THE[entry.gender]['G']} {_declined(entry, 'G', plural=False)}"
        return ""

    def _with_modifiers(self, noun: Noun, entry: Entry, case: str, ending: str) -> str:
        specs = [str(self.table.section("modifiers")[name]) for name in noun.modifiers]
        if entry.adjective:
            specs.append(entry.adjective)
        before = [f"{spec}{ending}" for spec in specs if not spec.startswith(">")]
        after = [spec[1:] for spec in specs if spec.startswith(">")]
        return " ".join([*before, _declined(entry, case, plural=noun.plural), *after])


def _before(government: Government, words: str) -> str:
    """Words that are not inflected, behind their preposition; in the genitive "von" stands in."""
    preposition = government.preposition
    if government.case == "G":
        preposition = f"{preposition} von"
    return f"{preposition} {words}".strip()


def _endings(article: str, gender: str, case: str) -> str:
    """The ending of adjectives behind an article, behind a numeral, or behind none."""
    if article == "ein" or article not in (*_THE[gender].values(), *_A[gender].values()):
        return _STRONG[gender][case]
    if not article:
        return _STRONG[gender][case]
    plain = case == "N" or (case == "A" and gender in ("f", "n"))
    return "e" if plain and gender != "p" else "en"


def _declined(entry: Entry, case: str, *, plural: bool) -> str:
    first, *rest = (entry.plural if plural else entry.singular).split(" ")
    if plural:
        if case == "D" and not first.endswith(("n", "s")):
            first += "n"
    elif case != "N" and entry.oblique:
        first, *rest = entry.oblique.split(" ")
    elif case == "G" and entry.gender in ("m", "n"):
        first += "es" if first.endswith(("s", "ß", "x", "z")) else "s"
    return " ".join([first, *rest])
