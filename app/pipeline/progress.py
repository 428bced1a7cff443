"""Progress: what the network reports about a call, taken down in one atomic write.

A report is kept as it came and, in the same write, carries the call forward by the table in
``app.states``: reports may come in any order, late, and any number of times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from app.models import CallLog
from app.models.call_log import MOST_EVENTS, WebhookEvent
from app.pipeline.ledger import Change, Writer, write_one
from app.pipeline.live_call import LiveCall
from app.pipeline.price import first_look
from app.states import CALL, CALL_ENDED

log = structlog.get_logger()
_PROVEN = ("key", "speech")
_SOURCES = {
    status: sorted(source for source in CALL.table if CALL.allows(source, status))
    for status in CALL.table
}
"""By state: from which others the table leads to it."""
_ENDED = sorted(CALL_ENDED)
_KEYS = {"$ifNull": ["$webhook_events.key", []]}


@dataclass(frozen=True, slots=True)
class Report:
    """One report. ``key`` tells a repetition, ``data`` is the report as it came."""

    call_sid: str
    key: str
    event: str
    data: Mapping[str, Any]
    status: str | None = None
    """In the words of ``app.states.CallStatus``; None where it is about something else."""
    reported_at: datetime | None = None
    duration: int | None = None
    """Seconds."""
    error_code: str | None = None
    sip_code: str | None = None
    stir: str | None = None
    """How far the network vouches for our number: A, B or C."""
    answered_by: str | None = None
    """What answering-machine detection found, in the network's words."""
    detection_ms: int | None = None


def take(
    call_id: ObjectId, report: Report, *, now: datetime, write: Writer = write_one
) -> bool | None:
    """Keep a report, bind the network's id, and move the call forward: one write, or nothing.

    None where there is no such call. False where the report is about another call than the
    attempt's, which is noted as a stranger, to be ended: ours has another id, or was closed before
    the network gave it one, and is not moved.
    """
    change = as_update(call_id, report, now)
    if write(Change(*change)):
        return True
    calls = CallLog._get_collection()
    try:
        # Perhaps it is written: a second time changes nothing.
        if calls.update_one(*change).matched_count:
            return True
    except DuplicateKeyError:
        # Another call of ours has this id: then the report is none of this one's.
        log.error("a report names one call and is about another", call_sid=report.call_sid)  # noqa: TRY400
        return None
    if calls.count_documents({"_id": call_id}, limit=1) == 0:
        return None
    _note_stranger(call_id, report.call_sid)
    fresh = {"$not": [{"$in": [{"$literal": report.key}, _KEYS]}]}
    kept = _appended("webhook_events", _event(report, now), fresh, MOST_EVENTS)
    calls.update_one({"_id": call_id}, [{"$set": {"webhook_events": kept}}])
    return False


def _note_stranger(call_id: ObjectId, call_sid: str) -> None:
    log.error("a second call for one attempt, or for one that was closed", call_sid=call_sid)
    # A new one is still to be ended, whatever became of those before.
    CallLog._get_collection().update_one(
        {"_id": call_id, "strangers": {"$ne": call_sid}},
        {"$push": {"strangers": call_sid}, "$unset": {"strangers_ended_at": ""}},
    )


def by_sid(call_sid: str) -> ObjectId | None:
    """Our id of the call that the network knows by this one."""
    found = CallLog._get_collection().find_one({"call_sid": call_sid}, {"_id": 1})
    return found["_id"] if found else None


def reopen(call_id: ObjectId) -> None:
    """Let the call be concluded once more: something came that it did not know."""
    CallLog._get_collection().update_one({"_id": call_id}, {"$unset": {"settled_at": ""}})


def recognise(call: CallLog | LiveCall, call_sid: str) -> bool:
    """Is this the network's id of this call? It is bound to a call that has none and is not over.

    Where it is another call's, that one is noted as a stranger, to be ended. The call in memory
    stays as it was.
    """
    if call.call_sid == call_sid:
        return True
    mine = {"_id": call.pk, "tenant_id": call.tenant_id}
    calls = CallLog._get_collection()
    try:
        if calls.update_one(
            {**mine, **may_be(call_sid)}, {"$set": {"call_sid": call_sid}}
        ).matched_count:
            return True
    except DuplicateKeyError:
        log.error("a webhook names one call and is about another", call_sid=call_sid)  # noqa: TRY400
        return False
    _note_stranger(call.pk, call_sid)
    return False


