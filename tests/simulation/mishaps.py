"""What goes wrong, by dice: the carrier's faults of the day, and our own processes' mishaps."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

from local.carrier.fault_plan import KINDS, LENGTHS

NOT_HERE = frozenset(
    {
        # In one process the answer to a request is there before anything else happens.
        "create_answer_late",
        "message_answer_late",
        # Our script plays no sounds.
        "hang_up_in_play",
    }
)
"""Kinds that cannot strike here."""
STRIKING = tuple(sorted(KINDS.keys() - NOT_HERE))
_BASE = {
    "callback_lost": 0.05,
    "callback_twice": 0.12,
    "callback_late": 0.2,
    "callback_reordered": 0.08,
    "callback_after_end": 0.05,
    "event_after_end": 0.05,
    "document_twice": 0.04,
    "document_after_end": 0.04,
    "media_404": 0.15,
    "media_xml_200": 0.08,
}
_RARE = 0.02
_OFTEN = 0.35
_OF_THE_DAY = {
    # Beyond these nothing would ever be said: no customer would be rung.
    "call_blocked": 0.15,
    "fail_500_before": 0.25,
    "refuse_429": 0.25,
    # Of these there are few to strike at.
    "hang_up_in_dial": 0.9,
    "hang_up_in_pause": 0.9,
    "hang_up_in_record": 0.7,
    **{kind: 0.8 for kind in STRIKING if kind.startswith(("media_", "message_", "recording_"))},
}
"""How often a kind goes wrong on its own days, where that is not `_OFTEN`."""
OWN: dict[str, float] = {
    "process killed": 0.004,
    "redis emptied": 0.01,
    "workers away": 0.06,
    "web out of reach": 0.006,
    "web answer lost": 0.01,
    "database out of reach": 0.005,
    "storage out of reach": 0.04,
    "network out of reach": 0.01,
}
"""Our own mishaps, and how often: at each crash point, job, webhook, or request."""


def of_the_day(day: int) -> tuple[str, ...]:
    """The four kinds that go wrong a lot on this day; each in its turn."""
    # Far from one another in the list: two kinds that end a call early would hide each other.
    count = len(STRIKING)
    return tuple(STRIKING[(day + nth * count // 4) % count] for nth in range(4))


def plan_of(day: int, seed: int, dice: random.Random) -> dict[str, object]:
    """The carrier's plan for one day, as `PUT /_carrier/faults` takes it.

    Everything goes wrong now and then, and the kinds of the day a lot.
    """
    rates = {kind: _BASE.get(kind, _RARE) for kind in STRIKING}
    rates.update({kind: _OF_THE_DAY.get(kind, _OFTEN) for kind in of_the_day(day)})
    lengths = {kind: dice.uniform(0.1, 3.0) * length for kind, length in LENGTHS.items()}
    lengths["media_404"] = dice.choice((20.0, 600.0, 7200.0))
    lengths["queued_long"] = dice.choice((30.0, 300.0, 7200.0))
    return {"seed": seed, "rates": rates, "seconds": lengths}


NEVER = dict.fromkeys(OWN, 0.0)
"""The shares of a time in which nothing goes wrong."""


class Mishaps:
    """Throws for our own mishaps, and counts those that happened."""

    def __init__(self) -> None:
        self.happened: Counter[str] = Counter()
        self._dice = random.Random(0)
        self._shares: Mapping[str, float] = NEVER

    def begin(self, dice: random.Random, shares: Mapping[str, float]) -> None:
        """A new day; a share makes a kind more or less likely, by default 1."""
        self._dice, self._shares = dice, shares

    def strikes(self, kind: str) -> bool:
        """Does it go wrong this time?"""
        struck = self._dice.random() < OWN[kind] * self._shares.get(kind, 1.0)
        if struck:
            self.happened[kind] += 1
        return struck

    def lasts(self, longest: float) -> float:
        """How many seconds this one lasts."""
        return self._dice.uniform(0.0, longest)
