"""Says the customer's places, people and hazards to the driver: as they are, or translated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from app.rules.directives.sentences.german import German
from app.rules.directives.sentences.grammar import Government, Grammar
from app.rules.directives.sentences.parsing import Name, Noun, Step, Unknown, cased, steps_of
from app.rules.directives.sentences.romance import Romance
from app.rules.directives.sentences.tables import Table, table

_ARTICLE = re.compile(r"^(?:(?:the|a|an|some) )+")
_OWN = re.compile(r"\b(?:my|our)\b")
_TITLED = re.compile(
    r"\b(mrs|mr|ms|miss|mister|missus|dr|doctor|prof|professor)\b(\.?) ([^\W\d_][\w'’-]*)",
    re.IGNORECASE,
)


class Voice(Protocol):
    """How one language says what stands in the customer's words."""

    @property
    def table(self) -> Table:
        """The language's words."""

    def place(self, words: str) -> tuple[str, bool]:
        """Where the parcel is put, and whether that is told as a movement, as "behind" is."""

    def said(self, role: str, words: str) -> str:
        """A person or thing in one of the roles of ``[governed]``."""


@cache
def voice(language: str) -> Voice:
    """The voice of one of ``tables.LANGUAGES``."""
    words = table(language)
    if language == "en":
        return English(words)
    return Translating(words, German(words) if language == "de" else Romance(words))


@dataclass(frozen=True, slots=True)
class English:
    """The customer's words as they are; what is theirs is "the customer's"."""

    table: Table

    def place(self, words: str) -> tuple[str, bool]:
        """The place with its preposition."""
        return _OWN.sub("the", words), True

    def said(self, role: str, words: str) -> str:
        """The words with names as names are written."""
        if words in ("me", "us"):
            return str(self.table.text("customer"))
        if role in ("caution", "entrance"):
            return _OWN.sub("the", words) if role == "entrance" else words
        theirs = re.sub(r"^(?:my|our) ", "the customer's ", words)
        return _TITLED.sub(lambda m: f"{m[1].title()}{m[2]} {cased(m[3])}", theirs)


@dataclass(frozen=True, slots=True)
class Translating:
    """What the table knows is translated, the rest stands in quotation marks."""

    table: Table
    grammar: Grammar

    def place(self, words: str) -> tuple[str, bool]:
        """``hinter die Mülltonnen``: the first step is where to, those behind it are where."""
        first, *others = steps_of(words, self.table) or (Step(thing=Unknown(words)),)
        text, moves = self._goal(first)
        return " ".join([text, *(self._where(step, human=False) for step in others)]), moves

    def said(self, role: str, words: str) -> str:
        """``beim Nachbarn``, ``al vecino``, ``aux voisins``."""
        names = role not in ("caution", "entrance", "leave_here", "redirect")
        if words in ("me", "us"):
            return self.grammar.phrase(Noun("customer"), self._governed(role))
        if words in self.table.section("pronouns"):
            return self._pronoun(role, words)
        steps = steps_of(words, self.table, names=names) or (Step(thing=Unknown(words)),)
        parts = [self._first(role, steps[0])]
        human = isinstance(steps[0].thing, Name) or (
            isinstance(steps[0].thing, Noun) and steps[0].thing.head in self.table.people
        )
        parts += [self._where(step, human=human) for step in steps[1:]]
        return " ".join(parts)

    def _governed(self, role: str) -> Government:
        return self.grammar.government(str(self.table.section("governed")[role]))

    def _pronoun(self, role: str, words: str) -> str:
        forms = str(self.table.section("pronouns")[words]).split(" ")
        government = self._governed(role)
        form = forms[-1] if government.case == "A" else forms[0]
        return f"{government.preposition} {form}".strip()

    def _first(self, role: str, step: Step) -> str:
        thing = step.thing
        if step.adverbial or step.preposition or thing is None:
            return self._where(step, human=False)
        if role == "leave_with" and isinstance(thing, Noun) and thing.head not in self.table.people:
            role = "leave_with_place"
        government = self._governed(role)
        if role == "redirect":
            government = Government(
                government.preposition, government.case, government.article, owned=True
            )
        if role == "caution" and isinstance(thing, Noun) and thing.determiner == "a":
            thing = Noun(thing.head, thing.plural, thing.modifiers, "the", thing.name, thing.owner)
        if isinstance(thing, Unknown):
            thing = Unknown(_ARTICLE.sub("", thing.words))
        return self.grammar.phrase(thing, government)

    def _goal(self, step: Step) -> tuple[str, bool]:
        if step.adverbial:
            forms = self.table.section("phrases")[step.adverbial]
            return str(forms[0]), len(forms) > 1
        if not step.preposition or step.thing is None:
            return self._where(step, human=False), False
        notation = str(self.table.section("prepositions")[step.preposition])
        government = self.grammar.government(notation, goal=True)
        return self.grammar.phrase(_shown(step), government), government.case == "A"

    def _where(self, step: Step, *, human: bool) -> str:
        if step.adverbial:
            forms = self.table.section("phrases")[step.adverbial]
            return str(forms[min(2 if human else 1, len(forms) - 1)])
        notation = str(self.table.section("prepositions").get(step.preposition, ""))
        thing = _shown(step)
        if not notation:
            return self.grammar.phrase(thing, Government())
        return self.grammar.phrase(thing, self.grammar.government(notation))


def _shown(step: Step) -> Noun | Name | Unknown:
    thing = step.thing
    if isinstance(thing, Unknown):
        return Unknown(_ARTICLE.sub("", thing.words))
    return thing  # type: ignore[return-value]
