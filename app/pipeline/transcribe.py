"""Transcribe: stored audio becomes words with times and probabilities."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId

from app.crash_points import reach
from app.errors import PermanentError
from app.gateways import Segment, Speech, Storage
from app.models import CallLog, Recording, Reply, Transcription
from app.pipeline.record import end_without_words
from app.states import RECORDING

MOST_TRIES = 4
"""Audio that takes the process down with it each time must not do so for ever."""


def transcribe(recording_id: ObjectId, speech: Speech, storage: Storage, *, now: datetime) -> bool:
    """Hear a stored recording and move it to ``transcribed``. True where it moved.

    Raises TransientError, leaving the recording as it is; audio that cannot be decoded ends the
    work and raises PermanentError.
    """
    recording: Recording | None = Recording.across_tenants(pk=recording_id).first()
    if recording is None or recording.stage != "stored":
        return False
    audio = storage.get(recording.storage_key)
    recording.modify(inc__processing_attempts=1, set__last_processed_at=now)
    call = CallLog.of(recording.tenant_id, pk=recording.call_log_id).first()
    language = _language(recording, call)
    try:
        _not_for_ever(recording)
        heard = speech.transcribe(audio, language)
    except PermanentError as error:
        end_without_words(recording, str(error), now=now)
        raise
    reach("recording-heard")
    if call is not None:
        call.modify(set__transcription=_with_others(recording, heard.text))
    return recording.move_to(
        RECORDING,
        "transcribed",
        at=now,
        cause="heard",
        set__transcription=Transcription(
            text=heard.text,
            confidence=heard.confidence,
            language=heard.language,
            processing_time=heard.processing_seconds,
        ),
        set__segments=[_as_dict(segment) for segment in heard.segments],
        set__language=heard.language,
        set__duration=recording.duration or heard.duration,
        set__no_speech=1.0 if heard.no_speech else _no_speech(heard.segments),
    )


def _with_others(recording: Recording, text: str) -> str:
    """All that was said in a call: its recordings one after the other."""
    others = Recording.of(
        recording.tenant_id, call_log_id=recording.call_log_id, pk__ne=recording.pk
    )
    said = {each.pk: each.transcription.text for each in others if each.transcription}
    said[recording.pk] = text
    return " ".join(said[pk] for pk in sorted(said) if said[pk])


def _language(recording: Recording, call: CallLog | None) -> str:
    """The language to listen for: the one on the line, or on the page."""
    if call is None:
        reply = Reply.of(recording.tenant_id, pk=recording.reply_id).get()
        return str(reply.language)
    return str(call.language)


def _not_for_ever(recording: Recording) -> None:
    if recording.processing_attempts > MOST_TRIES:
        raise PermanentError(f"hearing it ended {MOST_TRIES} times without a result")


def _as_dict(segment: Segment) -> dict[str, Any]:
    return {
        "text": segment.text,
        "start": segment.start,
        "end": segment.end,
        "words": [
            {
                "text": word.text,
                "start": word.start,
                "end": word.end,
                "probability": word.probability,
            }
            for word in segment.words
        ],
    }


def _no_speech(segments: tuple[Segment, ...]) -> float:
    return max((segment.no_speech_probability for segment in segments), default=1.0)
