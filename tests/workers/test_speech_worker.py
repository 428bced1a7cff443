"""The speech worker: told apart alive from dead, ends what hangs, and lets who waits go first."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bson import ObjectId
from rq import Queue
from rq.serializers import JSONSerializer

from app import queues
from app.models import DeadJob, Heartbeat, Recording, Review
from app.pipeline.to_hear import goes_first, limit
from app.runtime import Runtime
from tests import factories
from tests.gateways import sounds
from tests.workers.test_queue import work
from workers import clock, jobs, sign_of_life

ROOT = Path(__file__).parents[2]


def stored(real: Runtime, content: bytes, **fields) -> Recording:
    """A recording of an ended call, as it lies in the storage."""
    agent = factories.agent()
    delivery = factories.delivery(agent_id=agent.pk, outreach={"state": "calling", "attempts": 1})
    call = factories.call(
        delivery, status="completed", in_flight=False, effects=["records"],
        call_sid=factories.sid("CA"), start_time=factories.NOW, end_time=factories.NOW,
        notice_at=factories.NOW,
    )  # fmt: skip
    recording = factories.recording(call, stage="stored", **fields)
    key = f"rec/{recording.pk}.wav"
    real.storage.put(key, content, "audio/wav")
    recording.modify(set__storage_key=key)
    return recording


def heard_through(real: Runtime, settings, recording: Recording) -> Recording:
    real.enqueuer.enqueue(queues.TRANSCRIBE, recording.pk)
    for queue in (queues.SPEECH, queues.ANSWERS, queues.ANSWERS):
        work(settings, queue)
    return Recording.of("default", pk=recording.pk).get()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        sounds.wav(sounds.silence(0)),
        sounds.wav(sounds.spoken("gate-code"))[:44],
        b"%PDF-1.7 no audio at all",
        b"RIFF" + bytes(5000),
    ],
    ids=["zero bytes", "header alone", "cut after the header", "another format", "nonsense"],
)
def test_what_cannot_be_decoded_waits_for_a_person_with_its_audio(real, settings, content) -> None:
    recording = heard_through(real, settings, stored(real, content))
    assert (recording.stage, recording.processing_status) == ("understood", "failed")
    assert "audio" in recording.error_message
    assert real.storage.get(recording.storage_key) == content
    assert DeadJob.of("default").get().document_id == recording.pk
    review = Review.of("default", delivery_id=recording.delivery_id).get()
    assert review.reason == "unheard"


@pytest.mark.parametrize(
    "line",
    [sounds.silence(4), sounds.ring_back(), sounds.music()],
    ids=["silence", "ring", "music"],
)
def test_a_line_without_words_gives_no_directive(real, settings, line) -> None:
    recording = heard_through(real, settings, stored(real, sounds.wav(line)))
    assert (recording.stage, recording.processing_status) == ("understood", "completed")
    assert recording.transcription.text == ""
    assert recording.ai_analysis.directives == []


def test_an_answer_is_kept_with_the_times_and_probabilities_of_its_words(real, settings) -> None:
    content = sounds.wav(sounds.spoken("gate-code"))
    recording = heard_through(real, settings, stored(real, content))
    assert recording.ai_analysis.directives[0].slots == {"code": "4519#"}
    words = [word for segment in recording.segments for word in segment["words"]]
    assert [word["text"] for word in words][-1] == "hash"
    assert all(0 < word["probability"] <= 1 and word["start"] <= word["end"] for word in words)


def test_the_english_of_another_language_is_read_and_both_are_kept(real, settings) -> None:
    from dataclasses import replace

    from app.gateways import Transcript
    from tests.fakes import FakeSpeech

    class Translating(FakeSpeech):
        def transcribe(self, audio: bytes | Path, language: str) -> Transcript:
            english = "leave it behind the planter"
            return replace(super().transcribe(audio, language), translation=english)

    said = "déjelo detrás de la maceta"
    real.__dict__["speech"] = Translating(said)
    recording = stored(real, b"any")
    from app.models import CallLog, Delivery

    CallLog.of("default", pk=recording.call_log_id).update(set__language="es")
    kept = heard_through(real, settings, recording)
    assert kept.transcription.text == said
    assert kept.transcription.translation == "leave it behind the planter"
    assert [each.kind.value for each in kept.ai_analysis.directives] == ["leave_at"]
    delivery = Delivery.of("default", pk=recording.delivery_id).get()
    assert [each.kind.value for each in delivery.analysis.directives] == ["leave_at"]


def test_its_signs_of_life_are_shown(real, settings, client) -> None:
    assert client.get("/readyz").json["speech"] == "failed: no speech has run"
    with sign_of_life.beating():
        for _ in range(100):
            if Heartbeat.objects(name="speech").first():
                break
            time.sleep(0.05)
    assert client.get("/readyz").json["speech"] == "ready"
    assert "delauto_speech_last_job_seconds" not in client.get("/metrics").text
    heard_through(real, settings, stored(real, sounds.wav(sounds.silence(2)), duration=2.0))
    figures = client.get("/metrics").text
    assert "delauto_speech_last_audio_seconds 2.0" in figures
    assert "delauto_speech_last_job_seconds" in figures
    long_ago = datetime.now(UTC) - timedelta(minutes=2)
    Heartbeat.objects(name="speech").update(set__at=long_ago)
    assert client.get("/readyz").json["speech"].startswith("failed: silent for 1")


HANGS = """
import ctypes, sys
from workers.hard_limit import hard_limit
with hard_limit(0.5):
    # A library that holds the interpreter's lock and never comes back.
    ctypes.PyDLL(None).sleep(60)
