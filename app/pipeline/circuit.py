"""Circuit: whether the network may be asked at all, for calls, messages, and each push service.

Failures that would meet everybody (wrong credentials, a bad number of ours, a carrier's block)
open it: nothing more is asked, nothing is lost, and after a pause a single try is let through.
Each try that fails doubles the pause; one that works closes the circuit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from app.models import CallLog, Circuit, database
from app.models.transaction import suited
from app.rules import network_errors

log = structlog.get_logger()
CALLS = "calls"
MESSAGES = "messages"
PUSHES = "pushes"
FIRST_PAUSE = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(minutes=30)
TRY_WITHIN = timedelta(minutes=2)
"""A single try that came to no end in that time (its worker died) makes room for another."""
HELD = "held"
"""The code of a circuit that a person opened."""
_NO_TRY = timedelta(days=3650)
_MOST_FAILURES = 50


def pushes(service: str) -> str:
    """The circuit of a push service, by its host."""
    return f"{PUSHES}:{service}"


def may_ask(name: str, who: ObjectId, *, now: datetime) -> bool:
    """May this call or message be asked for? ``name`` is CALLS, MESSAGES or that of ``pushes``.

    While the circuit is open, True for one asker at most, and only after the pause: the try.
    """
    circuits = _circuits()
    seen = circuits.find_one({"_id": name}, {"state": 1})
    if seen is None or seen["state"] == "closed":
        return True
    let_through = circuits.update_one(
        {
            "_id": name,
            "state": {"$ne": "closed"},
            "$or": [{"probe_at": {"$lte": now}}, {"probe_id": who}],
        },
        {"$set": {"state": "half_open", "probe_id": who, "probe_at": now + TRY_WITHIN}},
    )
    return bool(let_through.matched_count)


def opens_at(name: str) -> datetime | None:
    """When the next try is let through; None where nothing stands in the way."""
    seen = _circuits().find_one({"_id": name}, {"state": 1, "probe_at": 1})
    if seen is None or seen["state"] == "closed":
        return None
    at: datetime = seen["probe_at"]
    return at


def failed(
    name: str, code: str, who: ObjectId, *, now: datetime, about: ObjectId | None = None
) -> bool:
    """Count a failure with the network's ``code``; True where the circuit is open after it.

    ``about`` is the customer: the same customer's failures count once. Safe to repeat.
    """
    error = network_errors.of(code)
    if not error.trips_after:
        _let_another_try(name, who, now)
        return opens_at(name) is not None
    counted = _count(name, code, who, about or who, now)
    against = [each for each in counted["failures"] if each["code"] == code]
    if counted["state"] == "half_open" and counted.get("probe_id") == who:
        pause = min(2 * float(counted.get("pause") or 0), LONGEST_PAUSE.total_seconds())
        return _open(
            name, error, against, source="half_open", pause=timedelta(seconds=pause), now=now
        )
    if counted["state"] != "closed":
        _circuits().update_one({"_id": name}, {"$addToSet": {"tripped_by": who}})
        return True
    if len({each["about"] for each in against}) < error.trips_after:
        return False
    return _open(name, error, against, source="closed", pause=FIRST_PAUSE, now=now)


def worked(name: str, who: ObjectId, *, now: datetime, reached: bool = False) -> None:
    """A request of ``who`` worked: the circuit closes where it was the single try.

    ``reached`` says that it went all the way to the customer, not only that the network took it:
    some blocks show themselves only on the way.
    """
    circuits = _circuits()
    trying = circuits.find_one({"_id": name, "state": "half_open", "probe_id": who}, {"code": 1})
    if trying is None or (network_errors.of(trying["code"]).shows_late and not reached):
        return
    _close(name, {"state": "half_open", "probe_id": who})
    log.warning("circuit closed: a single try worked", circuit=name, at=now.isoformat())


def tripped(name: str, who: ObjectId) -> bool:
    """Is this one of those whose failures opened the circuit?"""
    return _circuits().find_one({"_id": name, "tripped_by": who}) is not None


def close(name: str) -> bool:
    """Close it by hand, the cause having been mended; False where it was not open.

    Calls that wait for it are looked at again at once.
    """
    closed = _close(name, {"state": {"$ne": "closed"}})
    if closed and name == CALLS:
        waiting = {"status": "intended", "dialing_at": None, "next_try_at__ne": None}
        CallLog.across_tenants(**waiting).update(unset__next_try_at=True)
    return closed


def hold(name: str, reason: str, *, now: datetime) -> None:
    """Open it by hand: nothing is asked, not even once for a try, until somebody closes it."""
    _circuits().update_one(
        {"_id": name},
        {
            "$set": {
                "state": "open",
                "code": HELD,
                "reason": reason,
                "opened_at": now,
                "probe_at": now + _NO_TRY,
                "failures": [],
            },
            "$unset": {"probe_id": "", "pause": "", "tripped_by": ""},
        },
        upsert=True,
    )
    log.warning("circuit held: nothing is asked of the network", circuit=name)


def known(name: str) -> bool:
    """Is there such a circuit: for calls, messages, or a push service that ever refused?"""
    return name in (CALLS, MESSAGES) or _circuits().find_one({"_id": name}, {}) is not None


def standing() -> list[Circuit]:
    """Every circuit that was ever open, for who looks after the installation."""
    return list(Circuit.objects.order_by("name"))


def _count(name: str, code: str, who: ObjectId, about: ObjectId, now: datetime) -> dict[str, Any]:
    """Keep the failure, once for each ``who``, and forget those of long ago: one atomic write."""
    known = {"$ifNull": ["$failures", []]}
    recent = {
        "$filter": {
            "input": known,
            "cond": {
                "$and": [
                    {"$gt": ["$$this.at", now - network_errors.TRIP_WITHIN]},
                    {"$ne": ["$$this.who", who]},
                ]
            },
        }
    }
    this = {"code": {"$literal": code}, "at": now, "who": who, "about": about}
    changes = {
        "state": {"$ifNull": ["$state", "closed"]},
        "failures": {"$slice": [{"$concatArrays": [recent, [this]]}, -_MOST_FAILURES]},
    }
    for _ in range(3):
        try:
            counted: Any = _circuits().find_one_and_update(
                {"_id": name}, [{"$set": changes}], upsert=True,
                return_document=ReturnDocument.AFTER,
            )  # fmt: skip
        except DuplicateKeyError:
            # Two first failures at once: the other one made the document.
            continue
        found: dict[str, Any] = counted
        return found
    raise RuntimeError("the circuit's document could neither be made nor changed")


def _open(
    name: str,
    error: network_errors.NetworkError,
    against: list[dict[str, Any]],
    *,
    source: str,
    pause: timedelta,
    now: datetime,
) -> bool:
    calls = [each["who"] for each in against]
    opened = _circuits().update_one(
        {"_id": name, "state": source},
        {
            "$set": {
                "state": "open",
                "code": error.code,
                "reason": error.meaning,
                "opened_at": now,
                "probe_at": now + pause,
                "pause": pause.total_seconds(),
            },
            "$unset": {"probe_id": ""},
            "$addToSet": {"tripped_by": {"$each": calls}},
        },
    )
    if opened.modified_count:
        log.error(
            "circuit opened: nothing is asked of the network",
            circuit=name,
            code=error.code,
            why=error.meaning,
            tripped_by=[str(each) for each in calls],
            next_try_at=(now + pause).isoformat(),
            check=error.setting or "the account at the network",
            then=f"delauto circuit close {name}",
        )
    return True


def _let_another_try(name: str, who: ObjectId, now: datetime) -> None:
    """The single try ended without telling anything about the network: the next one may try."""
    _circuits().update_one(
        {"_id": name, "state": "half_open", "probe_id": who},
        {"$set": {"state": "open", "probe_at": now}, "$unset": {"probe_id": ""}},
    )


def _close(name: str, where: dict[str, Any]) -> bool:
    closed = _circuits().update_one(
        {"_id": name, **where},
        {
            "$set": {"state": "closed", "failures": []},
            "$unset": {"probe_id": "", "probe_at": "", "pause": "", "tripped_by": ""},
        },
    )
    return bool(closed.modified_count)


def _circuits() -> Collection[Any]:
    found: Collection[Any] = suited(database().circuits)
    return found
