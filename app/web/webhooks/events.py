"""What Twilio reports: a call's progress, who answered, and recordings."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from bson import ObjectId
from flask import Response, abort, request

from app import callbacks, queues
from app.gateways import CallFacts, RecordingFacts
from app.pipeline import record, talk
from app.pipeline.dial import project
from app.states import CALL_ENDED
from app.web.here import runtime_here
from app.web.webhooks import blueprint
from app.web.webhooks.arrivals import about, keep, now

_RECORDING_SID = re.compile(r"RE[0-9a-fA-F]{32}")
STATUSES = {
    "initiated": "queued",
    "queued": "queued",
    "ringing": "ringing",
    "in-progress": "in-progress",
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no-answer",
    "failed": "failed",
    "canceled": "canceled",
}
"""Twilio's CallStatus, as callbacks have it, in our words."""


@blueprint.post(callbacks.STATUS)
def status(call_id: str) -> Response:
    """The call's progress; a state never goes back."""
    form = request.form
    said = STATUSES.get(form.get("CallStatus", ""))
    if said is None:
        abort(400, "CallStatus is none that we know")
    with about(call_id) as call:
        keep(call, said, f"{form['CallSid']}:{form.get('SequenceNumber', '')}:{said}")
        reported_at = _when(form.get("Timestamp"))
        live = said == "in-progress"
        facts = CallFacts(
            call_sid=form["CallSid"],
            status=said,
            to_number=form.get("To", ""),
            from_number=form.get("From", ""),
            created_at=None,
            start_time=(reported_at or now()) if live else None,
            end_time=(reported_at or now()) if said in CALL_ENDED else None,
            duration=_number(form.get("CallDuration")),
            answered_by=None,
        )
        project(call, facts, now=now(), cause="the network's report")
        if said in CALL_ENDED:
            if form.get("ErrorCode"):
                call.modify({"error_code": None}, set__error_code=form["ErrorCode"])
            _wake(queues.CONCLUDE, call.pk, call_id)
    return Response(status=204)


@blueprint.post(callbacks.ANSWERED_BY)
def answered_by(call_id: str) -> Response:
    """Who answered, as far as answering-machine detection can tell."""
    with about(call_id) as call:
        keep(call, "answered-by", f"answered-by:{request.form['CallSid']}")
        talk.answered_by(call, request.form.get("AnsweredBy", "unknown"), now=now())
    return Response(status=204)


@blueprint.post(callbacks.RECORDING)
def recording(call_id: str) -> Response:
    """A recording is there, or will not be. Its address is not believed, only its id."""
    form = request.form
    recording_sid = form.get("RecordingSid", "")
    if not _RECORDING_SID.fullmatch(recording_sid):
        abort(400, "RecordingSid is none")
    with about(call_id) as call:
        facts = RecordingFacts(
            recording_sid=recording_sid,
            call_sid=form["CallSid"],
            status=form.get("RecordingStatus", ""),
            duration=float(_number(form.get("RecordingDuration")) or 0),
            error_code=form.get("ErrorCode"),
        )
        keep(call, f"recording-{facts.status}", f"{facts.recording_sid}:{facts.status}")
        found = record.announce(call, facts, bucket=runtime_here().settings.s3_bucket, now=now())
        if found is not None:
            job = queues.STORE if found.stage == "announced" else queues.CONCLUDE
            _wake(job, found.pk if job is queues.STORE else call.pk, call_id)
    return Response(status=204)


def _wake(job: queues.Job, document_id: ObjectId, call_id: str) -> None:
    runtime_here().enqueuer.enqueue(job, document_id, correlation_id=call_id)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None


def _when(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
