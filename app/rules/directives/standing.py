"""Finds a customer's usual place in what they once wrote for every delivery."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from app.rules.analysis import Kind
from app.rules.directives.answer import hear
from app.rules.directives.lexicon import PLACE_NOUN, PREPOSITION
from app.rules.directives.merging import merge

_ANY_MOMENT = datetime(2000, 1, 3, 9, tzinfo=UTC)
"""Places do not depend on when they are said."""
_A_PLACE_ALONE = re.compile(
    rf"(?:the |my |our )?(?:(?!(?:{PREPOSITION})\b)\w+ ){{0,2}}{PLACE_NOUN}"
    rf"(?:,? (?:{PREPOSITION}) .{{1,40}})?",
    re.IGNORECASE,
)
"""As "Back porch, behind the bench"."""


def place_in(instructions: str) -> str:
    """Return the place that standing instructions name, with its preposition; "" for none."""
    text = " ".join(instructions.split()).rstrip(".")
    if not text:
        return ""
    if place := _left_at(text):
        return place
    return text if _A_PLACE_ALONE.fullmatch(text) else ""


def _left_at(text: str) -> str:
    readings = merge(hear(text, _ANY_MOMENT).readings)
    places = [one for one in readings if one.kind is Kind.LEAVE_AT and not one.usual]
    return places[0].wording or str(places[0].slots["place"]) if places else ""
