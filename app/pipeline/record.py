"""Record: a recording is announced, fetched from the network, verified and kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId
from mongoengine import NotUniqueError

from app.errors import PermanentError, TransientError
from app.gateways import RecordingFacts, Storage, Voice
from app.models import CallLog, Recording
from app.states import RECORDING

log = structlog.get_logger()
GIVE_UP_AFTER = timedelta(hours=12)
"""How long a recording is asked for; the network may lose one that it announced."""


def announce(
    call: CallLog, facts: RecordingFacts, *, bucket: str, now: datetime
) -> Recording | None:
    """Keep that the network has a recording of this call, or that there is none to come.

    Safe to repeat. An absent recording (silent or too short) ends ``understood`` at once. None
    where the recording is still being made, or the call has another one already.
    """
    if facts.status == "in-progress":
        return None
    present = facts.status == "completed"
    key = storage_key(call, facts.recording_sid)
    known: Recording | None = Recording.of(call.tenant_id, call_log_id=call.pk).first()
    if known is None:
        known = Recording(
            tenant_id=call.tenant_id,
            call_log_id=call.pk,
            delivery_id=call.delivery_id,
            recording_sid=facts.recording_sid,
            audio_url=f"s3://{bucket}/{key}" if present else f"absent:{facts.recording_sid}",
            duration=(facts.duration or 0) if present else 0,
            format="wav",
            stage="announced" if present else "understood",
            processing_status="pending" if present else "completed",
            no_speech=None if present else 1.0,
            error_message=None if present else f"nothing recorded ({facts.error_code or 'absent'})",
            created_at=now,
        )
        try:
            known.save(force_insert=True)
            # A recording that turns up after the conclusion reopens it.
            call.modify(unset__settled_at=True)
        except NotUniqueError:
            known = Recording.of(call.tenant_id, call_log_id=call.pk).get()
    if known.recording_sid != facts.recording_sid:
        log.error("a second recording of one call was ignored", recording=facts.recording_sid)
        return None
    call.modify(set__recording_duration=known.duration, set__recording_url=known.audio_url)
    return known


def storage_key(call: CallLog, recording_sid: str) -> str:
    """Where the audio is kept: a name made of ids alone."""
    return f"rec/{call.claimed_at:%Y/%m}/{call.pk}/{recording_sid}.wav"


def store(recording_id: ObjectId, voice: Voice, storage: Storage, *, now: datetime) -> bool:
    """Fetch, verify, keep; then move to ``stored``. The same bytes to the same key, any number of
    times. True where there is something to transcribe.

    Raises TransientError, leaving the recording as it is. What can never be fetched, or could not
    for GIVE_UP_AFTER, ends the work and raises PermanentError.
    """
    recording: Recording | None = Recording.across_tenants(pk=recording_id).first()
    if recording is None or recording.stage != "announced":
        return False
    key = recording.audio_url.split("/", 3)[3]
    try:
        audio = voice.download_recording(recording.recording_sid)
    except TransientError as error:
        if now - recording.created_at < GIVE_UP_AFTER:
            raise
        end_without_words(recording, str(error), now=now)
        raise PermanentError(str(error)) from error
    except PermanentError as error:
        end_without_words(recording, str(error), now=now)
        raise
    kept = storage.put(key, audio, "audio/wav")
    return recording.move_to(
        RECORDING,
        "stored",
        at=now,
        cause="fetched and verified",
        set__storage_key=key,
        set__file_size=kept.size,
        set__sha256=kept.sha256,
        set__processing_status="processing",
    )


def end_without_words(recording: Recording, why: str, *, now: datetime, **changes: Any) -> None:
    """The recording cannot be heard by us: a person must listen, what audio there is stays."""
    recording.move_to(
        RECORDING,
        "understood",
        at=now,
        cause="given up",
        set__processing_status="failed",
        set__error_message=why,
        **changes,
    )
