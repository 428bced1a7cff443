"""What a language's grammar does with a noun phrase: gender, number, case, contraction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.rules.directives.sentences.parsing import Thing


@dataclass(frozen=True, slots=True)
class Government:
    """What stands before a noun phrase and how it is inflected.

    ``case`` is German's: N, A, D or G. ``article`` False: as on a sign, "Eingang: grüne Tür".
    ``owned``: "my" is the customer's, and not just the.
    """

    preposition: str = ""
    case: str = "N"
    article: bool = True
    owned: bool = False


class Grammar(Protocol):
    """One language's grammar."""

    def government(self, notation: str, *, goal: bool = False) -> Government:
        """What the table's notation of a preposition means; ``goal``: something is put there."""

    def phrase(self, thing: Thing, government: Government) -> str:
        """A thing in words, with what governs it."""
