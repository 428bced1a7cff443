"""What Twilio reports: a call's progress, who answered, and recordings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

import structlog
from bson import ObjectId
from flask import abort, request

from app import callbacks, queues
from app.crash_points import reach
from app.gateways import RecordingFacts
from app.logs import journey
from app.pipeline import inbound, progress, record
from app.pipeline.inbound import Arrival
from app.pipeline.progress import Report
from app.states import CALL_ENDED
from app.web.here import runtime_here
from app.web.webhooks import blueprint
from app.web.webhooks.answers import StrangerError, hang_up, reported, wake, write_with_others
from app.web.webhooks.arrivals import about, call_sid_here, ids, keep, now, raw

log = structlog.get_logger()
_RECORDING_SID = re.compile(r"RE[0-9a-fA-F]{32}")
_VERDICT = re.compile(r"human|unknown|fax|machine_[a-z_]{1,24}")
_CODE = re.compile(r"[0-9]{1,6}")
STATUSES: Mapping[str, str] = {
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
@reported
def status(call_id: str) -> None:
    """The call's progress; a state never goes back."""
    named, call_sid = ids(call_id)
    with journey(call_id, call_sid=call_sid):
        _take(named, _progress(call_sid))


@blueprint.post(callbacks.INBOUND_STATUS)
@reported
def inbound_status() -> None:
    """The progress of a call from a customer: its address is the number's, and names no call."""
    call_sid = call_sid_here()
    with journey(call_sid, call_sid=call_sid):
        report = _progress(call_sid)
        named = progress.by_sid(call_sid) or _missed(call_sid, report)
        if named is None:
            abort(404)
        _take(named, report)


@blueprint.post(callbacks.ANSWERED_BY)
@reported
def answered_by(call_id: str) -> None:
    """Who answered, as far as answering-machine detection can tell."""
    named, call_sid = ids(call_id)
    with journey(call_id, call_sid=call_sid):
        report = Report(
            call_sid=call_sid,
            key=f"answered-by:{call_sid}",
            event="answered-by",
            data=raw(),
            answered_by=_matching(_VERDICT, "AnsweredBy") or "unknown",
            detection_ms=number(request.form.get("MachineDetectionDuration")),
        )
        _take(named, report)


@blueprint.post(callbacks.RECORDING)
@reported
def recording(call_id: str) -> None:
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
            duration=float(number(form.get("RecordingDuration")) or 0),
            error_code=matching_code("ErrorCode"),
        )
        keep(call, f"recording-{facts.status}", f"{facts.recording_sid}:{facts.status}")
        reach("webhook-kept")
        found = record.announce(call, facts, bucket=runtime_here().settings.s3_bucket, now=now())
        reach("recording-announced")
        if found is not None and found.stage == "announced":
            wake(queues.STORE, found.pk, call_id)
        elif found is not None:
            wake(queues.CONCLUDE, call.pk, call_id)


def _take(call_id: ObjectId, report: Report) -> None:
    ours = progress.take(call_id, report, now=now(), write=write_with_others)
    reach("webhook-kept")
    if ours is None:
        abort(404)
    if not ours:
        hang_up(call_id, str(call_id))
        raise StrangerError
    if report.status in CALL_ENDED:
        # One line a call: every report is in the ledger, with its place in the history.
        log.info("webhook", event_kind=report.event)
        wake(queues.CONCLUDE, call_id, str(call_id))


def _missed(call_sid: str, report: Report) -> ObjectId | None:
    """Keep a customer's call whose announcement never reached us; None where it is none of ours."""
    form = request.form
    tenant = inbound.tenant_called(form.get("To", ""), form.get("From", ""))
    if form.get("Direction") != "inbound" or tenant is None:
        return None
    log.warning("a customer called and was not answered: we were out of reach")
    key = f"missed:{report.key}"
    arrival = Arrival(call_sid, form.get("From", ""), form.get("To", ""), key, dict(report.data))
    missed: ObjectId = inbound.arrive(tenant, arrival, now=now()).pk
    return missed


def _progress(call_sid: str) -> Report:
    form = request.form
    said = STATUSES.get(form.get("CallStatus", ""))
    if said is None:
        abort(400, "CallStatus is none that we know")
    return Report(
        call_sid=call_sid,
        # Twilio's word, not ours: initiated and queued are two reports.
        key=f"{call_sid}:{form.get('SequenceNumber', '')}:{form['CallStatus']}",
        event=said,
        data=raw(),
        status=said,
        reported_at=when(form.get("Timestamp")),
        duration=number(form.get("CallDuration")),
        error_code=matching_code("ErrorCode"),
        sip_code=matching_code("SipResponseCode"),
        stir=_matching(re.compile("[ABC]"), "StirStatus"),
        answered_by=_matching(_VERDICT, "AnsweredBy"),
    )


def _matching(pattern: re.Pattern[str], name: str) -> str | None:
    value = request.form.get(name, "")
    return value if pattern.fullmatch(value) else None


def matching_code(name: str) -> str | None:
    """A parameter that is one of the network's codes; None where it is none."""
    return _matching(_CODE, name)


def number(text: str | None) -> int | None:
    """Seconds, or whatever else is counted; None where it is no number."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else None


def when(text: str | None) -> datetime | None:
    """A time as the network writes it; None where it is none."""
    try:
        moment = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    # A time without a zone would be refused by the comparison with others.
    return moment if moment is None or moment.tzinfo else None
