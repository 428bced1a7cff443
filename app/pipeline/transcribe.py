"""Transcribe: stored audio becomes words with times and probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.crash_points import reach
from app.errors import PermanentError, TransientError
from app.gateways import Segment, Speech, Storage, Transcript
from app.models import CallLog, Recording, Transcription
from app.pipeline.record import end_without_words
from app.pipeline.to_hear import call_of, language_of, limit
from app.saying import Saying
from app.states import RECORDING

MOST_TRIES = 3
"""Audio that takes the process down with it each time must not do so for ever."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recording; ``error`` where it can never be heard."""

    recording_id: ObjectId
    moved: bool = False
    error: PermanentError | None = None


@dataclass(frozen=True, slots=True)
class _Begun:
    """A recording that this process alone hears now."""

    recording: Recording
    call: CallLog | None
    audio: bytes


def transcribe(
    recording_id: ObjectId,
    speech: Speech,
    storage: Storage,
    *,
    now: datetime,
    patience: float = 1.0,
) -> bool:
    """Hear one stored recording, as ``transcribe_all`` does. True where it moved.

    Audio that cannot be decoded ends the work and raises PermanentError.
    """
    outcomes = transcribe_all([recording_id], speech, storage, now=now, patience=patience)
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
    return any(outcome.moved for outcome in outcomes)


def transcribe_all(
    recording_ids: Sequence[ObjectId],
    speech: Speech,
    storage: Storage,
    *,
    now: datetime,
    patience: float = 1.0,
) -> list[Outcome]:
    """Hear stored recordings of one language together and move each to ``transcribed``.

    While they are being heard no other worker begins: for as long as it may take, times
    ``patience``. Each is counted, ends and moves for itself. One whose audio cannot be fetched is
    left as it is; where that is the first, nothing is begun, and TransientError or PermanentError
    raised.
    """
    until = now + limit(*recording_ids) * patience
    begun: list[_Begun] = []
    for recording_id in recording_ids:
        try:
            one = _begun(recording_id, storage, until=until, now=now)
        except (TransientError, PermanentError):
            if recording_id == recording_ids[0]:
                raise
            continue
        if one is not None:
            begun.append(one)
    try:
        results = _heard(begun, speech)
    except Exception:
        if len(begun) > 1:
            _let_go(begun)
        raise
    outcomes: list[Outcome] = []
    for one, heard in zip(begun, results, strict=True):
        recording_id = one.recording.pk
        if isinstance(heard, PermanentError):
            end_without_words(one.recording, str(heard), now=now)
            outcomes.append(Outcome(recording_id, error=heard))
        else:
            outcomes.append(Outcome(recording_id, moved=_keep(one, heard, now=now)))
    return outcomes


def _begun(
    recording_id: ObjectId, storage: Storage, *, until: datetime, now: datetime
) -> _Begun | None:
    recording: Recording | None = Recording.across_tenants(pk=recording_id).first()
    if recording is None or recording.stage != "stored":
        return None
    audio = storage.get(recording.storage_key)
    if not _begin(recording, until=until, now=now):
        return None
    return _Begun(recording, call_of(recording), audio)


def _heard(begun: Sequence[_Begun], speech: Speech) -> list[Transcript | PermanentError]:
    if not begun:
        return []
    language = language_of(begun[0].recording, begun[0].call)
    audios = [one.audio for one in begun]
    if len(begun) > 1:
        return list(speech.transcribe_all(audios, language))
    try:
        _not_for_ever(begun[0].recording)
        return [speech.transcribe(audios[0], language)]
    except PermanentError as error:
        return [error]


def _let_go(begun: Sequence[_Begun]) -> None:
    """What could not be heard together, such as for want of memory, may be heard alone at once."""
    for one in begun:
        one.recording.modify(set__hearing_until=None)


def _keep(one: _Begun, heard: Transcript, *, now: datetime) -> bool:
    reach("recording-heard")
    recording, call = one.recording, one.call
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


def _not_for_ever(recording: Recording) -> None:
    if recording.processing_attempts > MOST_TRIES:
        raise PermanentError(
            Saying("hearing it ended %(most)s times without a result", most=MOST_TRIES)
        )


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
