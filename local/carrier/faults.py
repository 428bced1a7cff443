"""Misbehaviour on request: countdowns over the next requests, and a seeded plan of chances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.carrier.clock import Clock
from local.carrier.fault_plan import REAL_SECONDS, Dice, FaultError, FaultPlan
from local.carrier.records import JournalEntry
from local.carrier.store import Store

COUNTDOWNS = ("lose_create_answer", "refuse_429", "media_404", "fail_500_before")
_PLAN = {"seed", "rates", "seconds"}


class Faults:
    """Decides what goes wrong, counts it and writes it to the journal.

    The countdowns say how many of the coming requests go wrong. `lose_create_answer`: the call is
    accepted and the connection dropped before the answer. `refuse_429`: any REST request is
    refused, unprocessed. `media_404`: a recording's media is not there yet. `fail_500_before`: any
    REST request fails before anything was done. The plan is `local.carrier.fault_plan`'s.
    """

    def __init__(self, store: Store, clock: Clock, speed: float) -> None:
        self._store = store
        self._clock = clock
        self._speed = speed
        self._left = dict.fromkeys(COUNTDOWNS, 0)
        self._dice = Dice(FaultPlan())

    def arm(self, given: Mapping[str, Any]) -> None:
        """Set countdowns and, where rates or a seed are given, a new plan that counts from zero.

        FaultError for an unknown name or a number that is none; nothing is changed then.
        """
        counts = {name: given[name] for name in given if name not in _PLAN}
        for name, count in counts.items():
            if name not in self._left:
                raise FaultError(
                    f"unknown fault {name!r}; there are {', '.join(sorted(self._left))}"
                )
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise FaultError(f"fault {name!r} needs a whole number, not {count!r}")
        if given.keys() & _PLAN:
            self._dice = Dice(FaultPlan.read(given))
        self._left |= counts

    def remaining(self) -> dict[str, int]:
        """Return the countdowns as they stand."""
        return dict(self._left)

    def described(self) -> dict[str, Any]:
        """Return countdowns, plan, and how often each kind has struck since the plan was set."""
        plan, injected = self._dice.plan.as_dict(), dict(self._dice.injected)
        return {"countdowns": self.remaining(), **plan, "injected": injected}

    def counted_down(self, name: str, path: str) -> bool:
        """Say whether this request is one of those to go wrong that way."""
        if self._left[name] <= 0:
            return False
        self._left[name] -= 1
        self._note(JournalEntry(self._clock.now(), "fault", details={"fault": name, "path": path}))
        return True

    def strikes(self, kind: str, about: str, call_sid: str | None = None, **details: Any) -> bool:
        """Say whether this goes wrong by the plan; `about` is the customer's number, or a path."""
        if not self._dice.strikes(kind, about):
            return False
        noted = {"fault": kind, **details}
        number = about if about.startswith("+") else None
        self._note(JournalEntry(self._clock.now(), "fault", call_sid, number, noted))
        return True

    def lasts(self, kind: str) -> float:
        """Return how long this kind lasts, in real seconds."""
        length = self._dice.plan.length(kind)
        return length if kind in REAL_SECONDS else length / self._speed

    def some(self, kind: str, about: str) -> float:
        """Return a part of how long this kind lasts, by the dice, in real seconds."""
        return self.lasts(kind) * self._dice.share(kind, about)

    def share(self, kind: str, about: str) -> float:
        """Return a share from 0 to 1 by the dice."""
        return self._dice.share(kind, about)

    def _note(self, entry: JournalEntry) -> None:
        self._store.note(entry)