def as_update(
    call_id: ObjectId, report: Report, now: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The write that takes a report down: its condition, and the change as a pipeline."""
    return {"_id": call_id, **may_be(report.call_sid)}, [{"$set": _changes(report, now)}]


def may_be(call_sid: str) -> dict[str, Any]:
    """The condition that a call is the network's call of this id, or may become so.

    An attempt that was closed without an id was not placed: a call that turns up for it later is a
    stranger.
    """
    return {
        "$or": [
            {"call_sid": call_sid},
            {"call_sid": None, "status": {"$nin": _ENDED}},
        ]
    }


def _changes(report: Report, now: datetime) -> dict[str, Any]:
    fresh = {"$not": [{"$in": [{"$literal": report.key}, _KEYS]}]}
    changes: dict[str, Any] = {
        "call_sid": report.call_sid,
        "webhook_events": _appended("webhook_events", _event(report, now), fresh, MOST_EVENTS),
        "updatedAt": {"$cond": [fresh, now, "$updatedAt"]},
    }
    for name, value in (("error_code", report.error_code), ("sip_code", report.sip_code),
                        ("stir", report.stir)):  # fmt: skip
        if value is not None:
            changes[name] = _first(name, {"$literal": value})
    if report.status is not None:
        changes |= _moved(report, report.status, now)
    if report.answered_by is not None:
        changes |= _answered(report.answered_by, report.detection_ms)
    return changes


def _event(report: Report, now: datetime) -> dict[str, Any]:
    # Literal: a parameter that begins with a dollar sign would be read as a field's name.
    return {
        "key": {"$literal": report.key},
        "event": {"$literal": report.event},
        "timestamp": now,
        "data": WebhookEvent.data.to_mongo(dict(report.data)),
    }


def _moved(report: Report, status: str, now: datetime) -> dict[str, Any]:
    """The call's state and times. Only a source from which the table leads here moves."""
    moves = {"$in": ["$status", _SOURCES[status]]}
    step = {
        "machine": CALL.name,
        "from": "$status",
        "to": status,
        "at": now,
        "cause": "the network's report",
    }
    at = report.reported_at or now
    changes: dict[str, Any] = {
        "status": {"$cond": [moves, status, "$status"]},
        "history": _appended("history", step, moves),
    }
    if status == "in-progress":
        # However late it comes: when the customer answered is worth knowing.
        changes["start_time"] = _first("start_time", at)
    if status in CALL_ENDED:
        mine = {"$or": [moves, {"$eq": ["$status", status]}]}
        changes["in_flight"] = False
        changes["price_due_at"] = {"$cond": [moves, first_look(now), "$price_due_at"]}
        changes["end_time"] = {"$cond": [mine, _first("end_time", at), "$end_time"]}
        if report.duration is not None:
            changes["duration"] = {
                "$cond": [mine, _first("duration", report.duration), "$duration"]
            }
    return changes


def _answered(verdict: str, milliseconds: int | None) -> dict[str, Any]:
    """Who answered, as detection has it. A key or words that were understood know better."""
    plain = "machine" if verdict.startswith(("machine", "fax")) else verdict
    pressed = {"$gt": [{"$size": {"$ifNull": ["$keys", []]}}, 0]}
    proven = {"$or": [{"$in": ["$answered_by_proof", list(_PROVEN)]}, pressed]}
    changes: dict[str, Any] = {
        "detected": {"$literal": verdict},
        "answered_by": {"$cond": [proven, "$answered_by", {"$literal": plain}]},
        "answered_by_proof": {"$cond": [proven, "$answered_by_proof", "detection"]},
    }
    if milliseconds is not None:
        changes["detected_after"] = milliseconds
    return changes


def _first(name: str, value: Any) -> dict[str, Any]:
    return {"$ifNull": [f"${name}", value]}


def _appended(name: str, item: Mapping[str, Any], when: Any, most: int | None = None) -> Any:
    known = {"$ifNull": [f"${name}", []]}
    if most is not None:
        when = {"$and": [when, {"$lt": [{"$size": known}, most]}]}
    return {"$cond": [when, {"$concatArrays": [known, [dict(item)]]}, known]}
