"""A worker that hears several recordings at once: each is begun, counted and ended for itself."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from app import queues, runtime
from app.models import CallLog, DeadJob, Recording, Review
from app.pipeline.to_hear import limit, together_with
from app.runtime import Runtime
from tests.fakes import FakeSpeech
from tests.gateways import sounds
from tests.workers.test_queue import work
from tests.workers.test_speech_worker import KILLED, ROOT, stored
from workers import jobs

SAID = {
    "gate-code": "the gate code is four five one nine hash",
    "leave-behind-planter": "please leave it behind the planter",
    "call-ten-minutes-before": "please call me ten minutes before",
}


@pytest.fixture
def four(settings) -> Runtime:
    """The real storage and the real model, which is told to hear four together."""
    made = Runtime(settings.model_copy(update={"whisper_at_once": 4}))
    runtime.install(made)
    yield made
    runtime.install(None)


def answer(four: Runtime, name: str, **fields) -> Recording:
    return stored(four, sounds.wav(sounds.spoken(name)), **{"duration": 4.0, **fields})


def at_work(recordings: list[Recording]) -> list[tuple[str, int]]:
    found = [Recording.of("default", pk=each.pk).get() for each in recordings]
    return [(each.stage, each.processing_attempts) for each in found]


def test_one_wake_up_hears_all_that_wait_each_with_its_own_end(four, settings, monkeypatch) -> None:
    batches: list[int] = []
    hear = four.speech.transcribe_all
    monkeypatch.setattr(
        four.speech,
        "transcribe_all",
        lambda audios, language: (batches.append(len(audios)), hear(audios, language))[1],
    )
    good = {name: answer(four, name) for name in SAID}
    broken = stored(four, b"RIFF" + bytes(5000), duration=4.0)
    for recording in (*good.values(), broken):
        four.enqueuer.enqueue(queues.TRANSCRIBE, recording.pk)
    work(settings, queues.SPEECH)
    assert batches == [4]
    for name, recording in good.items():
        recording.reload()
        assert (recording.stage, recording.processing_attempts) == ("transcribed", 1)
        assert recording.transcription.text == SAID[name]
        assert len(recording.segments[0]["words"]) == len(SAID[name].split())
    broken.reload()
    assert (broken.stage, broken.processing_status) == ("understood", "failed")
    assert [dead.document_id for dead in DeadJob.of("default")] == [broken.pk]
    for _ in range(2):
        work(settings, queues.ANSWERS)
    assert all(stage == "understood" for stage, _ in at_work(list(good.values())))
    assert Review.of("default", reason="unheard").get().delivery_id == broken.delivery_id


def test_what_another_worker_hears_already_is_left_to_it(four) -> None:
    mine, theirs = answer(four, "gate-code"), answer(four, "leave-behind-planter")
    theirs.modify(set__hearing_until=datetime.now(UTC) + timedelta(minutes=1))
    jobs.transcribe(str(mine.pk))
    assert at_work([mine, theirs]) == [("transcribed", 1), ("stored", 0)]


def test_audio_that_is_not_there_leaves_its_recording_alone_and_the_others_heard(four) -> None:
    mine, lost = answer(four, "gate-code"), answer(four, "leave-behind-planter")
    lost.modify(set__storage_key="rec/nowhere.wav")
    jobs.transcribe(str(mine.pk))
    assert at_work([mine, lost]) == [("transcribed", 1), ("stored", 0)]


def test_what_fails_together_is_heard_alone_at_once(four, settings, monkeypatch) -> None:
    def no_room(audios, language):
        raise RuntimeError("CUDA failed with error out of memory")

    monkeypatch.setattr(four.speech, "transcribe_all", no_room)
    monkeypatch.setattr(four.speech, "transcribe", FakeSpeech("leave it in the porch").transcribe)
    recordings = [answer(four, name) for name in SAID]
    for recording in recordings:
        four.enqueuer.enqueue(queues.TRANSCRIBE, recording.pk)
    work(settings, queues.SPEECH)
    assert at_work(recordings) == [("stored", 1), ("transcribed", 2), ("transcribed", 2)]
    # The sweep finds the one whose wake-up was spent.
    assert Recording.of("default", pk=recordings[0].pk).get().hearing_until is None


def test_a_process_that_dies_leaves_all_to_be_heard_and_each_alone(four, surroundings) -> None:
    kill_all = KILLED.replace(
        "class Deadly(FakeSpeech):", "class Deadly(FakeSpeech):\n    at_once = 4"
    )
    recordings = [answer(four, name) for name in SAID]
    died = subprocess.run(
        [sys.executable, "-c", kill_all, str(recordings[0].pk)], cwd=ROOT, timeout=60, check=False,
        env={**surroundings, "PATH": os.environ["PATH"]}, capture_output=True,
    )  # fmt: skip
    assert died.returncode == -9
    assert at_work(recordings) == [("stored", 1)] * 3
    for recording in recordings:
        recording.modify(set__hearing_until=datetime.now(UTC))
    for recording in recordings:
        assert together_with(recording.pk, most=4) == [recording.pk]
        jobs.transcribe(str(recording.pk))
    assert at_work(recordings) == [("transcribed", 2)] * 3


def test_the_oldest_of_the_same_language_go_together_as_far_as_the_limit_has_room(four) -> None:
    first, spanish, long, second, third, fourth = (
        answer(four, "gate-code", duration=seconds) for seconds in (5, 5, 60, 5, 5, 5)
    )
    CallLog.of("default", pk=spanish.call_log_id).update(set__language="es")

    def chosen(most: int) -> list:
        return together_with(first.pk, most=most)

    assert chosen(1) == [first.pk]
    assert chosen(3) == [first.pk, second.pk, third.pk]
    assert chosen(8) == [first.pk, second.pk, third.pk, fourth.pk]
    assert together_with(long.pk, most=8) == [long.pk]
    assert limit(*chosen(8)) == timedelta(seconds=60 + 4 * 50)
