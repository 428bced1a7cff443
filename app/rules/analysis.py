"""The shape of what a customer said: one Analysis, made of Directives.

Only the shape lives here, so that the extractor, the documents, the API and the driver's page
agree on it. How words become directives is in ``app.rules.directives``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

SlotValue = str | int | bool


class Kind(StrEnum):
    """What kind of thing the driver, the dispatcher or the system must do."""

    LEAVE_AT = "leave_at"
    LEAVE_WITH = "leave_with"
    HAND_OVER = "hand_over"
    TIME_WINDOW = "time_window"
    UNAVAILABLE = "unavailable"
    RESCHEDULE = "reschedule"
    REDIRECT = "redirect"
    ACCESS = "access"
    CONTACT = "contact"
    AVOID = "avoid"
    CAUTION = "caution"
    HANDLING = "handling"
    CANCEL = "cancel"
    WRONG_NUMBER = "wrong_number"
    OPT_OUT = "opt_out"
    SPEAK_TO_HUMAN = "speak_to_human"
    QUESTION = "question"
    CONFIRM = "confirm"


class Sentiment(StrEnum):
    """How the customer sounds about the service; a plain instruction is neutral."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Priority(StrEnum):
    """How soon somebody must act; also the priority of a delivery."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


_WHEN = ("date", "start", "end")

SLOTS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.LEAVE_AT: ("place",),
        Kind.LEAVE_WITH: ("recipient",),
        Kind.HAND_OVER: ("recipient", "signature", "id_check"),
        Kind.TIME_WINDOW: _WHEN,
        Kind.UNAVAILABLE: _WHEN,
        Kind.RESCHEDULE: _WHEN,
        Kind.REDIRECT: ("address",),
        Kind.ACCESS: ("code", "unit", "floor", "entrance"),
        Kind.CONTACT: ("channel", "when", "minutes", "phone", "recipient"),
        Kind.AVOID: ("action",),
        Kind.CAUTION: ("hazard",),
        Kind.HANDLING: ("note",),
        Kind.CANCEL: (),
        Kind.WRONG_NUMBER: (),
        Kind.OPT_OUT: (),
        Kind.SPEAK_TO_HUMAN: (),
        Kind.QUESTION: ("topic",),
        Kind.CONFIRM: (),
    }
)
"""The slots each kind may carry, beside ``condition``, which any may."""

BESIDE = ("kind", "text", "span", "audio", "confidence")
"""What JSON carries of a directive on one level with its slots (``Directive.as_dict``)."""

FOR_A_PERSON = frozenset(
    {Kind.SPEAK_TO_HUMAN, Kind.CANCEL, Kind.REDIRECT, Kind.RESCHEDULE, Kind.WRONG_NUMBER}
)
"""Kinds that nobody on the road can settle alone: a dispatcher looks at them."""

CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "channel": ("call", "text"),
        "when": ("on_arrival", "before", "after_delivery", "no_answer"),
        "action": (
            "ring_bell",
            "knock",
            "leave_outside",
            "leave_unattended",
            "leave_with_neighbor",
            "call",
            "open_gate",
            "block_driveway",
            "other",
        ),
        "note": (
            "fragile",
            "heavy",
            "perishable",
            "keep_upright",
            "keep_dry",
            "keep_cold",
            "conceal",
            "other",
        ),
        "topic": ("eta", "status", "sender", "other"),
    }
)
"""Slots whose value is one of a few words."""


@dataclass(frozen=True, slots=True)
class InAudio:
    """A stretch of a recording; ``start`` and ``end`` in seconds from its beginning."""

    recording: str
    """The recording's id."""
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Directive:
    """One thing to do, read from ``text``; a slot that was not said is absent.

    ``start`` and ``end`` say where in the transcript those words lie: ``transcript[start:end]``
    holds them all, with what was said between where they come from two breaths. ``audio`` is where
    they are heard, if they were recorded.
    Times are ``HH:MM`` local to the customer, dates ``YYYY-MM-DD``. Raises ValueError for a slot
    that the kind does not carry, or a value outside its choices.
    """

    kind: Kind
    text: str
    confidence: float
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    start: int | None = None
    end: int | None = None
    audio: InAudio | None = None
    wording: str = ""
    """What the slots drop of what was said, as a place's preposition; for sentences alone."""

    def __post_init__(self) -> None:
        allowed = (*SLOTS[self.kind], "condition")
        for name, value in self.slots.items():
            if name not in allowed:
                raise ValueError(f"{self.kind} carries no slot {name!r}")
            if name in CHOICES and value not in CHOICES[name]:
                raise ValueError(f"{name} is one of {', '.join(CHOICES[name])}, not {value!r}")

    def as_dict(self) -> dict[str, Any]:
        """The directive as JSON carries it: kind, text, confidence and the slots on one level."""
        lies = self.start is not None and self.end is not None
        return {
            "kind": self.kind.value,
            "text": self.text,
            **({"span": [self.start, self.end]} if lies else {}),
            **({"audio": asdict(self.audio)} if self.audio else {}),
            "confidence": round(self.confidence, 3),
            **self.slots,
        }


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that no directive was read from, for the driver as they are.

    ``verb`` is ``says`` or ``writes``, ``language`` the code of the tongue they are in.
    """

    verb: str
    language: str
    words: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that was named.

    ``type`` is person, location, address, unit, time, date, phone_number, access_code or item.
    """

    type: str
    value: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one answer means."""

    directives: tuple[Directive, ...] = ()
    """In the order spoken."""
    instructions: str = ""
    """One short sentence for the driver; empty when there is nothing to do."""
    summary: str = ""
    """One sentence for the dispatcher, including what is not for the driver."""
    sentiment: Sentiment = Sentiment.NEUTRAL
    priority: Priority = Priority.LOW
    keywords: tuple[str, ...] = ()
    """At most eight, most telling first."""
    entities: tuple[Entity, ...] = ()
    confidence_score: float = 0.0
    needs_review: bool = False
    quotes: tuple[Quote, ...] = ()
    """What stands in ``instructions`` beside the directives; for sentences alone."""

    def as_dict(self) -> dict[str, Any]:
        """The analysis as JSON carries it."""
        return {
            "directives": [directive.as_dict() for directive in self.directives],
            "instructions": self.instructions,
            "summary": self.summary,
            "sentiment": self.sentiment.value,
            "priority": self.priority.value,
            "keywords": list(self.keywords),
            "entities": [
                {"type": e.type, "value": e.value, "confidence": round(e.confidence, 3)}
                for e in self.entities
            ],
            "confidence_score": round(self.confidence_score, 3),
            "needs_review": self.needs_review,
        }
