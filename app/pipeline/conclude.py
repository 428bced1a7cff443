"""Conclude: what one call means for hearing from the customer: heard, again later, or given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.models import AnalysisRecord, CallLog, Customer, Delivery, Recording
from app.models.people import PastCall
from app.pipeline import understand
from app.pipeline.talk import suppress
from app.rules import attempts
from app.rules.analysis import Kind
from app.rules.call_script import Effect
from app.states import CALL_ENDED, OUTREACH


def conclude(
    call_id: ObjectId, *, now: datetime, retry_seconds: Mapping[str, int]
) -> ObjectId | None:
    """Settle the delivery's outreach from a call that has ended and whose recording is done.

    Safe to repeat. Returns the delivery where its agent has something to be told; None where
    there is nothing, or where the recording is still to come or on its way.
    """
    call: CallLog | None = CallLog.across_tenants(pk=call_id).first()
    if call is None or call.settled_at is not None or call.status not in CALL_ENDED:
        return None
    recording: Recording | None = Recording.of(call.tenant_id, call_log_id=call.pk).first()
    if _still_to_come(call, recording):
        return None
    delivery = Delivery.of(call.tenant_id, pk=call.delivery_id).get()
    analysis = understand.of_call(call, recording, now=now)
    reached = call.status == "completed" and call.answered_by != "machine"
    # What was said counts, however the call ended.
    if analysis is not None or reached:
        outcome = _heard(call, delivery, recording, analysis, now)
    else:
        status = attempts.MACHINE if call.status == "completed" else call.status
        outcome = _failed(call, delivery, status, now, retry_seconds)
    _settle(call, outcome, now)
    return delivery.pk if delivery.to_tell else None


def _still_to_come(call: CallLog, recording: Recording | None) -> bool:
    if recording is not None:
        return bool(recording.stage != "understood")
    return call.status == "completed" and Effect.RECORDS.value in call.effects


def _failed(
    call: CallLog, delivery: Delivery, status: str, now: datetime, seconds: Mapping[str, int]
) -> str:
    ahead = attempts.after_failure(
        status,
        call.error_code,
        attempts=call.attempt,
        retries=delivery.max_retries,
        now=now,
        seconds=seconds,
    )
    if delivery.outreach.attempts != call.attempt:
        return "overtaken"
    if call.outcome == "suppressed":
        delivery.move_to(OUTREACH, "suppressed", at=now, cause="not to be called")
    elif ahead.at is None:
        delivery.move_to(
            OUTREACH,
            "unreachable",
            at=now,
            cause=ahead.reason,
            set__outreach__reason=ahead.reason,
            set__retry_count=call.attempt - 1,
            **_news(),
        )
    else:
        delivery.move_to(
            OUTREACH,
            "waiting",
            at=now,
            cause=ahead.reason,
            set__outreach__reason=ahead.reason,
            set__outreach__next_attempt_at=ahead.at,
            set__retry_count=call.attempt,
        )
    return call.outcome or status


def _heard(
    call: CallLog,
    delivery: Delivery,
    recording: Recording | None,
    analysis: AnalysisRecord | None,
    now: datetime,
) -> str:
    outcome = _outcome(analysis, recording)
    if analysis is not None and analysis.has(Kind.OPT_OUT):
        suppress(call, source="call", now=now)
    changes: dict[str, Any] = {"set__call_log_id": call.pk, **_news()}
    if recording is not None:
        changes["set__recording_id"] = recording.pk
    if analysis is not None:
        changes["set__analysis"] = analysis
        if delivery.analysis is not None:
            changes["push__analysis_history"] = delivery.analysis
        call.modify(set__ai_analysis=analysis)
    moved = delivery.move_to(
        OUTREACH,
        outcome,
        at=now,
        cause=f"attempt {call.attempt}",
        set__outreach__reason=f"heard in attempt {call.attempt}",
        **changes,
    )
    known = delivery.analysis
    if not moved and analysis is not None and known is not None and known.call_id != call.pk:
        # Heard before, in another call: what was said now supersedes it, and the state stays.
        delivery.modify({"analysis__call_id__ne": call.pk}, **changes)
    return outcome


def _outcome(analysis: AnalysisRecord | None, recording: Recording | None) -> str:
    if analysis is None:
        return "nothing_said"
    if analysis.has(Kind.OPT_OUT):
        return "declined"
    kinds = {directive.kind for directive in analysis.directives}
    if kinds == {Kind.CONFIRM}:
        return "confirmed"
    text = recording.transcription.text if recording and recording.transcription else ""
    # Words that nothing was read from still are an answer: a person listens to it.
    return "instructed" if kinds or text or analysis.needs_review else "nothing_said"


def _news() -> dict[str, Any]:
    return {"inc__analysis_version": 1, "set__to_tell": True}


def _settle(call: CallLog, outcome: str, now: datetime) -> None:
    if not call.modify({"settled_at": None}, set__settled_at=now, set__outcome=outcome):
        return
    past = PastCall(
        call_id=call.pk,
        timestamp=call.start_time or call.claimed_at,
        status=call.status,
        duration=call.duration,
    )
    customer = Customer.of(call.tenant_id, pk=call.customer_id, call_history__call_id__ne=call.pk)
    customer.update_one(push__call_history=past)
