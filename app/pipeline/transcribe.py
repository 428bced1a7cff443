"""Transcribe: stored audio becomes words with times and probabilities."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bson import ObjectId

from app.errors import PermanentError
from app.gateways import Segment, Speech, Storage
from app.models import CallLog, Customer, Recording, Transcription
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
    call = CallLog.of(recording.tenant_id, pk=recording.call_log_id).get()
    customer = Customer.of(recording.tenant_id, pk=call.customer_id).first()
    language = customer.preferences.language if customer else "en"
    try:
        _not_for_ever(recording)
        heard = speech.transcribe(audio, language)
    except PermanentError as error:
        end_without_words(recording, str(error), now=now)
        raise
    call.modify(set__transcription=heard.text)
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
        set__no_speech=1.0 if heard.no_speech else _no_speech(heard.segments),
    )


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
