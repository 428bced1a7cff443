"""A bridged call: what the driver hears and presses, and what is reported of both calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from bson import ObjectId
from flask import abort, request

from app import callbacks
from app.callbacks import BridgeCallbacks
from app.logs import journey
from app.models import BridgedCall
from app.pipeline import bridge_progress
from app.rules.bridging_words import Words, words
from app.rules.call_script.texts import Language, language
from app.states import CALL_ENDED
from app.web import bridge_twiml, twiml
from app.web.here import runtime_here
from app.web.webhooks import blueprint
from app.web.webhooks.answers import StrangerError, pressed, reported, spoken
from app.web.webhooks.arrivals import CALL_SID, ids, now, raw, tenant_of
from app.web.webhooks.events import STATUSES, matching_code, number, when

log = structlog.get_logger()
_PUT_THROUGH = "1"
_DIALLED = {"answered": "completed", **{each: each for each in sorted(CALL_ENDED)}}
"""What Twilio says of a Dial that is over, in our words."""


@blueprint.post(callbacks.BRIDGE_GREETING)
@spoken
def bridge_greeting(call_id: str) -> str:
    """Say to who was rung first what it is about, and ask for a key."""
    with _about(call_id) as call:
        text, voice = _speaks(call)
        tenant = tenant_of(call.tenant_id)
        return bridge_twiml.greeting(
            text, voice, _callbacks(call_id), company=tenant.name if tenant else "DelAuto"
        )


@blueprint.post(callbacks.BRIDGE_KEYS)
@spoken
def bridge_keys(call_id: str) -> str:
    """Put them through, if they pressed the key, and are still allowed to."""
    with _about(call_id) as call:
        text, voice = _speaks(call)
        if pressed() != _PUT_THROUGH:
            return bridge_twiml.farewell(text.goodbye, voice)
        if bridge_progress.put_through(call, now=now()) is not None:
            return bridge_twiml.farewell(text.refused, voice)
        return bridge_twiml.put_through(
            text, voice, _callbacks(call_id),
            number=call.customer_phone, caller_id=call.from_number,
        )  # fmt: skip


@blueprint.post(callbacks.BRIDGE_DIALLED)
@spoken
def bridge_dialled(call_id: str) -> str:
    """The customer hung up, or was not reached: tell the driver."""
    with _about(call_id) as call:
        text, voice = _speaks(call)
        status = _DIALLED.get(request.form.get("DialCallStatus", ""), "failed")
        sid = request.form.get("DialCallSid", "")
        if CALL_SID.fullmatch(sid):
            seconds = number(request.form.get("DialCallDuration"))
            bridge_progress.customer(call, sid, status, now=now(), duration=seconds)
        if status == "completed":
            return bridge_twiml.farewell(None, voice)
        return bridge_twiml.farewell(text.busy if status == "busy" else text.no_answer, voice)


@blueprint.post(callbacks.BRIDGE_STATUS)
@reported
def bridge_status(call_id: str) -> None:
    """How the call to the person who asked is getting on; a state never goes back."""
    named, call_sid = ids(call_id)
    with journey(call_id, call_sid=call_sid):
        call, status = _known(named), _status()
        if not bridge_progress.bind(call, call_sid):
            raise StrangerError
        _keep(call, "status", f"{call_sid}:{request.form.get('SequenceNumber', '')}:{status}")
        bridge_progress.told(
            call, status, now=now(), at=when(request.form.get("Timestamp")),
            duration=number(request.form.get("CallDuration")), code=matching_code("ErrorCode"),
        )  # fmt: skip


@blueprint.post(callbacks.BRIDGE_CUSTOMER)
@reported
def bridge_customer(call_id: str) -> None:
    """How the call to the customer is getting on."""
    named, customer_sid = ids(call_id)
    with journey(call_id, call_sid=customer_sid):
        call, status = _known(named), _status()
        if request.form.get("ParentCallSid") != call.call_sid or call.connecting_at is None:
            raise StrangerError
        key = f"{customer_sid}:{request.form.get('SequenceNumber', '')}:{status}"
        _keep(call, "customer", key)
        bridge_progress.customer(
            call, customer_sid, status, now=now(), at=when(request.form.get("Timestamp")),
            duration=number(request.form.get("CallDuration")),
        )  # fmt: skip


@contextmanager
def _about(call_id: str) -> Iterator[BridgedCall]:
    """The call on whose line this is; StrangerError, and so a hang-up, where it is over or another.

    What was captured and sent again after the end finds nothing to say.
    """
    named, call_sid = ids(call_id)
    with journey(call_id, call_sid=call_sid):
        call = _known(named)
        twiml.speaks(call.language)
        if call.status in CALL_ENDED or not bridge_progress.bind(call, call_sid):
            raise StrangerError
        yield call


def _known(named: ObjectId) -> BridgedCall:
    call: BridgedCall | None = BridgedCall.across_tenants(pk=named).first()
    if call is None:
        log.warning("webhook about a bridged call that is not ours")
        abort(404)
    return call


def _status() -> str:
    status = STATUSES.get(request.form.get("CallStatus", ""))
    if status is None:
        abort(400, "CallStatus is none that we know")
    return status


def _keep(call: BridgedCall, event: str, key: str) -> None:
    call.note_event(key, event, raw(), at=now())


def _speaks(call: BridgedCall) -> tuple[Words, Language]:
    return words(call.language), language(call.language)


def _callbacks(call_id: str) -> BridgeCallbacks:
    return BridgeCallbacks(runtime_here().settings.public_url, call_id)
