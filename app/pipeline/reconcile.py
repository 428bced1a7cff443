"""Reconcile: what became of a call, by the network's own books; and what of it must be ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId

from app.crash_points import reach
from app.gateways import CallFacts, Voice
from app.models import CallLog, Delivery
from app.pipeline.placing import ended
from app.pipeline.price import first_look
from app.pipeline.progress import recognise
from app.states import CALL, CALL_ENDED, DELIVERY_OVER

log = structlog.get_logger()
CLOCK_SKEW = timedelta(seconds=30)
POST_TAKES = timedelta(seconds=60)
"""A call is created no later than this after its intent was written."""
NOT_PLACED = "not_placed"
WITHDRAWN = "withdrawn"
RANG = "rang"
"""Withdrawn while it rang: the customer may have heard it."""


def give_up_on_answer(call: CallLog, *, now: datetime) -> bool:
    """A call that was being dialled for too long: its answer is lost. True where it moved."""
    if call.dialing_at is None:
        return False
    # As it was seen: a worker may find in this moment that nothing was sent.
    seen = {"dialing_at": call.dialing_at}
    return call.move_to(CALL, "unknown", at=now, cause="no word from the network", where=seen)


def reconcile(
    call_id: ObjectId, voice: Voice, *, now: datetime, grace: timedelta
) -> CallLog | None:
    """Ask the network what became of a call, and write it down. Raises TransientError.

    An ``unknown`` call is looked for among the network's calls to its number; those bound to
    other attempts do not count. Where there is none ``grace`` after dialling, it was not placed:
    the attempt is closed, never dialled again, and the delivery goes on with the next one.
    Returns the call where it moved.
    """
    call: CallLog | None = CallLog.across_tenants(pk=call_id).first()
    if call is None or call.status in CALL_ENDED:
        return None
    if call.call_sid:
        facts = voice.fetch_call(call.call_sid)
    elif call.dialing_at is None:
        return None
    else:
        facts = _find(call, voice)
    reach("reconcile-asked")
    if facts is not None:
        if not recognise(call, facts.call_sid):
            return None
        return call if project(call, facts, now=now, cause="the network was asked") else None
    if call.call_sid is None and call.dialing_at and now - call.dialing_at >= grace:
        return _close(call, now)
    return None


def _close(call: CallLog, now: datetime) -> CallLog | None:
    closed = call.move_to(
        CALL,
        "failed",
        at=now,
        cause="never placed",
        # A webhook may have brought the network's id in this very moment.
        where={"call_sid": None},
        set__outcome=NOT_PLACED,
        **ended(now),
    )
    if closed:
        log.warning("closed as not placed; the next attempt takes its place")
        reach("reconcile-closed")
    return call if closed else None


def look_again(call_id: ObjectId, voice: Voice, *, now: datetime) -> list[str]:
    """Look once more, long after, for a call that was closed as not placed.

    Returns the network's ids of what turned up: strangers now, to be ended where they live.
    Raises TransientError.
    """
    call: CallLog | None = CallLog.across_tenants(pk=call_id).first()
    if call is None or call.outcome != NOT_PLACED or call.looked_again_at or call.call_sid:
        return []
    facts = _find(call, voice)
    if facts is not None:
        recognise(call, facts.call_sid)
    call.modify({"looked_again_at": None}, set__looked_again_at=now)
    return [facts.call_sid] if facts else []


def end_strangers(call_id: ObjectId, voice: Voice, *, now: datetime) -> int:
    """End the calls that name this attempt and are not its call; safe to repeat.

    Returns how many were still alive. Raises TransientError.
    """
    call: CallLog | None = CallLog.across_tenants(pk=call_id).first()
    if call is None or not call.strangers:
        return 0
    alive = sum(voice.end_call(each) for each in call.strangers)
    # One that turned up meanwhile is for the next time.
    call.modify({"strangers__size": len(call.strangers)}, set__strangers_ended_at=now)
    return alive


def withdraw(
    call_id: ObjectId, voice: Voice, *, now: datetime, longest_queue: timedelta
) -> CallLog | None:
    """Cancel a call that nobody should be rung by any more, unless it was answered already.

    That is: a dispatcher cancelled it, its deliveries are over, its lawful window closes while it
    waits at the network, it waits there for longer than ``longest_queue``, or the customer was
    heard in another way. Returns the call where it ended. Raises TransientError.
    """
    call: CallLog | None = CallLog.across_tenants(pk=call_id).first()
    if call is None or call.status not in ("intended", "queued", "ringing"):
        return None
    why = _why_withdraw(call, now, longest_queue)
    if why is None:
        return None
    if call.dialing_at is None:
        moved = _canceled(call, now, why, where={"dialing_at": None})
    else:
        moved = _withdrawn_there(call, voice, why, now)
    return call if moved else None


def _withdrawn_there(call: CallLog, voice: Voice, why: str, now: datetime) -> bool:
    if call.call_sid is None:
        return False
    voice.end_call(call.call_sid, unless_answered=True)
    facts = voice.fetch_call(call.call_sid)
    if facts is None:
        return False
    if facts.status == "canceled":
        return _canceled(call, now, why)
    return project(call, facts, now=now, cause="withdrawn too late")


def _why_withdraw(call: CallLog, now: datetime, longest_queue: timedelta) -> str | None:
    if call.cancelled is not None:
        return "cancelled by hand"
    covers = call.covers or [call.delivery_id]
    deliveries = list(Delivery.of(call.tenant_id, pk__in=covers).only("status", "outreach.state"))
    left = [each for each in deliveries if each.status not in DELIVERY_OVER]
    if not left:
        return "the delivery is over"
    if not any(each.outreach.state == "calling" for each in left):
        return "the customer was heard in another way"
    if call.status == "queued":
        if call.queued_until is not None and call.queued_until <= now:
            return "its lawful window closed while it was queued"
        if call.dialing_at is not None and now - call.dialing_at > longest_queue:
            return "queued for too long"
    return None


def _canceled(call: CallLog, now: datetime, why: str, where: dict[str, Any] | None = None) -> bool:
    outcome = RANG if call.status == "ringing" else WITHDRAWN
    changes = ended(now)
    if call.call_sid is not None:
        changes["set__price_due_at"] = first_look(now)
    return call.move_to(
        CALL, "canceled", at=now, cause=why, where=where, set__outcome=outcome, **changes
    )


def project(call: CallLog, facts: CallFacts, *, now: datetime, cause: str) -> bool:
    """Bring the call up to what the network says; never backwards. True where it moved."""
    changes: dict[str, Any] = {}
    if facts.start_time and call.start_time is None:
        changes["set__start_time"] = facts.start_time
    if facts.answered_by and call.answered_by_proof is None:
        changes["set__answered_by"] = facts.answered_by
        changes["set__answered_by_proof"] = "detection"
    if facts.status in CALL_ENDED:
        changes |= ended(facts.end_time or now)
        changes["set__price_due_at"] = first_look(now)
        if facts.duration is not None:
            changes["set__duration"] = facts.duration
    return call.move_to(CALL, facts.status, at=now, cause=cause, **changes)


def _find(call: CallLog, voice: Voice) -> CallFacts | None:
    """The network's call for this attempt: to its number, from ours, of its time, and free."""
    since = call.dialing_at - CLOCK_SKEW
    until = call.dialing_at + POST_TAKES
    found = [
        facts
        for facts in voice.find_calls(call.to_number, since)
        if facts.from_number == call.from_number
        and (facts.created_at is None or facts.created_at <= until)
    ]
    sids = [facts.call_sid for facts in found]
    bound = CallLog.across_tenants(call_sid__in=sids).scalar("call_sid")
    strange = CallLog.across_tenants(pk__ne=call.pk, strangers__in=sids).scalar("strangers")
    taken = set(bound) | {each for several in strange for each in several}
    free = [facts for facts in found if facts.call_sid not in taken]
    return min(free, key=lambda facts: facts.created_at or call.dialing_at) if free else None
