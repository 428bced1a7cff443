"""Dial: the network is asked once for a call; a lost answer is looked up, never guessed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from bson import ObjectId

from app.callbacks import Callbacks
from app.crash_points import reach
from app.gateways import CallRequest, Voice
from app.models import CallLog, Delivery, Tenant
from app.pipeline import circuit, pace
from app.pipeline.pace import Clock, Moment
from app.pipeline.permission import judge_delivery
from app.pipeline.placing import PAUSES, ended, write_down
from app.pipeline.policy import CallingPolicy, closes_soon
from app.pipeline.reconcile import WITHDRAWN
from app.rules.call_script import START
from app.rules.gate import Weight
from app.states import CALL

log = structlog.get_logger()
LONGEST_PAUSE = 2.0
"""Seconds between the intent and the request; whoever was stopped for longer does not send."""
_LEAD = 0.3
"""Seconds before its moment at which a call is made ready: the gate asked, the intent written."""
_MOST_MOMENTS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """What dialling needs beside the call."""

    voice: Voice
    public_url: str
    policy: CallingPolicy
    clock: Clock = field(default_factory=Clock)


def dial(call_id: ObjectId, line: Line) -> CallLog | None:
    """Ask the network for an intended call at the account's pace, at most once ever.

    ``dialing_at`` is written first, by compare-and-set: whoever wrote it may send the one
    request, and nobody else will. The gate is asked once more just before. None where the call
    was dialled before, or waits: for the pace, for the circuit, or for its next try.
    """
    now = line.clock.now()
    call: CallLog | None = CallLog.across_tenants(pk=call_id).first()
    if call is None or call.status != "intended" or call.dialing_at is not None:
        return None
    if call.next_try_at is not None and call.next_try_at > now:
        return None
    reach("dial-begin")
    for _ in range(_MOST_MOMENTS):
        waits = _circuit_waits(call, line)
        moment = None if waits else _moment(call, line)
        if not isinstance(moment, Moment):
            return None
        reach("dial-reserved")
        if _refused_by_gate(call, line):
            return call
        sent = _send_once(call, moment, line)
        if sent is not None:
            return call if sent else None
    _later(call, timedelta(seconds=PAUSES[0]), line, "its moments passed before it was ready")
    return None


def _circuit_waits(call: CallLog, line: Line) -> bool:
    opens_at = circuit.opens_at(circuit.CALLS)
    now = line.clock.now()
    if opens_at is None or opens_at <= now:
        return False
    _later(call, opens_at - now, line, "the circuit is open")
    return True


def _moment(call: CallLog, line: Line) -> Moment | None:
    """The account's next moment that suits the company too, once it has nearly come."""
    policy = line.policy
    tenant = Tenant.of(call.tenant_id).only("calling").first()
    own = tenant.calling.calls_per_second if tenant else None
    found = pace.reserve(
        policy.account, policy.per_second, clock=line.clock, company=(call.tenant_id, own)
    )
    if not isinstance(found, Moment):
        _later(call, timedelta(seconds=found.seconds), line, "the pace: others come first")
        return None
    line.clock.sleep(max(0.0, found.at - _LEAD - line.clock.boot()))
    return found


def _later(call: CallLog, pause: timedelta, line: Line, why: str) -> None:
    """The claimed call waits; nothing was sent."""
    log.info("left for later", why=why, seconds=round(pause.total_seconds(), 1))
    call.modify(
        {"status": "intended", "dialing_at": None}, set__next_try_at=line.clock.now() + pause
    )


def _refused_by_gate(call: CallLog, line: Line) -> bool:
    """Ask everything again that may have changed since the claim; a refusal ends the attempt."""
    now = line.clock.now()
    by_hand = (WITHDRAWN, "cancelled by hand") if call.cancelled is not None else None
    refusal = by_hand or _refusal(call, line.policy, now)
    if refusal is None:
        return False
    outcome, why = refusal
    call.move_to(
        CALL,
        "canceled",
        at=now,
        cause=why,
        where={"dialing_at": None},
        set__outcome=outcome,
        **ended(now),
    )
    return True


def _refusal(call: CallLog, policy: CallingPolicy, now: datetime) -> tuple[str, str] | None:
    delivery: Delivery | None = Delivery.of(call.tenant_id, pk=call.delivery_id).first()
    if delivery is None or delivery.status in ("cancelled", "completed", "failed"):
        return "delivery_over", "the delivery is over"
    if delivery.outreach.state != "calling":
        return "answered", f"the outreach is {delivery.outreach.state} already"
    verdict = judge_delivery(delivery, policy.book, now=now, window=policy.window, but=[call.pk])
    if verdict is None:
        return "delivery_over", "the customer is gone"
    if verdict.allowed and not closes_soon(verdict.not_after, now):
        return None
    if verdict.allowed:
        return "not_allowed", "its hours for calls are over in a moment"
    against = {each.rule for each in verdict.reasons if each.weight is Weight.FORBIDS}
    return ("suppressed" if "suppression" in against else "not_allowed"), verdict.summary


def _send_once(call: CallLog, moment: Moment, line: Line) -> bool | None:
    """Write the intent, then send. False where nothing may be sent; None where it came too late."""
    clock = line.clock
    if not circuit.may_ask(circuit.CALLS, call.pk, now=clock.now()):
        _circuit_waits(call, line)
        return False
    held_from, intent = clock.boot(), clock.now()
    if not call.modify(
        {"status": "intended", "dialing_at": None},
        set__dialing_at=intent,
        unset__next_try_at=True,
    ):
        return False
    reach("dial-intent")
    clock.sleep(max(0.0, moment.at - clock.boot()))
    if clock.boot() - held_from > LONGEST_PAUSE:
        # Stopped or suspended in between: who knows what was concluded from that meanwhile.
        log.error("not sent: stopped between the intent and the request")
        return False
    if clock.boot() > moment.latest:
        call.modify({"status": "intended", "dialing_at": intent}, unset__dialing_at=True)
        return None
    result = line.voice.place_call(_request(call, line))
    reach("dial-sent")
    write_down(call, result, now=clock.now())
    reach("dial-noted")
    return True


def _request(call: CallLog, line: Line) -> CallRequest:
    callbacks = Callbacks(line.public_url, str(call.pk))
    return CallRequest(
        to_number=call.to_number,
        from_number=call.from_number,
        script_url=callbacks.script(START),
        status_url=callbacks.status,
        answered_by_url=callbacks.answered_by,
    )
