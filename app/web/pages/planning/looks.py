"""How states and drivers look on the pages of planning: never by a colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.rules.round_order import Place, key
from app.web.pages.asking import ask
from app.web.words import gettext as _
from app.web.words import marked

STATES: tuple[tuple[str, str, str], ...] = (
    ("scheduled", "○", marked("No driver yet")),
    ("assigned", "◐", marked("Assigned")),
    ("in_transit", "▶", marked("On its way")),
    ("completed", "✓", marked("Delivered")),
    ("failed", "✕", marked("Failed")),
    ("cancelled", "–", marked("Cancelled")),
)
"""A delivery's state, its sign, and its name."""
COLOURS = 8
"""There are so many for drivers, in the style sheet; their letters tell them apart."""
_MOST_AGENTS = 1000


@dataclass(frozen=True, slots=True)
class Look:
    """A state as it is shown."""

    state: str
    sign: str
    label: str


def states() -> list[Look]:
    """All states, in the reader's language."""
    return [Look(state, sign, _(label)) for state, sign, label in STATES]


@dataclass(frozen=True, slots=True)
class Face:
    """A driver as the map shows them."""

    id: str
    name: str
    letter: str
    """A, B … Z, AA: stands before the numbers that their stops have in the round."""
    colour: int


def faces(agents: Iterable[Any]) -> dict[str, Face]:
    """Drivers by their ids, with letters and colours in the order in which they come."""
    return {
        agent.id: Face(agent.id, agent.name, letter(number), number % COLOURS)
        for number, agent in enumerate(agents)
    }


def letter(number: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    found, rest = "", number + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        found = chr(ord("A") + place) + found
    return found


def drivers() -> list[Any]:
    """Everybody active who drives, by name."""
    found: list[Any] = []
    cursor = None
    while len(found) < _MOST_AGENTS:
        query = {"is_active": True, "sort": "name", "limit": 200}
        page = ask("list_agents", query={**query, **({"cursor": cursor} if cursor else {})})
        found += page.items
        cursor = page.next
        if cursor is None:
            break
    return found


def in_order(stops: Sequence[Any]) -> list[Any]:
    """One driver's stops of a day in the order of the round, as on the driver's page."""
    places = {
        stop.id: Place(date.min, stop.scheduled_time, stop.sequence or None) for stop in stops
    }
    return sorted(stops, key=lambda stop: (*key(places[stop.id], places.values()), stop.id))
