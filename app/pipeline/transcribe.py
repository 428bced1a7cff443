"""Transcribe: stored audio becomes words with times and probabilities."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from app.crash_points import reach
from app.errors import PermanentError
from app.gateways import Segment, Speech, Storage
from app.models import CallLog, Delivery, Recording, Reply, Transcription
from app.pipeline.record import end_without_words
from app.states import RECORDING

MOST_TRIES = 3
"""Audio that takes the process down with it each time must not do so for ever."""
_LEAST = timedelta(seconds=60)
_LONGEST = timedelta(minutes=9)
_FOR_EACH_SECOND = 10
"""Large models on a few cores take several seconds for one of speech."""
_UNKNOWN = 60.0
"""Seconds that a recording is taken to play where nobody said how long it is."""
_URGENT = timedelta(hours=1)
_LIVE = ("ringing", "in-progress")


def limit(recording_id: ObjectId) -> timedelta:
    """How long hearing a recording may take at most; beyond that something hangs."""
    recording = Recording.across_tenants(pk=recording_id).only("duration").first()
    seconds = recording.duration if recording is not None else 0.0
    return min(_LEAST + timedelta(seconds=_FOR_EACH_SECOND * (seconds or _UNKNOWN)), _LONGEST)


def goes_first(recording_id: ObjectId, *, now: datetime) -> bool:
    """Does somebody wait for these words: a customer still on the line, or a van about to come?"""
    recording = Recording.across_tenants(pk=recording_id).first()
    if recording is None:
        return False
    call = CallLog.of(recording.tenant_id, pk=recording.call_log_id).only("status").first()
    if call is not None and call.status in _LIVE:
        return True
    delivery = Delivery.of(recording.tenant_id, pk=recording.delivery_id).first()
    return bool(delivery is not None and delivery.scheduled_time - now < _URGENT)


def transcribe(
    recording_id: ObjectId,
    speech: Speech,
    storage: Storage,
    *,
    now: datetime,
    patience: float = 1.0,
) -> bool:
    """Hear a stored recording and move it to ``transcribed``. True where it moved.

    While it is being heard no other worker begins: for as long as it may take, times ``patience``.
    Raises TransientError, leaving the recording as it is; audio that cannot be decoded ends the
    work and raises PermanentError.
    """
    recording: Recording | None = Recording.across_tenants(pk=recording_id).first()
    if recording is None or recording.stage != "stored":
        return False
    audio = storage.get(recording.storage_key)
    if not _begin(recording, until=now + limit(recording_id) * patience, now=now):
        return False
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
            translation=heard.translation or None,
            processing_time=heard.processing_seconds,
        ),
        set__segments=[_as_dict(segment) for segment in heard.segments],
        set__language=heard.language,
        set__duration=recording.duration or heard.duration,
        set__no_speech=1.0 if heard.no_speech else _no_speech(heard.segments),
    )


def _begin(recording: Recording, *, until: datetime, now: datetime) -> bool:
    """Count the try before it is made: one that ends the process would not be counted after."""
    nobody = {"$or": [{"hearing_until": None}, {"hearing_until": {"$lte": now}}]}
    return bool(
        recording.modify(
            {"stage": "stored", "__raw__": nobody},
            inc__processing_attempts=1,
            set__last_processed_at=now,
            set__hearing_until=until,
        )
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
