"""Understand: words and pressed keys become an analysis."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bson import ObjectId

from app.models import AnalysisRecord, CallLog, Delivery, Recording
from app.rules import call_script, directives
from app.rules.analysis import Analysis, Kind, Priority
from app.rules.call_script import Effect
from app.states import RECORDING

_KEY_SUMMARIES = {
    Kind.CONFIRM: "The customer pressed the key for: all fine as planned.",
    Kind.OPT_OUT: "The customer asked by key never to be called again.",
}


def understand(recording_id: ObjectId, *, now: datetime) -> Recording | None:
    """Read the transcript against the moment of the call and move to ``understood``.

    None where there was nothing to do.
    """
    recording: Recording | None = Recording.across_tenants(pk=recording_id).first()
    if recording is None or recording.stage != "transcribed":
        return None
    call = CallLog.of(recording.tenant_id, pk=recording.call_log_id).get()
    delivery = Delivery.of(recording.tenant_id, pk=recording.delivery_id).get()
    spoken_at = (call.start_time or call.claimed_at).astimezone(ZoneInfo(delivery.time_zone))
    if recording.transcription.text:
        analysis = directives.understand(
            recording.transcription.text,
            now=spoken_at,
            speech_confidence=recording.transcription.confidence,
        )
    else:
        analysis = Analysis(summary="Nothing was said.")
    record = AnalysisRecord.from_rules(analysis, source_id=recording.pk, call_id=call.pk, at=now)
    moved = recording.move_to(
        RECORDING,
        "understood",
        at=now,
        cause="read",
        set__ai_analysis=record,
        set__processing_status="completed",
    )
    return recording if moved else None


def of_call(call: CallLog, recording: Recording | None, *, now: datetime) -> AnalysisRecord | None:
    """What a whole call says: its keys, then its recording. None where it says nothing at all."""
    heard = recording.ai_analysis if recording else None
    analysis = heard.to_rules() if heard else None
    if recording is not None and recording.processing_status == "failed":
        analysis = Analysis(
            summary="The customer left a message that could not be processed.",
            priority=Priority.HIGH,
            needs_review=True,
        )
    pressed = [
        directive
        for effect in Effect
        if effect.value in call.effects and (directive := call_script.key_directive(effect))
    ]
    if pressed:
        said = analysis or Analysis(summary=_KEY_SUMMARIES[pressed[-1].kind], confidence_score=1.0)
        analysis = replace(said, directives=(*pressed, *said.directives))
    if analysis is None:
        return None
    source = recording.pk if recording else call.pk
    return AnalysisRecord.from_rules(analysis, source_id=source, call_id=call.pk, at=now)
