"""The network's copies: deleted only once ours is certain, and held against ours every day."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import PermanentError, TransientError
from app.gateways import RecordingFacts
from app.models import Heartbeat, Recording, SystemMetric
from app.pipeline import copies
from tests import factories
from tests.factories import NOW, sid
from tests.fakes import FakeStorage, FakeVoice

AUDIO = b"RIFF the sound of it"
DAY = timedelta(days=1)


class Network(FakeVoice):
    """Remembers what was deleted."""

    def __init__(self) -> None:
        super().__init__()
        self.deleted: list[str] = []
        self.trouble: Exception | None = None

    def delete_recording(self, recording_sid: str) -> None:
        if self.trouble:
            raise self.trouble
        self.deleted.append(recording_sid)


def kept(storage: FakeStorage, **fields) -> Recording:
    """A recording that is stored and verified."""
    recording = factories.recording(
        stage="stored",
        storage_key="rec/x.wav",
        sha256=hashlib.sha256(AUDIO).hexdigest(),
        created_at=NOW,
        **fields,
    )
    storage.objects["rec/x.wav"] = AUDIO
    return recording


def test_the_copy_is_deleted_and_that_is_noted(settings) -> None:
    voice, storage = Network(), FakeStorage()
    recording = kept(storage)
    assert copies.delete_copy(recording.pk, voice, storage, now=NOW)
    recording.reload()
    assert (voice.deleted, recording.deleted_at_provider) == ([recording.recording_sid], NOW)
    assert not copies.delete_copy(recording.pk, voice, storage, now=NOW)
    assert len(voice.deleted) == 1


@pytest.mark.parametrize("lacking", ["storage_key", "sha256", "recording_sid"])
def test_nothing_is_deleted_before_ours_is_verified(settings, lacking) -> None:
    voice, storage = Network(), FakeStorage()
    recording = kept(storage)
    recording.modify(**{f"unset__{lacking}": True})
    assert not copies.delete_copy(recording.pk, voice, storage, now=NOW)
    assert voice.deleted == []


@pytest.mark.parametrize("damaged", [{"rec/x.wav": b"something else"}, {}])
def test_where_ours_is_not_what_it_was_theirs_stays(settings, damaged) -> None:
    voice, storage = Network(), FakeStorage()
    recording = kept(storage)
    storage.objects = damaged
    with pytest.raises(PermanentError, match="not what it was"):
        copies.delete_copy(recording.pk, voice, storage, now=NOW)
    assert voice.deleted == []
    # A person must look; the network is not asked about it every minute.
    assert copies.to_delete(after=timedelta(0), now=NOW + timedelta(hours=1), limit=9) == []


def test_a_deletion_that_failed_is_tried_again(settings) -> None:
    voice, storage = Network(), FakeStorage()
    recording, voice.trouble = kept(storage), TransientError("away")
    with pytest.raises(TransientError):
        copies.delete_copy(recording.pk, voice, storage, now=NOW)
    assert copies.to_delete(after=timedelta(0), now=NOW + DAY, limit=9) == [recording.pk]


def test_only_what_is_old_enough_is_to_be_deleted(settings) -> None:
    recording = kept(FakeStorage())
    factories.recording(created_at=NOW)
    after = timedelta(hours=6)
    assert copies.to_delete(after=after, now=NOW + timedelta(hours=5), limit=9) == []
    assert copies.to_delete(after=after, now=NOW + timedelta(hours=7), limit=9) == [recording.pk]


def test_yesterday_is_compared_in_both_directions(settings) -> None:
    voice, call = FakeVoice(), factories.call(call_sid=sid("CA"))
    known = factories.recording(call, created_at=NOW)
    lost = factories.recording(factories.call(call_sid=sid("CA")), created_at=NOW)
    voice.recordings = [
        RecordingFacts(known.recording_sid, call.call_sid, "completed", 4.0),
        RecordingFacts(sid("RE"), call.call_sid, "completed", 6.0),
        RecordingFacts(sid("RE"), sid("CA"), "completed", 6.0),
        RecordingFacts(sid("RE"), call.call_sid, "in-progress", None),
    ]
    found = copies.compare(NOW - DAY, NOW + DAY, voice, bucket="delauto", now=NOW + DAY)
    assert (found.there, found.strange) == (3, (voice.recordings[2].recording_sid,))
    (announced,) = found.announced
    assert Recording.of("default", pk=announced).get().stage == "announced"
    assert found.gone == (lost.pk,)
    again = copies.compare(NOW - DAY, NOW + DAY, voice, bucket="delauto", now=NOW + DAY)
    assert again.announced == ()


def test_a_day_is_compared_once_and_not_before_it_is_over_for_hours(settings) -> None:
    night = datetime(2026, 3, 11, 2, 30, tzinfo=UTC)
    assert copies.day_to_compare(night) is None
    morning = night + timedelta(hours=2)
    day = copies.day_to_compare(morning)
    assert day.generation_time == datetime(2026, 3, 10, tzinfo=UTC)
    assert copies.day_to_compare(morning) == day
    nothing = copies.Comparison(0, (), (), ())
    copies.report(nothing, day.generation_time, now=morning)
    assert copies.day_to_compare(morning) is None
    assert copies.day_to_compare(morning + DAY).generation_time.day == 11
    assert Heartbeat.objects(name="recordings compared").count() == 1
    assert SystemMetric.objects(metric_type="recordings_missing").get().value == 0
