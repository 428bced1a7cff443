"""Understand: the words of a recording become an analysis."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bson import ObjectId

from app.crash_points import reach
from app.models import AnalysisRecord, CallLog, Delivery, Recording, Reply
from app.pipeline import second_opinion
from app.pipeline.known import known_of
from app.pipeline.second_opinion import Second
from app.pipeline.stretches import located_in, stretch_of
from app.rules.heard import read
from app.states import RECORDING

_ENGLISH = "en"


def understand(
    recording_id: ObjectId, *, now: datetime, second: Second | None = None
) -> Recording | None:
    """Read the transcript against the moment it was spoken, and move to ``understood``.

    ``second`` is asked for its opinion once our own reading is saved. None where there was nothing
    to do, or somebody else is about it.
    """
    recording: Recording | None = Recording.across_tenants(pk=recording_id).first()
    if recording is None or recording.stage != "transcribed":
        return None
    delivery = Delivery.of(recording.tenant_id, pk=recording.delivery_id).get()
    spoken_at = _spoken_at(recording).astimezone(ZoneInfo(delivery.time_zone))
    expected = _expected(recording)
    said = stretch_of(recording)
    analysis = read(
        said.text,
        recording.language or _ENGLISH,
        expected=expected,
        at=spoken_at,
        confidence=recording.transcription.confidence,
        translation=recording.transcription.translation or "",
        known=known_of(delivery),
    )
    if (recording.language or _ENGLISH) == _ENGLISH:
        analysis = located_in(analysis, [said])
    record = AnalysisRecord.from_rules(
        analysis, source_id=recording.pk, call_id=recording.call_log_id, at=now
    )
    if not second_opinion.sought(
        recording, record, second, expected=expected, at=spoken_at, now=now
    ):
        return None
    second_opinion.lay_beside(record, [recording])
    moved = recording.move_to(
        RECORDING,
        "understood",
        at=now,
        cause="read",
        set__ai_analysis=record,
        set__processing_status="completed",
    )
    reach("recording-understood")
    return recording if moved else None


def _spoken_at(recording: Recording) -> datetime:
    if recording.call_log_id is None:
        at = Reply.of(recording.tenant_id, pk=recording.reply_id).get().at
    else:
        call = CallLog.of(recording.tenant_id, pk=recording.call_log_id).get()
        at = call.start_time or call.claimed_at
    moment: datetime = at
    return moment


def _expected(recording: Recording) -> str:
    """The language in which the customer was asked, and probably answered."""
    if recording.call_log_id is None:
        return str(Reply.of(recording.tenant_id, pk=recording.reply_id).get().language)
    return str(CallLog.of(recording.tenant_id, pk=recording.call_log_id).get().language)
