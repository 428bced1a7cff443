"""What the readers of this room share: the clause in front of them and what they found in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.rules.analysis import Kind, SlotValue
from app.rules.directives.known import NOTHING, Known
from app.rules.directives.text import Spoken


@dataclass(frozen=True, slots=True)
class Reading:
    """A directive as found: where in the plain form it stands, and its words for the driver.

    ``wording`` keeps what the slots drop, such as the preposition of a place. ``loose`` marks a
    reading that another, surer one of the same answer displaces. ``lies`` is where in the
    transcript the ``quoted`` words are. ``usual`` is a place known from before, named as such;
    ``mends`` a reading that took the place of an earlier one,
    ``bare`` a time with nothing else in its clause, ``doubtful`` one that a person should hear:
    two days on offer, a number put right in part.
    """

    kind: Kind
    start: int
    end: int
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    confidence: float = 0.92
    wording: str = ""
    loose: bool = False
    clause: int = 0
    quoted: str = ""
    lies: tuple[int, int] = (0, 0)
    usual: bool = False
    mends: bool = False
    bare: bool = False
    doubtful: bool = False


class Page:
    """The plain form of an answer, on which each reader blots out the words it has used."""

    def __init__(self, spoken: Spoken) -> None:
        self.spoken = spoken
        self._letters = list(spoken.plain)

    def visible(self, start: int, end: int) -> str:
        """Return the words not yet used; used ones stand as a row of ``_``."""
        return "".join(self._letters[start:end])

    def blot(self, start: int, end: int) -> None:
        """Mark a stretch as used."""
        while end > start and self._letters[end - 1] == " ":
            end -= 1
        self._letters[start:end] = "_" * (end - start)


@dataclass(frozen=True, slots=True)
class Scene:
    """One clause as a reader sees it, with as much of its surroundings as readers need.

    ``onward`` runs from the clause's start to the end of the next sentence. ``before`` is the
    clause before, ``after`` the next one of the same sentence; ``found`` holds what the answer has
    yielded so far.
    """

    page: Page
    number: int
    start: int
    end: int
    onward_end: int
    now: datetime
    before: str = ""
    after: str = ""
    asked: bool = False
    found: tuple[Reading, ...] = ()
    condition: str = ""
    known: Known = NOTHING

    @property
    def text(self) -> str:
        """The clause's unused words."""
        return self.page.visible(self.start, self.end)

    @property
    def onward(self) -> str:
        """The unused words from the clause's start to the end of the next sentence."""
        return self.page.visible(self.start, self.onward_end)

    @property
    def whole(self) -> str:
        """All of the clause's words, used or not."""
        return self.page.spoken.plain[self.start : self.end]

    def read(
        self,
        kind: Kind,
        span: tuple[int, int],
        slots: Mapping[str, SlotValue] | None = None,
        confidence: float = 0.92,
        wording: str = "",
        *,
        loose: bool = False,
    ) -> Reading:
        """Make a Reading of a stretch given relative to the clause, and blot the stretch out."""
        start, end = self.start + span[0], self.start + span[1]
        self.page.blot(start, end)
        return Reading(kind, start, end, dict(slots or {}), confidence, wording, loose, self.number)

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Yield the pattern's matches in the unused words, asking again after each is used."""
        position = 0
        while match := pattern.search(self.text, position):
            position = match.start() + 1
            yield match
