"""Record: a recording is announced, fetched from the network, verified and kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId
from mongoengine import NotUniqueError

from app.crash_points import reach
from app.errors import PermanentError, TransientError
from app.gateways import RecordingFacts, Storage, Voice
from app.models import CallLog, Recording
from app.states import RECORDING

log = structlog.get_logger()
GIVE_UP_AFTER = timedelta(hours=12)
"""How long a recording is asked for; the network may lose one that it announced."""
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=30)
_ABSENT = "absent:"


def announce(
    call: CallLog, facts: RecordingFacts, *, bucket: str, now: datetime
) -> Recording | None:
    """Keep that the network has a recording of this call, or that there is none to come.

    Safe to repeat; a call may have several. An absent recording (silent or too short) ends
    ``understood`` at once. None where the recording is still being made.
    """
    if facts.status == "in-progress":
        return None
    present = facts.status == "completed"
    key = storage_key(call, facts.recording_sid)
    new = Recording(
        tenant_id=call.tenant_id,
        call_log_id=call.pk,
        delivery_id=call.delivery_id,
        recording_sid=facts.recording_sid,
        audio_url=f"s3://{bucket}/{key}" if present else f"{_ABSENT}{facts.recording_sid}",
        duration=(facts.duration or 0) if present else 0,
        format="wav",
        stage="announced" if present else "understood",
        processing_status="pending" if present else "completed",
        no_speech=None if present else 1.0,
        error_message=None if present else f"nothing recorded ({facts.error_code or 'absent'})",
        created_at=now,
    )
    known = _kept(new)
    if known is None:
        log.error("a recording names two calls of ours", recording=facts.recording_sid)
        return None
    _note_on(call, known)
    return known


def _kept(new: Recording) -> Recording | None:
    """The recording as it is kept: this one, or the same one from before."""
    try:
        kept: Recording = new.save(force_insert=True)
    except NotUniqueError:
        found: Recording | None = Recording.of(
            new.tenant_id, recording_sid=new.recording_sid, call_log_id=new.call_log_id
        ).first()
        return found
    return kept


def _note_on(call: CallLog, recording: Recording) -> None:
    """What the call itself says about its recordings: the first that has sound."""
    if recording.stage == "announced":
        # One that turns up after the conclusion reopens it.
        reopen(recording)
    found = {
        "set__recording_duration": recording.duration,
        "set__recording_url": recording.audio_url,
    }
    CallLog.of(call.tenant_id, pk=call.pk, recording_url=None).update_one(**found)
    if not recording.audio_url.startswith(_ABSENT):
        CallLog.of(call.tenant_id, pk=call.pk, recording_url__startswith=_ABSENT).update_one(
            **found
        )


def storage_key(call: CallLog, recording_sid: str) -> str:
    """Where the audio is kept: a name made of ids alone."""
    return f"rec/{call.claimed_at:%Y/%m}/{call.pk}/{recording_sid}.wav"


def store(recording_id: ObjectId, voice: Voice, storage: Storage, *, now: datetime) -> bool:
    """Fetch, verify, keep; then move to ``stored``. The same bytes to the same key, any number of
    times. True where there is something to transcribe.

    Raises TransientError, leaving the recording as it is but for when it is to be tried again;
    before then nothing is asked. What can never be fetched, or could not for GIVE_UP_AFTER, ends
    the work and raises PermanentError.
    """
    recording: Recording | None = Recording.across_tenants(pk=recording_id).first()
    if recording is None or recording.stage != "announced":
        return False
    if recording.next_try_at is not None and now < recording.next_try_at:
        return False
    try:
        audio = voice.download_recording(recording.recording_sid)
    except TransientError as error:
        if now - recording.created_at < GIVE_UP_AFTER:
            _put_off(recording, now)
            raise
        end_without_words(recording, str(error), now=now)
        raise PermanentError(str(error)) from error
    except PermanentError as error:
        end_without_words(recording, str(error), now=now)
        raise
    reach("recording-fetched")
    key = recording.audio_url.split("/", 3)[3]
    kept = storage.put(key, audio, "audio/wav")
    reach("recording-put")
    reopen(recording)
    moved = recording.move_to(
        RECORDING,
        "stored",
        at=now,
        cause="fetched and verified",
        set__storage_key=key,
        set__file_size=kept.size,
        set__sha256=kept.sha256,
        set__processing_status="processing",
    )
    reach("recording-stored")
    return moved


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many failures: 5 seconds, doubling, half an hour at most."""
    return min(_FIRST_PAUSE * (1 << min(failures, 20)), _LONGEST_PAUSE)


def _put_off(recording: Recording, now: datetime) -> None:
    Recording.of(recording.tenant_id, pk=recording.pk, stage="announced").update_one(
        inc__fetch_attempts=1, set__next_try_at=now + pause_after(recording.fetch_attempts)
    )


def reopen(recording: Recording) -> None:
    """The call's conclusion is to be drawn again, with this recording in it."""
    CallLog.of(recording.tenant_id, pk=recording.call_log_id, settled_at__ne=None).update_one(
        unset__settled_at=True
    )


def end_without_words(recording: Recording, why: str, *, now: datetime, **changes: Any) -> None:
    """The recording cannot be heard by us: a person must listen, what audio there is stays."""
    reopen(recording)
    recording.move_to(
        RECORDING,
        "understood",
        at=now,
        cause="given up",
        set__processing_status="failed",
        set__error_message=why,
        **changes,
    )
