"""Ring the person who asked to be put through: once, whatever dies; and what became of it.

The same one way as an automated call's (``docs/decisions/0002``): ``dialing_at`` is written first,
by compare-and-set, and whoever wrote it may send the one request. A lost answer is looked up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog
from bson import ObjectId

from app.callbacks import BridgeCallbacks
from app.gateways import (
    AnswerLost,
    CallFacts,
    CallRequest,
    NotSent,
    Placed,
    PlaceResult,
    Refused,
    Voice,
)
from app.models import BridgedCall, CallLog
from app.pipeline import bridge_progress, circuit, pace
from app.pipeline.bridge import why_not_now
from app.pipeline.dial import LONGEST_PAUSE, Line
from app.pipeline.pace import Moment
from app.pipeline.placing import ended
from app.pipeline.price import next_look
from app.pipeline.reconcile import CLOCK_SKEW, POST_TAKES
from app.rules import network_errors
from app.rules.bridging import Refusal
from app.rules.network_errors import Action
from app.states import BRIDGE, CALL_ENDED

log = structlog.get_logger()
MOST_SECONDS = 900
"""Of the whole call, after which the network ends it."""
_RING_SECONDS = 25
_AGAIN = timedelta(seconds=2)


def ring(call_id: ObjectId, line: Line) -> None:
    """Ask the network for the call to the person, at the account's pace, at most once ever.

    Nothing where it was asked for before, or waits. A minute after the press, and where it is not
    allowed any more, it ends instead.
    """
    now = line.clock.now()
    call: BridgedCall | None = BridgedCall.across_tenants(pk=call_id).first()
    if call is None or call.status != "intended" or call.dialing_at is not None:
        return
    if call.next_try_at is not None and call.next_try_at > now:
        return
    if now >= call.valid_until:
        _end(call, "nobody waits for it any more", now)
        return
    why: Refusal | None = why_not_now(call, now=now)
    if why is None and not circuit.may_ask(circuit.CALLS, call.pk, now=now):
        why = "network_away"
    if why is not None:
        _end(call, why, now, why=why)
        return
    found = pace.reserve(line.policy.account, line.policy.per_second, clock=line.clock)
    if not isinstance(found, Moment):
        call.modify({"dialing_at": None}, set__next_try_at=now + timedelta(seconds=found.seconds))
        return
    _send_once(call, found, line)


def _send_once(call: BridgedCall, moment: Moment, line: Line) -> None:
    clock = line.clock
    clock.sleep(max(0.0, moment.at - clock.boot()))
    held_from, intent = clock.boot(), clock.now()
    mine = {"status": "intended", "dialing_at": None}
    if not call.modify(mine, set__dialing_at=intent, unset__next_try_at=True):
        return
    if clock.boot() - held_from > LONGEST_PAUSE:
        # Stopped or suspended in between: who knows what was concluded from that meanwhile.
        log.error("not sent: stopped between the intent and the request")
        return
    callbacks = BridgeCallbacks(line.public_url, str(call.pk))
    result = line.voice.place_call(
        CallRequest(
            to_number=call.person_phone,
            from_number=call.from_number,
            script_url=callbacks.greeting,
            status_url=callbacks.status,
            answered_by_url=None,
            ring_seconds=_RING_SECONDS,
            most_seconds=MOST_SECONDS,
        )
    )
    _write_down(call, result, clock.now())


def _write_down(call: BridgedCall, result: PlaceResult, now: datetime) -> None:
    match result:
        case Placed(call_sid, status):
            circuit.worked(circuit.CALLS, call.pk, now=now)
            if bridge_progress.bind(call, call_sid):
                # The network's own callbacks may have been faster: a refused move is fine.
                call.move_to(BRIDGE, status, at=now, cause="placed")
        case Refused(code, _):
            _refused(call, code, now)
        case NotSent(reason):
            _not_sent(call, reason, now)
        case AnswerLost(reason):
            log.warning("answer lost, the network will be asked", reason=reason)
            call.move_to(BRIDGE, "unknown", at=now, cause="the network's answer was lost")


def _refused(call: BridgedCall, code: str, now: datetime) -> None:
    error = network_errors.of(code)
    if error.action is Action.REPEAT:
        _not_sent(call, error.meaning, now)
        return
    if error.action is Action.RECONCILE:
        call.move_to(BRIDGE, "unknown", at=now, cause=error.meaning)
        return
    circuit.failed(circuit.CALLS, code, call.pk, about=call.person_id, now=now)
    call.move_to(
        BRIDGE, "failed", at=now, cause=f"refused with {code}: {error.meaning}",
        set__error_code=code, **ended(now),
    )  # fmt: skip


def _not_sent(call: BridgedCall, reason: str, now: datetime) -> None:
    """Nothing was placed, for certain: it is asked for again in a moment."""
    log.warning("not sent, will be sent again", reason=reason)
    call.modify(
        {"status": "intended", "dialing_at": call.dialing_at},
        unset__dialing_at=True,
        inc__tries=1,
        set__next_try_at=now + _AGAIN,
    )


def _end(call: BridgedCall, cause: str, now: datetime, *, why: Refusal | None = None) -> None:
    changes: dict[str, Any] = {"set__refused_why": why} if why else {}
    call.move_to(
        BRIDGE, "canceled", at=now, cause=cause, where={"dialing_at": None},
        **ended(now), **changes,
    )  # fmt: skip


def follow(call_id: ObjectId, voice: Voice, *, now: datetime, grace: timedelta) -> None:
    """Ask the network what became of a call of which nothing was heard for long.

    One that it does not know ``grace`` after the request was never placed. Raises TransientError.
    """
    call: BridgedCall | None = BridgedCall.across_tenants(pk=call_id).first()
    if call is None or call.status in CALL_ENDED or call.dialing_at is None:
        return
    if call.status == "intended":
        seen = {"dialing_at": call.dialing_at}
        call.move_to(BRIDGE, "unknown", at=now, cause="no word from the network", where=seen)
    facts = voice.fetch_call(call.call_sid) if call.call_sid else _find(call, voice)
    if facts is not None and bridge_progress.bind(call, facts.call_sid):
        bridge_progress.told(call, facts.status, now=now, at=facts.end_time or facts.start_time,
                             duration=facts.duration, cause="the network was asked")  # fmt: skip
    elif facts is None and call.call_sid is None and now - call.dialing_at >= grace:
        call.move_to(
            BRIDGE, "failed", at=now, cause="never placed", where={"call_sid": None}, **ended(now)
        )  # fmt: skip
    if call.customer_sid and call.customer_status not in CALL_ENDED:
        leg = voice.fetch_call(call.customer_sid)
        if leg is not None:
            bridge_progress.customer(call, leg.call_sid, leg.status, now=now, at=leg.end_time,
                                     duration=leg.duration)  # fmt: skip


def _find(call: BridgedCall, voice: Voice) -> CallFacts | None:
    """The network's call for this one: to the person, from us, of its time, and nobody else's."""
    since = call.dialing_at - CLOCK_SKEW
    found = [
        facts
        for facts in voice.find_calls(call.person_phone, since)
        if facts.from_number == call.from_number
        and (facts.created_at is None or facts.created_at <= call.dialing_at + POST_TAKES)
    ]
    sids = [facts.call_sid for facts in found]
    taken = {
        *BridgedCall.across_tenants(call_sid__in=sids).scalar("call_sid"),
        *CallLog.across_tenants(call_sid__in=sids).scalar("call_sid"),
    }
    free = [facts for facts in found if facts.call_sid not in taken]
    return min(free, key=lambda facts: facts.created_at or call.dialing_at) if free else None


def price(call_id: ObjectId, voice: Voice, *, now: datetime) -> None:
    """Ask the network what both calls cost, where that is due.

    When to ask next is noted before; three days after the end it is asked no more. Raises
    TransientError.
    """
    call: BridgedCall | None = BridgedCall.across_tenants(pk=call_id).first()
    if call is None or call.price_due_at is None or call.price_due_at > now:
        return
    if not call.modify({"price_due_at": call.price_due_at}, **next_look(call.end_time, now)):
        return
    charged = [(call.call_sid, call.duration), (call.customer_sid, call.talked)]
    facts = [voice.fetch_call(sid) for sid, seconds in charged if sid and seconds]
    cost = _sum(facts)
    if cost is not None:
        currency = next(each.currency for each in facts if each is not None)
        call.modify(set__cost=float(cost), set__currency=currency, unset__price_due_at=True)


def _sum(facts: Iterable[CallFacts | None]) -> Decimal | None:
    """What they cost together; None while one of them has no price, or there is none."""
    costs = [each.cost if each is not None else None for each in facts]
    known = [each for each in costs if each is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(costs) else None
