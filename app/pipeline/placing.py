"""What the network answered to the one request for a call, written down."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog

from app.crash_points import reach
from app.gateways import AnswerLost, NotSent, Placed, PlaceResult, Refused
from app.models import CallLog
from app.pipeline import circuit
from app.pipeline.progress import recognise
from app.rules import network_errors
from app.rules.network_errors import Action
from app.states import CALL

log = structlog.get_logger()
PAUSES = (2, 5, 15, 30, 60)
"""Seconds until a request that was not sent is sent again."""


def write_down(call: CallLog, result: PlaceResult, *, now: datetime) -> None:
    """The call's new state, by what is proven; safe whatever webhooks wrote meanwhile."""
    match result:
        case Placed(call_sid, status):
            if recognise(call, call_sid):
                reach("dial-bound")
                # The network's own callbacks may have been faster: a refused move is fine.
                call.reload()
                call.move_to(CALL, status, at=now, cause="placed")
            circuit.worked(circuit.CALLS, call.pk, now=now)
        case Refused(code, message):
            _refused(call, code, message, now)
        case NotSent(reason):
            _not_sent(call, reason, now)
        case AnswerLost(reason):
            log.warning("answer lost, the network will be asked", reason=reason)
            call.move_to(CALL, "unknown", at=now, cause="the network's answer was lost")


def _refused(call: CallLog, code: str, message: str, now: datetime) -> None:
    error = network_errors.of(code)
    if error.action is Action.REPEAT:
        _not_sent(call, error.meaning, now)
        return
    if error.action is Action.RECONCILE:
        call.move_to(CALL, "unknown", at=now, cause=error.meaning)
        return
    circuit.failed(circuit.CALLS, code, call.pk, about=call.customer_id, now=now)
    call.move_to(
        CALL,
        "failed",
        at=now,
        cause=f"refused with {code}: {error.meaning}",
        set__error_code=code,
        set__error_message=message,
        **ended(now),
    )


def _not_sent(call: CallLog, reason: str, now: datetime) -> None:
    """Nothing was placed, for certain: the same call is asked for again after a pause."""
    tries = (call.tries or 0) + 1
    pause = timedelta(seconds=PAUSES[min(tries, len(PAUSES)) - 1])
    log.warning("not sent, will be sent again", reason=reason, seconds=pause.seconds)
    call.modify(
        {"status": "intended", "dialing_at": call.dialing_at},
        unset__dialing_at=True,
        set__tries=tries,
        set__next_try_at=now + pause,
    )


def ended(at: datetime) -> dict[str, Any]:
    """What is written with every move to an end."""
    return {"set__end_time": at, "set__in_flight": False}
