"""Who should drive what: what is asked of whoever suggests it, and what they answer.

``Suggesting`` is all that the rest of the house knows: ``nearest`` is one way, a routing engine
such as VROOM may be another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.rules.suggestion.distance import Place, metres

__all__ = [
    "Driver",
    "Given",
    "Left",
    "Place",
    "Stop",
    "Suggesting",
    "Suggestion",
    "WhyLeft",
    "metres",
]


@dataclass(frozen=True, slots=True)
class Stop:
    """One door at which somebody must be within a window."""

    id: str
    place: Place | None
    """None where nobody knows where it is."""
    start: datetime
    end: datetime
    """The van may come between these; ``end`` is not before ``start``."""
    minutes: int = 5
    """How long the van stands there."""


@dataclass(frozen=True, slots=True)
class Driver:
    """Somebody who drives."""

    id: str
    place: Place | None
    """Where they are now; None where nobody knows."""
    room: int
    """How many stops in all they can have, those that they have counted."""
    has: tuple[Stop, ...] = ()
    """What they have already."""


@dataclass(frozen=True, slots=True)
class Given:
    """One stop for one driver."""

    stop_id: str
    driver_id: str
    metres: float | None
    """As the crow flies from the nearest place where the driver is or comes to anyway; None where
    it is the first place that is known of theirs."""


class WhyLeft(StrEnum):
    """Why nobody was found for a stop."""

    NOWHERE = "nowhere"
    """Nobody knows where it is."""
    NOBODY = "nobody"
    """Nobody drives."""
    FULL = "full"
    """Everybody has as many stops as they can."""
    TIMES = "times"
    """Who has room is elsewhere in its window."""


@dataclass(frozen=True, slots=True)
class Left:
    """A stop for which nobody was found."""

    stop_id: str
    why: WhyLeft


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Who could take what. Each stop that was asked about is in one of the two, once."""

    given: tuple[Given, ...]
    """Of each driver in the order in which they were found for them."""
    left: tuple[Left, ...]


class Suggesting(Protocol):
    """Finds a driver for each stop."""

    def suggest(self, stops: Sequence[Stop], drivers: Sequence[Driver]) -> Suggestion:
        """Who could take which of these stops; what drivers have already stays theirs.

        Raises TransientError where whoever is asked cannot be reached.
        """
        ...
