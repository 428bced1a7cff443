"""Recordings: announced by whoever comes first, fetched when they are there, never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.errors import PermanentError, TransientError
from app.gateways import RecordingFacts, StoredObject
from app.models import CallLog, Recording
from app.pipeline import record
from tests import factories
from tests.factories import NOW, sid
from tests.fakes import FakeStorage, FakeVoice


def ended_call(**fields) -> CallLog:
    basics = {"status": "completed", "in_flight": False, "call_sid": sid("CA"), "end_time": NOW}
    return factories.call(**{**basics, **fields})


def announced(call: CallLog, status: str = "completed", name: str | None = None, **facts):
    found = RecordingFacts(name or sid("RE"), call.call_sid, status, 5.0, **facts)
    return record.announce(call, found, bucket="delauto", now=NOW)


def test_the_same_announcement_twice_is_one_recording(settings) -> None:
    call, name = ended_call(), sid("RE")
    assert announced(call, name=name).pk == announced(call, name=name).pk
    assert Recording.of("default").count() == 1


def test_a_call_may_have_several_recordings_and_none_is_lost(settings) -> None:
    call = ended_call()
    first, second = announced(call), announced(call)
    assert first.pk != second.pk
    voice, storage = FakeVoice(), FakeStorage()
    for each in (first, second):
        assert record.store(each.pk, voice, storage, now=NOW)
    assert len(storage.objects) == 2
    call.reload()
    assert call.recording_url == first.audio_url


def test_a_recording_with_sound_stands_for_the_call_before_an_absent_one(settings) -> None:
    call = ended_call()
    announced(call, "absent", error_code="16102")
    heard = announced(call)
    announced(call, "absent", error_code="16101")
    call.reload()
    assert (call.recording_url, call.recording_duration) == (heard.audio_url, 5.0)


def test_a_recording_of_two_calls_is_nobodys_second(settings) -> None:
    name = sid("RE")
    one, other = ended_call(), ended_call()
    assert announced(one, name=name) is not None
    assert announced(other, name=name) is None
    assert Recording.of("default").get().call_log_id == one.pk


@pytest.mark.parametrize("turns_up", ["announced", "stored", "given up"])
def test_a_recording_that_turns_up_late_reopens_the_conclusion(settings, turns_up) -> None:
    call = ended_call(settled_at=NOW)
    recording = announced(call)
    if turns_up != "announced":
        # Concluded in between: the process died before it could reopen.
        CallLog.of("default", pk=call.pk).update(set__settled_at=NOW)
    if turns_up == "stored":
        record.store(recording.pk, FakeVoice(), FakeStorage(), now=NOW)
    if turns_up == "given up":
        record.end_without_words(recording, "no audio", now=NOW)
    call.reload()
    assert call.settled_at is None


def test_what_was_absent_does_not_reopen_anything(settings) -> None:
    call = ended_call(settled_at=NOW)
    announced(call, "absent")
    call.reload()
    assert call.settled_at == NOW


def test_a_recording_that_is_not_there_yet_is_asked_for_less_and_less_often(settings) -> None:
    recording, voice, now = announced(ended_call()), FakeVoice(), NOW
    voice.audio = TransientError("404")
    pauses = []
    while True:
        now_before = now
        try:
            asked = record.store(recording.pk, voice, FakeStorage(), now=now)
        except TransientError:
            recording.reload()
            pauses.append(recording.next_try_at - now_before)
            assert not record.store(
                recording.pk, voice, FakeStorage(), now=recording.next_try_at - timedelta(seconds=1)
            )
            now = recording.next_try_at
        except PermanentError:
            break
        else:
            assert not asked
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40)]
    assert max(pauses) == timedelta(minutes=30)
    assert now - NOW >= record.GIVE_UP_AFTER
    recording.reload()
    assert (recording.stage, recording.processing_status) == ("understood", "failed")


def test_once_it_is_there_it_is_kept_with_its_checksum(settings) -> None:
    recording, voice, storage = announced(ended_call()), FakeVoice(), FakeStorage()
    audio, voice.audio = voice.audio, TransientError("404")
    with pytest.raises(TransientError):
        record.store(recording.pk, voice, storage, now=NOW)
    voice.audio = audio
    assert record.store(recording.pk, voice, storage, now=NOW + timedelta(seconds=5))
    recording.reload()
    assert (recording.stage, recording.fetch_attempts) == ("stored", 1)
    assert (recording.file_size, len(recording.sha256)) == (len(audio), 64)


class FailingStorage(FakeStorage):
    """Refuses so many uploads before it takes one."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures

    def put(self, key: str, content: bytes, content_type: str) -> StoredObject:
        if self.failures:
            self.failures -= 1
            raise TransientError("the storage gave back other bytes than it was given")
        return super().put(key, content, content_type)


def test_an_upload_that_is_not_verified_is_no_upload(settings) -> None:
    recording, storage = announced(ended_call()), FailingStorage(3)
    for _ in range(3):
        with pytest.raises(TransientError):
            record.store(recording.pk, FakeVoice(), storage, now=NOW)
        recording.reload()
        assert (recording.stage, recording.sha256) == ("announced", None)
    assert record.store(recording.pk, FakeVoice(), storage, now=NOW)
