"""What a scene is: something said, then a question, a recording, a transfer, or the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from app.rules.analysis import Directive, Kind

REPEAT = "*"
"""In every question, and in a recording: hear it again."""
WRONG_NUMBER = "wrong_number"
"""A choice that has no key: it is spoken alone."""
MOST_AGAIN = 2
"""How often a question is put again at most, for whatever reason."""


class Effect(StrEnum):
    """What coming to a scene means for the call."""

    RECORDS = "records"
    VOICEMAIL = "voicemail"
    PROMISED = "promised"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: where it leads, and what it means.

    ``does`` says it for people who read the script. ``reply`` is said before the next scene.
    ``day`` picks one of the days on offer, ``keeps_day`` asks for the day that was read back;
    ``takes_back`` withdraws what an earlier key meant, ``drops_said`` what was understood.
    """

    to: str
    does: str
    means: tuple[Directive, ...] = ()
    reply: tuple[str, ...] = ()
    day: int | None = None
    keeps_day: bool = False
    takes_back: Kind | None = None
    drops_said: bool = False

    def to_scene(self, scene: str) -> Choice:
        """The same meaning with another way on."""
        return replace(self, to=scene)


@dataclass(frozen=True, slots=True)
class Scene:
    """One step of the call.

    ``say`` is said when the customer comes here, to its end; ``ask`` also each time it is put
    again, and may be answered before its end. ``again``
    counts how often silence or nonsense has it put again before ``unanswered``, after
    ``patience`` seconds each. ``speech`` names
    the words that mean keys here; free words are read as instructions, and read back in the scene
    that ``listens`` names. A bare yes, where several things are on offer, answers nothing: it leads
    to the scene that ``agreed`` names, which asks what it is said to.

    With ``records`` the customer is recorded: ``recorded`` follows, or what ``choices`` says for
    the key that ended it, or ``unanswered`` where nothing was said. With ``transfers`` a person
    is dialled. With ``reference`` a delivery's reference is asked for. A scene with none of these
    ends the call.
    """

    title: str
    say: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    choices: Mapping[str, Choice] = field(default_factory=dict)
    speech: str | None = None
    listens: str | None = None
    agreed: str | None = None
    again: int = MOST_AGAIN
    patience: int = 6
    unanswered: str | None = None
    records: bool = False
    recorded: str | None = None
    transfers: bool = False
    answered: str | None = None
    reference: bool = False
    effect: Effect | None = None

    @property
    def asks(self) -> bool:
        """Does it put a question and wait?"""
        return bool(self.ask)

    @property
    def ends(self) -> bool:
        """Does the call end after it?"""
        return not (self.asks or self.records or self.transfers)

    def following(self) -> frozenset[str]:
        """Every scene that may come next, but itself put again."""
        others = (self.listens, self.agreed, self.unanswered, self.recorded, self.answered)
        return frozenset(
            [choice.to for choice in self.choices.values()] + [each for each in others if each]
        )


_STEP = re.compile(r"([a-z][a-z-]{0,30})(?:\.([0-9]))?(?:\.([a-z]{2}))?(?:\.(\d{4}-\d\d-\d\d))?")


@dataclass(frozen=True, slots=True)
class Step:
    """Where a call is: the scene, how often it was put again, the language, the day chosen.

    As text it stands in the addresses we hand out, so that a repeated request finds the same place
    whatever else has happened: ``menu``, ``menu.1.de``, ``day-chosen.0.es.2026-03-13``.
    """

    scene: str
    again: int = 0
    language: str | None = None
    day: date | None = None

    @classmethod
    def read(cls, text: str) -> Step:
        """Raises ValueError for what is none."""
        found = _STEP.fullmatch(text)
        if found is None:
            raise ValueError("this is no step of the call script")
        scene, again, language, day = found.groups()
        return cls(
            scene,
            min(int(again or 0), MOST_AGAIN),
            language,
            date.fromisoformat(day) if day else None,
        )

    def __str__(self) -> str:
        if self.language is None:
            return self.scene if not self.again else f"{self.scene}.{self.again}"
        parts = [self.scene, str(self.again), self.language]
        return ".".join([*parts, self.day.isoformat()] if self.day else parts)
