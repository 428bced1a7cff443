"""What a postal address tells of where somebody lives."""

from __future__ import annotations

import re
from functools import lru_cache

from app.rules.gate.area_codes import STATES

_STATE_AND_ZIP = re.compile(r"\b([A-Z]{2})[ ,]+\d{5}(?:-\d{4})?(?!\d)")
_STATES = frozenset(STATES.values())


@lru_cache(maxsize=16384)
def states_in(address: str) -> tuple[str, ...]:
    """The US states that an address names before a ZIP code, as US-FL of "Miami, FL 33101"."""
    named = {state for state in _STATE_AND_ZIP.findall(address) if state in _STATES}
    return tuple(sorted(f"US-{state}" for state in named))
