"""What a carrier can get wrong by chance: every kind, how often, how long, from which seed.

A decision depends on the seed, the kind, whom it is about (a telephone number) and how often that
was asked before, never on the time or on other numbers. The same plan over the same calls
therefore strikes the same way again, however their events interleave.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS: Mapping[str, str] = {
    "refuse_429": "any REST request is refused, unprocessed",
    "fail_500_before": "any REST request fails before anything was done",
    "create_500_before": "a call is not accepted: 500",
    "create_503_before": "a call is not accepted: 503",
    "create_answer_lost": "a call is accepted, the connection breaks before the answer",
    "create_500_after": "a call is accepted, and answered with 500",
    "create_hang": "a call is accepted, and never answered",
    "create_answer_late": "a call is accepted, its first callbacks overtake the answer",
    "message_500_before": "a text is not accepted: 500",
    "message_503_before": "a text is not accepted: 503",
    "message_answer_lost": "a text is accepted, the connection breaks before the answer",
    "message_500_after": "a text is accepted, and answered with 500",
    "message_hang": "a text is accepted, and never answered",
    "message_answer_late": "a text is accepted, its first callbacks overtake the answer",
    "message_unsubscribed": "a text is refused with 21610",
    "message_undelivered": "a text does not arrive: 30003",
    "message_failed": "a text is never sent: 30001",
    "callback_lost": "a callback (status, recording, detection, message) is never sent",
    "callback_twice": "a callback is sent twice",
    "callback_late": "a callback waits, and those after it do not",
    "callback_reordered": "a callback is sent after the next one of its call",
    "callback_after_end": "a callback is sent again when its call is over",
    "event_after_end": "a call that is over is said to be in progress, as a new event",
    "document_twice": "a document is asked for twice; the first answer is lost",
    "document_after_end": "the last document is asked for again when the call is over",
    "queued_long": "a call stays queued",
    "call_blocked": "a call fails: the network blocks the caller (32017)",
    "amd_late": "machine detection answers when the call is over",
    "media_404": "a finished recording's sound is not there yet",
    "media_xml_200": "a recording's sound is an XML error with status 200 for a while",
    "recording_absent": "a recording that its action was told of turns out silent (16102)",
    "recording_too_short": "what the customer says is too short to be recorded (16101)",
    "hang_up_early": "the customer hangs up somewhere in the first 40 seconds",
    "hang_up_in_say": "the customer hangs up during this Say",
    "hang_up_in_play": "the customer hangs up during this Play",
    "hang_up_in_pause": "the customer hangs up during this Pause",
    "hang_up_in_gather": "the customer hangs up during this Gather",
    "hang_up_in_record": "the customer hangs up during this Record, after the beep",
    "hang_up_in_dial": "the customer hangs up during this Dial",
}

REAL_SECONDS = frozenset(
    {"create_hang", "create_answer_late", "message_hang", "message_answer_late"}
)
"""Kinds whose length is real time, whatever the carrier's speed: a client waits in real time."""

LENGTHS: Mapping[str, float] = {
    "create_hang": 60.0,
    "create_answer_late": 1.0,
    "message_hang": 60.0,
    "message_answer_late": 1.0,
    "callback_twice": 20.0,
    "callback_late": 60.0,
    "callback_reordered": 60.0,
    "callback_after_end": 120.0,
    "event_after_end": 60.0,
    "document_after_end": 60.0,
    "queued_long": 7200.0,
    "amd_late": 30.0,
    "media_404": 30.0,
    "media_xml_200": 30.0,
}
"""How long a kind lasts at the most, in call seconds (REAL_SECONDS: in real ones)."""


class FaultError(ValueError):
    """A plan that cannot be followed; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """How often each kind of fault strikes (0 to 1), and how long it lasts."""

    seed: int = 0
    rates: Mapping[str, float] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    @staticmethod
    def read(given: Mapping[str, Any]) -> FaultPlan:
        """Return the plan in `{"seed", "rates", "seconds"}`; FaultError when there is none."""
        seed = given.get("seed", 0)
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise FaultError(f"the seed must be a whole number, not {seed!r}")
        rates = _numbers(given.get("rates", {}), "rate", KINDS.keys())
        for kind, rate in rates.items():
            if rate > 1:
                raise FaultError(f"the rate of {kind!r} must be from 0 to 1, not {rate}")
        return FaultPlan(seed, rates, _numbers(given.get("seconds", {}), "length", LENGTHS.keys()))

    def length(self, kind: str) -> float:
        """Return how long this kind lasts."""
        return self.seconds.get(kind, LENGTHS.get(kind, 0.0))

    def as_dict(self) -> dict[str, Any]:
        """Return the plan in the form that `read` takes."""
        return {"seed": self.seed, "rates": dict(self.rates), "seconds": dict(self.seconds)}


class Dice:
    """Throws for one plan, and counts what it decided."""

    def __init__(self, plan: FaultPlan) -> None:
        self.plan = plan
        self.injected: Counter[str] = Counter()
        self._asked: Counter[tuple[str, str]] = Counter()

    def strikes(self, kind: str, about: str) -> bool:
        """Say whether this one goes wrong; `about` is the number or path it concerns."""
        rate = self.plan.rates.get(kind, 0.0)
        if rate <= 0.0:
            return False
        struck = self._throw(kind, about) < rate
        if struck:
            self.injected[kind] += 1
        return struck

    def share(self, kind: str, about: str) -> float:
        """Return a share from 0 to 1, for where or how late a fault happens."""
        return self._throw(f"{kind}:share", about)

    def _throw(self, kind: str, about: str) -> float:
        turn = self._asked[kind, about]
        self._asked[kind, about] = turn + 1
        thrown = f"{self.plan.seed}/{kind}/{about}/{turn}".encode()
        return int.from_bytes(hashlib.blake2b(thrown, digest_size=8).digest()) / 2**64


def _numbers(given: Any, what: str, known: Any) -> dict[str, float]:
    if not isinstance(given, Mapping):
        raise FaultError(f"{what}s must be an object, not {given!r:.80}")
    for kind, value in given.items():
        if kind not in known:
            raise FaultError(f"unknown {what} {kind!r}; there are {', '.join(sorted(known))}")
        if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
            raise FaultError(f"the {what} of {kind!r} must be a number from 0, not {value!r:.80}")
    return {kind: float(value) for kind, value in given.items()}
