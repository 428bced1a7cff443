"""What every webhook does first: find the call it is about, and keep the event as it came."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, TypeVar

import structlog
from bson import ObjectId
from flask import abort, current_app, request

from app.logs import journey
from app.models import CallLog, Tenant
from app.models.call_log import MOST_EVENTS, WebhookEvent
from app.pipeline.ledger import Change
from app.pipeline.live_call import LiveCall, live
from app.pipeline.progress import recognise
from app.web.webhooks.answers import (
    StrangerError,
    find_with_others,
    hang_up,
    write_with_others,
)

log = structlog.get_logger()
CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")
"""The network's id of a call."""
_LEAN = {"webhook_events": 0, "history": 0, "offered": 0, "outbox": 0, "why_allowed": 0}
_HAS_ROOM = {f"webhook_events.{MOST_EVENTS - 1}": {"$exists": False}}
_NOTHING: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
Known = TypeVar("Known", CallLog, LiveCall)
_TENANT_SECONDS = 5.0
_TENANTS = "delauto.tenants"


def now() -> datetime:
    """The time of this request."""
    return datetime.now(UTC)


@contextmanager
def about(call_id: str) -> Iterator[CallLog]:
    """The call that this webhook is about, with its id on every log line.

    It comes without its history and the webhooks before. 404 for a call that we do not know;
    StrangerError for a call that names our attempt and is not its call.
    """
    named, call_sid = ids(call_id)
    with journey(call_id, call_sid=call_sid):
        # The sid that is compared next proves whose call it is.
        found = CallLog._get_collection().find_one({"_id": named}, _LEAN)
        yield _ours(None if found is None else CallLog._from_son(found), call_sid)


@contextmanager
def on_the_line(call_id: str) -> Iterator[LiveCall]:
    """The same for a call whose customer waits for words: only what a turn needs of it."""
    named, call_sid = ids(call_id)
    with journey(call_id, call_sid=call_sid):
        found = find_with_others(named)
        yield _ours(None if found is None else live(*found), call_sid)


def _ours(call: Known | None, call_sid: str) -> Known:
    if call is None:
        log.warning("webhook about a call that is not ours")
        abort(404)
    if not recognise(call, call_sid):
        hang_up(call.pk, str(call.pk))
        raise StrangerError
    return call


def ids(call_id: str) -> tuple[ObjectId, str]:
    """The call named in the address and the network's id for it; 404 where either is none."""
    if not ObjectId.is_valid(call_id):
        abort(404)
    return ObjectId(call_id), call_sid_here()


def call_sid_here() -> str:
    """The network's id of the call; 404 where there is none."""
    call_sid: str = request.form.get("CallSid", "")
    if not CALL_SID.fullmatch(call_sid):
        abort(404)
    return call_sid


def keep(
    call: CallLog | LiveCall,
    event: str,
    key: str,
    also: Mapping[str, Mapping[str, Any]] = _NOTHING,
) -> bool:
    """Keep the raw event, and in the same write what else changes (MongoDB's operators).

    False where the event came before: then nothing is written. The call in memory stays as it was.
    """
    at = now()
    new = {"_id": call.pk, "tenant_id": call.tenant_id, "webhook_events.key": {"$ne": key}}
    changes = {**also, "$set": {**also.get("$set", {}), "updatedAt": at}}
    sealed = WebhookEvent.data.to_mongo(raw())
    seen = {"key": key, "event": event, "timestamp": at, "data": sealed}
    with_event = {**changes, "$push": {**also.get("$push", {}), "webhook_events": seen}}
    fresh = write_with_others(Change({**new, **_HAS_ROOM}, with_event))
    if not fresh:
        calls = CallLog._get_collection()
        kept = {"$elemMatch": {"key": key, "timestamp": at}}
        if calls.count_documents({"_id": call.pk, "webhook_events": kept}, limit=1):
            # Another of those written together was a repetition; this one was not.
            fresh = True
        else:
            # Not there, or a call of too many events: what they mean counts all the same.
            fresh = bool(calls.update_one({**new, **_HAS_ROOM}, with_event).matched_count)
            if not fresh and also:
                fresh = bool(calls.update_one(new, changes).matched_count)
    if not fresh:
        # Only what is odd: every event is in the ledger, and a line costs a tenth of a step.
        log.info("a webhook came again", event_kind=event)
    return fresh


def raw() -> dict[str, Any]:
    """The parameters as they came, and the token by which Twilio marks a repetition."""
    data: dict[str, Any] = {
        name: values[0] if len(values) == 1 else values for name, values in request.form.lists()
    }
    token = request.headers.get("I-Twilio-Idempotency-Token")
    if token:
        data["I-Twilio-Idempotency-Token"] = token
    return data


def own_key(event: str) -> str:
    """A key for an event that has no number of its own: Twilio repeats the token, or none."""
    token = request.headers.get("I-Twilio-Idempotency-Token") or str(ObjectId())
    return f"{event}:{token}"


def tenant_of(tenant_id: str) -> Tenant | None:
    """The company, as it was at most five seconds ago: its texts are asked for at every step."""
    known: dict[str, tuple[float, Tenant]] = current_app.extensions.setdefault(_TENANTS, {})
    at, tenant = known.get(tenant_id, (0.0, None))
    if tenant is None or time.monotonic() - at > _TENANT_SECONDS:
        tenant = Tenant.of(tenant_id).first()
        if tenant is not None:
            known[tenant_id] = (time.monotonic(), tenant)
    return tenant