"""


def test_a_job_that_never_returns_to_python_ends_its_process() -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", HANGS], capture_output=True, text=True, cwd=ROOT, timeout=30,
        env={"PATH": os.environ["PATH"]}, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Timeout" in done.stderr
    assert time.monotonic() - began < 25


def test_the_limit_grows_with_the_recording_and_has_an_end(settings) -> None:
    seconds = {
        duration: limit(factories.recording(duration=duration).pk).total_seconds()
        for duration in (0.0, 5.0, 60.0, 3600.0)
    }
    assert seconds == {0.0: 540.0, 5.0: 110.0, 60.0: 540.0, 3600.0: 540.0}
    assert queues.TRANSCRIBE.seconds > max(seconds.values())


KILLED = """
import os, sys
from app import runtime
from app.config import Settings
from app.runtime import Runtime
from tests.fakes import FakeSpeech
from workers import jobs

class Deadly(FakeSpeech):
    def transcribe(self, audio, language):
        os.kill(os.getpid(), 9)

this = Runtime(Settings.from_env(os.environ))
this.__dict__["speech"] = Deadly()
this.connect()
runtime.install(this)
jobs.transcribe(sys.argv[1])
"""


def test_a_recording_that_kills_its_worker_three_times_goes_to_a_person(
    real, settings, surroundings
) -> None:
    recording = stored(real, sounds.wav(sounds.spoken("gate-code")))

    def struck() -> int:
        return subprocess.run(
            [sys.executable, "-c", KILLED, str(recording.pk)], cwd=ROOT, timeout=60, check=False,
            env={**surroundings, "PATH": os.environ["PATH"]}, capture_output=True,
        ).returncode  # fmt: skip

    impatient = Runtime(settings.model_copy(update={"patience": 0.0001}))
    for tries in (1, 2, 3):
        assert struck() == -9
        recording.reload()
        assert (recording.stage, recording.processing_attempts) == ("stored", tries)
        # The dead worker's claim runs out, and the sweep finds the recording again.
        recording.modify(set__hearing_until=datetime.now(UTC))
        assert impatient.enqueuer.depth(queues.SPEECH) == 0
        time.sleep(0.05)
        clock.sweep_up(impatient)
        assert impatient.enqueuer.depth(queues.SPEECH) == 1
        Queue(
            queues.SPEECH,
            connection=queues.connect(settings.redis_url.get_secret_value()),
            serializer=JSONSerializer,
        ).empty()
    jobs.transcribe(str(recording.pk))
    recording.reload()
    assert (recording.stage, recording.processing_status) == ("understood", "failed")
    assert DeadJob.of("default", document_id=recording.pk).count() == 1


def test_a_full_queue_takes_only_what_goes_first(settings, monkeypatch) -> None:
    monkeypatch.setattr(queues, "MOST_WAITING", {queues.SPEECH: 2})
    enqueuer = Runtime(settings).enqueuer
    assert all(enqueuer.enqueue(queues.TRANSCRIBE, ObjectId()) for _ in range(2))
    assert not enqueuer.enqueue(queues.TRANSCRIBE, ObjectId())
    waits = ObjectId()
    assert enqueuer.enqueue(queues.TRANSCRIBE, waits, first=True)
    assert enqueuer.enqueue(queues.STORE, ObjectId())
    connection = queues.connect(settings.redis_url.get_secret_value())
    waiting = Queue(queues.SPEECH, connection=connection, serializer=JSONSerializer).job_ids
    assert waiting[0] == f"transcribe-{waits}"
    assert len(waiting) == 3


def test_a_customer_on_the_line_and_a_van_about_to_come_go_first(settings) -> None:
    def first(status: str, hours: float) -> bool:
        delivery = factories.delivery(
            outreach={"state": "calling", "attempts": 1},
            scheduled_time=factories.NOW + timedelta(hours=hours),
        )
        call = factories.call(delivery, status=status, in_flight=status == "in-progress")
        return goes_first(factories.recording(call).pk, now=factories.NOW)

    assert first("in-progress", 5)
    assert first("completed", 0.5)
    assert not first("completed", 5)
