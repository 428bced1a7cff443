"""Record: what is kept, who is told, and the sound itself."""

from __future__ import annotations

import io
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests
from twilio.base.exceptions import (  # type: ignore[import-untyped, unused-ignore]
    TwilioRestException,
)

from tests.local.carrier.carrier_world import ACCOUNT_SID, AUTH_TOKEN, World, twiml, write_tone

NEWS = 'recordingStatusCallback="/news" recordingStatusCallbackEvent="completed absent"'
AFTERWARDS = "<Redirect>/silent</Redirect>"


def record(attributes: str = "") -> str:
    return twiml(f'<Record action="/done" {NEWS} {attributes}/>{AFTERWARDS}')


def fetch(world: World, url: str, **options: Any) -> requests.Response:
    return requests.get(url, auth=(ACCOUNT_SID, AUTH_TOKEN), timeout=10, **options)


def sound_of(content: bytes) -> tuple[int, int, int, float]:
    with wave.open(io.BytesIO(content)) as file:
        seconds = file.getnframes() / file.getframerate()
        return file.getnchannels(), file.getsampwidth(), file.getframerate(), seconds


@pytest.fixture
def speech(tmp_path: Path) -> str:
    return str(write_tone(tmp_path / "speech.wav", seconds=4, rate=16000))


def test_what_the_customer_says_can_be_fetched_as_telephone_sound(
    world: World, speech: str
) -> None:
    world.customer({"on": "record", "speak": speech, "press": "#"})
    call = world.run(record())
    (done,) = world.product.at("/done")
    assert done.parameters["Digits"] == "#"
    assert done.parameters["RecordingDuration"] == "5"
    (news,) = world.product.await_webhooks("/news")
    assert news.parameters["RecordingStatus"] == "completed"
    assert news.parameters["RecordingSid"] == done.parameters["RecordingSid"]
    assert news.parameters["RecordingDuration"] == "4"
    assert news.parameters["RecordingSource"] == "RecordVerb"
    assert news.parameters["CallSid"] == call.sid
    for url in (news.parameters["RecordingUrl"], news.parameters["RecordingUrl"] + ".wav"):
        media = fetch(world, url)
        assert media.headers["Content-Type"] == "audio/x-wav"
        channels, width, rate, seconds = sound_of(media.content)
        assert (channels, width, rate) == (1, 2, 8000)
        assert seconds == pytest.approx(4, abs=0.01)
    assert world.product.at("/silent") == []


def test_the_recorded_sound_is_the_spoken_sound(world: World, speech: str) -> None:
    world.customer({"on": "record", "speak": speech})
    world.run(record())
    (news,) = world.product.await_webhooks("/news")
    content = fetch(world, news.parameters["RecordingUrl"]).content
    samples = np.frombuffer(content[44:], dtype="<i2").astype(float)
    strongest = np.argmax(np.abs(np.fft.rfft(samples))) * 8000 / len(samples)
    assert strongest == pytest.approx(440, abs=1)
    assert np.abs(samples).max() == pytest.approx(8000, rel=0.02)


def test_rest_knows_recordings_by_account_call_and_identifier(world: World, speech: str) -> None:
    world.customer({"on": "record", "speak": speech})
    call = world.run(record())
    (by_call,) = world.client.calls(call.sid).recordings.list()
    (by_account,) = world.client.recordings.list(call_sid=call.sid)
    assert by_call.sid == by_account.sid
    fetched = world.client.recordings(by_call.sid).fetch()
    assert (fetched.status, fetched.duration, fetched.channels) == ("completed", "4", 1)
    assert fetched.call_sid == call.sid
    assert world.client.recordings.list(call_sid="CA" + "0" * 32) == []
    assert len(world.client.recordings.list(date_created_after=call.date_created)) == 1


def test_a_deleted_recording_is_gone_with_its_sound(world: World, speech: str) -> None:
    world.customer({"on": "record", "speak": speech})
    world.run(record())
    (news,) = world.product.await_webhooks("/news")
    sid = news.parameters["RecordingSid"]
    assert world.client.recordings(sid).delete()
    assert world.http.statuses[-1] == 204
    assert fetch(world, news.parameters["RecordingUrl"] + ".wav").json()["code"] == 20404
    with pytest.raises(TwilioRestException) as refused:
        world.client.recordings(sid).delete()
    assert refused.value.status == 404


def test_sound_is_only_for_who_knows_the_token(world: World, speech: str) -> None:
    world.customer({"on": "record", "speak": speech})
    world.run(record())
    (news,) = world.product.await_webhooks("/news")
    assert requests.get(news.parameters["RecordingUrl"], timeout=10).status_code == 401


def test_sound_may_be_late(world: World, speech: str) -> None:
    world.customer({"on": "record", "speak": speech})
    world.run(record())
    (news,) = world.product.await_webhooks("/news")
    world.admin.faults(media_404=2)
    url = news.parameters["RecordingUrl"]
    assert [fetch(world, url).status_code for _ in range(3)] == [404, 404, 200]


@pytest.mark.parametrize(
    "step",
    [
        {"on": "record", "silent": True},
        {"on": "gather", "press": "1"},
    ],
)
def test_silence_asks_no_action_and_falls_through(world: World, step: dict[str, Any]) -> None:
    world.customer(step)
    call = world.run(record())
    assert world.product.at("/done") == []
    assert len(world.product.at("/silent")) == 1
    (news,) = world.product.await_webhooks("/news")
    assert news.parameters["RecordingStatus"] == "absent"
    assert news.parameters["ErrorCode"] == "16102"
    assert news.parameters["CallSid"] == call.sid
    assert fetch(world, news.parameters["RecordingUrl"]).status_code == 404


