"""What every webhook does first: find the call it is about, and keep the event as it came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from bson import ObjectId
from flask import abort, request

from app.logs import journey
from app.models import CallLog
from app.pipeline.dial import bind

log = structlog.get_logger()
_SID = re.compile(r"CA[0-9a-fA-F]{32}")


def now() -> datetime:
    """The time of this request."""
    return datetime.now(UTC)


@contextmanager
def about(call_id: str) -> Iterator[CallLog]:
    """The call that this webhook is about, with its id on every log line.

    404 for a call that we do not know, and for a sid that is not this call's.
    """
    call_sid = request.form.get("CallSid", "")
    if not ObjectId.is_valid(call_id) or not _SID.fullmatch(call_sid):
        abort(404)
    with journey(call_id, call_sid=call_sid):
        call = CallLog.across_tenants(pk=ObjectId(call_id)).first()
        if call is None or not bind(call, call_sid):
            log.warning("webhook about a call that is not ours")
            abort(404)
        yield call


def keep(call: CallLog, event: str, key: str) -> bool:
    """Keep the raw event; False where it came before. What follows is safe to repeat anyway."""
    data: dict[str, Any] = {
        name: values[0] if len(values) == 1 else values for name, values in request.form.lists()
    }
    token = request.headers.get("I-Twilio-Idempotency-Token")
    if token:
        data["I-Twilio-Idempotency-Token"] = token
    fresh = call.note_event(key, event, data, at=now())
    log.info("webhook", event_kind=event, fresh=fresh)
    return fresh


def own_key(event: str) -> str:
    """A key for an event that has no number of its own: Twilio repeats the token, or none."""
    token = request.headers.get("I-Twilio-Idempotency-Token") or str(ObjectId())
    return f"{event}:{token}"
