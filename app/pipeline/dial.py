"""Dial: the network is asked once for a call; a lost answer is looked up, never guessed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import structlog
from bson import ObjectId
from mongoengine import NotUniqueError

from app.callbacks import Callbacks
from app.gateways import AnswerLost, CallFacts, CallRequest, NotSent, Placed, Refused, Voice
from app.models import CallLog, Delivery, Suppression
from app.rules import calling_hours
from app.rules.call_script import START
from app.states import CALL, CALL_ENDED

log = structlog.get_logger()
CLOCK_SKEW = timedelta(seconds=30)


def dial(
    call_id: ObjectId, voice: Voice, public_url: str, *, now: datetime, window: tuple[time, time]
) -> CallLog | None:
    """Ask the network for the call, at most once ever.

    ``dialing_at`` is written first, by compare-and-set: whoever wrote it may send the one
    request, and nobody else will. None where the call was dialled before or is not allowed now.
    """
    call: CallLog | None = CallLog.across_tenants(pk=call_id).first()
    if call is None or call.status != "intended" or call.dialing_at is not None:
        return None
    refusal = _refusal(call, now, window)
    if refusal:
        call.move_to(CALL, "canceled", at=now, cause=refusal, **_ended(now), set__outcome=refusal)
        return None
    if not call.modify({"status": "intended", "dialing_at": None}, set__dialing_at=now):
        return None
    callbacks = Callbacks(public_url, str(call.pk))
    result = voice.place_call(
        CallRequest(
            to_number=call.to_number,
            from_number=call.from_number,
            script_url=callbacks.script(START),
            status_url=callbacks.status,
            answered_by_url=callbacks.answered_by,
        )
    )
    _write_down(call, result, now)
    return call


def _refusal(call: CallLog, now: datetime, window: tuple[time, time]) -> str | None:
    """Why the claimed call must not be dialled any more, if so."""
    delivery = Delivery.of(call.tenant_id, pk=call.delivery_id).first()
    if delivery is None or delivery.status in ("cancelled", "completed"):
        return "the delivery is over"
    if Suppression.of(call.tenant_id, phone=call.to_number, scope__in=["all", "calls"]).first():
        return "suppressed"
    verdict = calling_hours.judge(now, delivery.time_zone, window)
    return None if verdict.allowed else verdict.reason


def _write_down(
    call: CallLog, result: Placed | Refused | NotSent | AnswerLost, now: datetime
) -> None:
    match result:
        case Placed(call_sid, status):
            bind(call, call_sid)
            # The network's own callbacks may have been faster: a refused move is fine.
            call.move_to(CALL, status, at=now, cause="placed")
        case Refused(code, message):
            call.move_to(
                CALL,
                "failed",
                at=now,
                cause=f"refused with {code}",
                set__error_code=code,
                set__error_message=message,
                **_ended(now),
            )
        case NotSent(reason):
            log.warning("call not sent, may be dialled again", reason=reason)
            call.modify({"status": "intended", "dialing_at": now}, unset__dialing_at=True)
        case AnswerLost(reason):
            log.warning("answer lost, the network will be asked", reason=reason)
            call.move_to(CALL, "unknown", at=now, cause="the network's answer was lost")


def bind(call: CallLog, call_sid: str) -> bool:
    """Note the network's id on a call that has none; False where it has another one."""
    if call.call_sid == call_sid:
        return True
    try:
        return bool(call.modify({"call_sid": None}, set__call_sid=call_sid))
    except NotUniqueError:
        log.exception("two calls claim one sid", call_sid=call_sid)
        return False


def project(call: CallLog, facts: CallFacts, *, now: datetime, cause: str) -> bool:
    """Bring the call up to what the network says; never backwards. True where it moved."""
    changes: dict[str, Any] = {}
    if facts.start_time and call.start_time is None:
        changes["set__start_time"] = facts.start_time
    if facts.answered_by:
        changes["set__answered_by"] = facts.answered_by
    if facts.status in CALL_ENDED:
        changes |= _ended(facts.end_time or now)
        if facts.duration is not None:
            changes["set__duration"] = facts.duration
    return call.move_to(CALL, facts.status, at=now, cause=cause, **changes)


def _ended(at: datetime) -> dict[str, Any]:
    return {"set__end_time": at, "set__in_flight": False}


def give_up_on_answer(call: CallLog, *, now: datetime) -> bool:
    """A call that was being dialled for too long: its answer is lost. True where it moved."""
    return call.move_to(CALL, "unknown", at=now, cause="no word from the network")


def reconcile(
    call_id: ObjectId, voice: Voice, *, now: datetime, grace: timedelta
) -> CallLog | None:
    """Ask the network what became of a call, and write it down. Raises TransientError.

    An ``unknown`` call is looked for among the network's calls to its number; those bound to
    other attempts do not count. Where there is none ``grace`` after dialling, it was not placed.
    Returns the call where it moved.
    """
    call: CallLog | None = CallLog.across_tenants(pk=call_id).first()
    if call is None or call.status in CALL_ENDED or call.dialing_at is None:
        return None
    if call.call_sid:
        facts = voice.fetch_call(call.call_sid)
    else:
        facts = _find(call, voice)
        if facts and not bind(call, facts.call_sid):
            return None
    if facts:
        return call if project(call, facts, now=now, cause="the network was asked") else None
    if call.call_sid is None and now - call.dialing_at >= grace:
        moved = call.move_to(
            CALL, "failed", at=now, cause="never placed", set__outcome="not_placed", **_ended(now)
        )
        return call if moved else None
    return None


def _find(call: CallLog, voice: Voice) -> CallFacts | None:
    found = voice.find_calls(call.to_number, call.dialing_at - CLOCK_SKEW)
    taken = set(
        CallLog.across_tenants(call_sid__in=[facts.call_sid for facts in found]).scalar("call_sid")
    )
    free = [
        facts
        for facts in found
        if facts.call_sid not in taken and facts.from_number == call.from_number
    ]
    return min(free, key=lambda facts: facts.created_at or call.dialing_at) if free else None
