"""Pace: the account's calls per second, held across any number of processes and machines.

Each request reserves its own moment, in one atomic write on the account's document; moments are a
step apart, by MongoDB's clock alone, so that no machine's wrong clock counts. What is measured over
any ten seconds stays below the rate, because a step is a little wider than it need be and nothing
is sent late.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ReturnDocument, WriteConcern
from pymongo.collection import Collection

from app.models import database

WIDER = 1.03
"""How much wider than ``1 / rate`` a step is."""
MOST_LATE = 0.25
"""Seconds beyond which a moment has passed.

A moment that is sent late moves closer to the next. With these two, ten seconds hold at most
``(10 + 0.25) / 1.03`` steps, and so never more than ten seconds' worth. The rate lost is 3 %.
"""
LONGEST_WAIT = 5.0
"""Seconds that a worker waits for its moment; what would wait longer is left for later."""


def boot_seconds() -> float:
    """Seconds since the machine started, sleep and suspension of the process included."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class Clock:
    """The times that dialling goes by; a test gives its own."""

    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    boot: Callable[[], float] = boot_seconds
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Moment:
    """A reserved moment, in seconds of CLOCK_BOOTTIME of this machine."""

    at: float
    latest: float
    """After that it has passed: the next one may be too near."""


@dataclass(frozen=True, slots=True)
class TooFar:
    """Every moment of the next seconds is taken; ``seconds`` until the next free one."""

    seconds: float


def reserve(
    account: str,
    per_second: float,
    *,
    clock: Clock,
    company: tuple[str, float | None] = ("", None),
    within: float = LONGEST_WAIT,
) -> Moment | TooFar:
    """Take the account's next free moment.

    ``company`` is who calls, and its own share of the pace where it has one: its moments are as
    far apart as that demands. None is taken where it would lie more than ``within`` seconds ahead.
    """
    name, share = company
    ask = _ask(per_second, name if share else None, share or per_second, 1000 * within)
    end = clock.boot() + within
    while True:
        asked = clock.boot()
        seen: Any = _turns().find_one_and_update(
            {"_id": account}, [{"$set": ask}], upsert=True, return_document=ReturnDocument.AFTER
        )
        wait = (seen["turn"] - seen["now"]) / 1000
        if seen["taken"]:
            # MongoDB's "now" lies between our question and its answer: never early, and late by
            # no more than is allowed, wherever between.
            return Moment(at=clock.boot() + wait, latest=asked + wait + MOST_LATE)
        if seen["next"] - seen["now"] > 1000 * within or clock.boot() + wait > end:
            return TooFar(wait)
        # The company's own turn comes before long, and is nobody else's: the account's moments
        # meanwhile are for others.
        clock.sleep(wait)


_NOW: dict[str, Any] = {"$toDouble": {"$toLong": "$$NOW"}}
"""MongoDB's clock, in milliseconds."""


def _ask(per_second: float, company: str | None, share: float, within: float) -> dict[str, Any]:
    """One atomic write: take the next turn, or, where it is too far, only say when it is."""
    free = {"$max": [{"$ifNull": ["$next", 0.0]}, _NOW]}
    mine = {"$ifNull": [f"$companies.{company}", 0.0]} if company else 0.0
    taken = {"$and": [{"$lte": [free, {"$add": [_NOW, within]}]}, {"$lte": [mine, free]}]}
    asked: dict[str, Any] = {
        "now": _NOW,
        "taken": taken,
        "turn": {"$max": [free, mine]},
        "next": {"$cond": [taken, {"$add": [free, WIDER * 1000 / per_second]}, free]},
    }
    if company:
        after = {"$add": [free, WIDER * 1000 / share]}
        asked[f"companies.{company}"] = {"$cond": [taken, after, mine]}
    return asked


def _turns() -> Collection[Any]:
    # Acknowledged by the primary alone: a moment that is lost with it costs nothing, and the wait
    # for the journal would make every moment late.
    found: Collection[Any] = database().pacing.with_options(write_concern=WriteConcern(w=1))
    return found


def room(per_second: float, *, seconds: timedelta = timedelta(seconds=5)) -> int:
    """How many calls may wait to be dialled: as many as a few seconds take, and one at least."""
    return max(1, round(per_second * seconds.total_seconds()))