def test_a_key_is_an_answer_even_where_nothing_was_said(world: World) -> None:
    world.customer({"on": "record", "press": "9"})
    world.run(record('finishOnKey="9#"'))
    (done,) = world.product.at("/done")
    assert done.parameters["Digits"] == "9"
    (news,) = world.product.await_webhooks("/news")
    assert (news.parameters["RecordingStatus"], news.parameters["ErrorCode"]) == ("absent", "16102")
    assert news.parameters["RecordingSid"] == done.parameters["RecordingSid"]


def test_speech_that_begins_too_late_or_cannot_be_heard_is_silence(
    world: World, tmp_path: Path, speech: str
) -> None:
    breath = str(write_tone(tmp_path / "breath.wav", seconds=2, loudness=50))
    world.customer({"on": "record", "speak": speech, "after": 6}, {"on": "record", "speak": breath})
    world.run(twiml("<Record/><Record/><Redirect>/silent</Redirect>"))
    assert len(world.product.at("/silent")) == 1
    statuses = [recording.status for recording in world.client.recordings.list()]
    assert statuses == ["absent", "absent"]


def test_a_sound_too_short_to_be_speech_is_reported_as_such(world: World, tmp_path: Path) -> None:
    click = str(write_tone(tmp_path / "click.wav", seconds=0.05))
    world.customer({"on": "record", "speak": click})
    world.run(record())
    assert world.product.await_webhooks("/news")[0].parameters["ErrorCode"] == "16101"


def test_absence_is_only_told_to_who_subscribed(world: World) -> None:
    world.customer()
    world.run(twiml('<Record recordingStatusCallback="/news"/><Pause length="60"/>'))
    assert world.product.at("/news") == []


def test_the_beginning_is_told_to_who_subscribed(world: World, speech: str) -> None:
    world.customer({"on": "record", "speak": speech})
    events = 'recordingStatusCallbackEvent="in-progress completed"'
    world.run(twiml(f'<Record action="/done" recordingStatusCallback="/news" {events}/>'))
    news = world.product.await_webhooks("/news", 2)
    assert [hook.parameters["RecordingStatus"] for hook in news] == ["in-progress", "completed"]


def test_hanging_up_while_recording_is_told_to_the_action(world: World, speech: str) -> None:
    world.customer({"on": "record", "speak": speech, "hang_up_after": 3})
    call = world.run(record())
    (done,) = world.product.at("/done")
    assert done.parameters["Digits"] == "hangup"
    assert done.parameters["CallStatus"] == "completed"
    (news,) = world.product.await_webhooks("/news")
    assert news.parameters["RecordingDuration"] == "2"
    assert call.status == "completed"
    assert world.product.at("/silent") == []


def test_a_recording_is_cut_at_its_greatest_length(world: World, speech: str) -> None:
    world.customer({"on": "record", "speak": speech})
    world.run(record('maxLength="2"'))
    (news,) = world.product.await_webhooks("/news")
    seconds = sound_of(fetch(world, news.parameters["RecordingUrl"]).content)[3]
    assert seconds == pytest.approx(1.5, abs=0.01)


def test_silence_around_the_words_is_kept_only_on_request(world: World, speech: str) -> None:
    world.customer({"on": "record", "speak": speech, "after": 1, "press": "#"})
    world.run(record('trim="do-not-trim"'))
    (news,) = world.product.await_webhooks("/news")
    seconds = sound_of(fetch(world, news.parameters["RecordingUrl"]).content)[3]
    assert seconds == pytest.approx(5.3, abs=0.01)


def test_only_a_finish_key_ends_a_recording(world: World, speech: str) -> None:
    world.customer({"on": "record", "speak": speech, "press": "9"})
    world.run(record('finishOnKey="#" timeout="10"'))
    assert world.product.at("/done")[0].parameters["Digits"] == ""


def test_hanging_up_over_rest_keeps_the_recording_and_asks_no_action(
    world: World, tmp_path: Path
) -> None:
    speech = str(write_tone(tmp_path / "long.wav", seconds=600))
    world.customer({"on": "record", "speak": speech})
    begun = 'recordingStatusCallback="/news" recordingStatusCallbackEvent="in-progress"'
    sid = world.place(twiml(f'<Record action="/done" {begun}/>{AFTERWARDS}'))
    world.product.await_webhooks("/news")
    time.sleep(0.05)  # five seconds of call time, so that something has been said
    world.client.calls(sid).update(status="completed")
    world.await_status(sid, "completed")
    assert [recording.status for recording in world.client.recordings.list()] == ["completed"]
    assert world.product.at("/done") == world.product.at("/silent") == []


def test_recording_a_machine_yields_its_announcement_or_nothing(
    world: World, tmp_path: Path
) -> None:
    greeting = str(write_tone(tmp_path / "greeting.wav", seconds=5))
    world.customer(outcome="voicemail", greeting=greeting)
    world.run(twiml('<Record action="/again"/>'))
    world.product.script["/again"] = twiml("<Record/>")
    world.run(twiml('<Record action="/again"/>'))
    statuses = [recording.status for recording in world.client.recordings.list()]
    assert statuses == ["absent", "completed", "completed"]
