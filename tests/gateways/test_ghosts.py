"""What a line may carry instead of words: each has a defined result, and none of it is a ghost."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

import numpy as np
import pytest

from app.errors import PermanentError
from app.gateways.sound import LONGEST
from app.gateways.whisper_model import Machine
from app.gateways.whisper_speech import EMBEDDED, WhisperSpeech
from app.rules import directives
from app.rules.heard import read
from tests.gateways import sounds
from tests.gateways.sounds import Samples, noise, resampled, silence, spoken, wav

GATE = "the gate code is four five one nine hash"
NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def speech() -> WhisperSpeech:
    loaded = WhisperSpeech(EMBEDDED, Machine("cpu"))
    loaded.load()
    return loaded


LINES = {
    "digital silence": silence(10),
    "a quiet line": noise(10, 0.0005),
    "hiss": noise(10, 0.05),
    "roar": noise(10, 0.4),
    "ring-back, American": sounds.ring_back(),
    "ring-back, British": sounds.ring_back(british=True),
    "busy": np.tile(np.concatenate([sounds.tones(0.5, 480, 620), silence(0.5)]), 8),
    "music": sounds.music(),
    "a dog": sounds.dog(),
    "hum": sounds.hum(),
    "keys": sounds.keys(),
    "one key held": sounds.tones(6, 941, 1477),
    "a click": np.concatenate([silence(2), np.ones(3), silence(2)]),
    "a tenth of a second": noise(0.1, 0.1),
    "a minute of nothing": noise(60, 0.002),
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
@pytest.mark.parametrize("gain", [1.0, 0.01], ids=["as it is", "faint"])
def test_where_nobody_speaks_nothing_was_said(
    speech: WhisperSpeech, line: Samples, gain: float
) -> None:
    heard = speech.transcribe(wav(line * gain), "en")
    assert heard.text == ""
    assert heard.no_speech
    assert (heard.segments, heard.confidence, heard.translation) == ((), 0.0, "")
    analysis = directives.understand(heard.text, now=NOW)
    assert analysis.directives == ()


def test_words_between_music_and_ringing_are_heard_and_nothing_else(speech: WhisperSpeech) -> None:
    line = np.concatenate([sounds.ring_back(6), spoken("gate-code"), silence(1), sounds.keys("1")])
    assert speech.transcribe(wav(line), "en").text == GATE


def test_a_voicemail_greeting_gives_no_directive_that_nobody_checks(speech: WhisperSpeech) -> None:
    """The packaged model knows few of its words, and mishears the others."""
    heard = speech.transcribe(wav(spoken("voicemail-greeting")), "en")
    analysis = read(heard.text, "en", at=NOW, confidence=heard.confidence)
    assert analysis.needs_review or analysis.directives == ()
    said = "hello. you have reached voicemail. please leave a message after the tone"
    assert directives.understand(said, now=NOW).directives == ()


def test_one_word_is_one_word_or_none(speech: WhisperSpeech) -> None:
    whole = speech.transcribe(wav(spoken("yes-thats-fine")), "en")
    first = whole.segments[0].words[0]
    end = round((first.end + 0.05) * sounds.RATE)
    line = np.concatenate([spoken("yes-thats-fine")[:end], silence(0.5)])
    heard = speech.transcribe(wav(line), "en")
    assert len(heard.text.split()) <= 2
    assert heard.no_speech == (heard.text == "")


def test_a_minute_of_monologue_is_heard_to_its_end(speech: WhisperSpeech) -> None:
    names = ["gate-code", "fragile", "leave-behind-planter", "mind-the-dog"]
    part = np.concatenate([np.concatenate([spoken(name), silence(0.4)]) for name in names])
    whole = np.tile(part, 10)[: 60 * sounds.RATE]
    heard = speech.transcribe(wav(whole), "en")
    assert heard.duration == pytest.approx(60, abs=0.1)
    assert heard.text.count("the gate code is") >= 3
    assert heard.segments[-1].end > 55
    starts = [segment.start for segment in heard.segments]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("line", "most_wrong"),
    [
        (np.clip(spoken("gate-code") * 4, -0.5, 0.5), 3),
        (np.clip(spoken("gate-code") * 20, -1, 1), 9),
        (spoken("gate-code") * 0.005, 0),
        (spoken("gate-code") * 0.0005, 9),
    ],
    ids=["clipped", "very loud", "faint", "hardly there"],
)
def test_loudness_costs_words_and_invents_no_code(
    speech: WhisperSpeech, line: Samples, most_wrong: int
) -> None:
    from tools.speak_answers import wrong_words

    heard = speech.transcribe(wav(line), "en")
    assert wrong_words(GATE.split(), heard.text.split()) <= most_wrong
    if heard.text != GATE:
        assert heard.no_speech or heard.confidence < 0.97


@pytest.mark.parametrize("side", [0, 1])
def test_of_two_channels_the_one_on_which_the_customer_speaks_is_heard(
    speech: WhisperSpeech, side: int
) -> None:
    customer, other = spoken("gate-code"), noise(10, 0.01)
    channels = [customer, other[: len(customer)]]
    stereo = np.stack(channels[:: 1 - 2 * side], axis=1)
    assert speech.transcribe(wav(stereo), "en").text == GATE


def test_where_both_channels_speak_neither_is_lost(speech: WhisperSpeech) -> None:
    first, second = spoken("gate-code"), spoken("leave-behind-planter")
    left = np.concatenate([first, silence(1), np.zeros_like(second)])
    right = np.concatenate([np.zeros_like(first), silence(1), second])
    heard = speech.transcribe(wav(np.stack([left, right], axis=1)), "en")
    assert heard.text == f"{GATE} please leave it behind the planter"


@pytest.mark.parametrize("rate", [11_025, 16_000, 44_100, 48_000])
def test_any_rate_is_heard(speech: WhisperSpeech, rate: int) -> None:
    content = wav(resampled(spoken("gate-code"), rate), rate)
    heard = speech.transcribe(content, "en")
    assert heard.text == GATE
    assert heard.duration == pytest.approx(len(spoken("gate-code")) / 8000, abs=0.05)


@pytest.mark.parametrize(
    ("container", "codec"),
    [("mp3", "mp3"), ("ogg", "libopus"), ("webm", "libopus"), ("flac", "flac"), ("mp4", "aac")],
)
def test_any_usual_kind_of_file_is_heard(speech: WhisperSpeech, container: str, codec: str) -> None:
    content = sounds.encoded(spoken("gate-code"), container, codec)
    assert speech.transcribe(content, "en").text == GATE


def test_a_file_that_is_cut_off_is_heard_as_far_as_it_goes(speech: WhisperSpeech) -> None:
    whole = wav(spoken("gate-code"))
    heard = speech.transcribe(whole[: len(whole) // 2], "en")
    assert heard.text.startswith("the gate code is")
    assert heard.duration == pytest.approx(len(spoken("gate-code")) / 16_000, abs=0.1)


def test_a_damaged_packet_costs_itself_alone(speech: WhisperSpeech) -> None:
    content = bytearray(sounds.encoded(np.tile(spoken("gate-code"), 3), "mp3", "mp3"))
    middle = len(content) // 2
    content[middle : middle + 400] = bytes(400)
    heard = speech.transcribe(bytes(content), "en")
    assert heard.text.startswith(GATE)
    assert heard.text.endswith("four five one nine hash")


def lying(**said: int) -> bytes:
    """A WAV whose header says something else than what follows."""
    content = bytearray(wav(spoken("gate-code")))
    places = {"riff": (4, "<I"), "channels": (22, "<H"), "rate": (24, "<I"), "bits": (34, "<H")}
    places |= {"format": (20, "<H"), "data": (40, "<I"), "block": (32, "<H")}
    for name, value in said.items():
        at, kind = places[name]
        struct.pack_into(kind, content, at, value)
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [lying(data=0xFFFFFFFF, riff=0xFFFFFFFF), lying(data=10**9, riff=10**9)],
    ids=["unknown length", "too long"],
)
def test_a_header_that_promises_more_than_there_is_does_no_harm(
    speech: WhisperSpeech, content: bytes
) -> None:
    heard = speech.transcribe(content, "en")
    assert heard.text == GATE
    assert heard.duration < 10


@pytest.mark.parametrize(
    "content",
    [
        lying(rate=0),
        lying(channels=0),
        lying(format=0x7777),
        lying(rate=4_000_000_000),
        lying(rate=1),
        lying(bits=0),
        lying(data=0),
    ],
    ids=["no rate", "no channel", "unknown coding", "high rate", "1 Hz", "no bits", "no data"],
)
def test_a_header_that_makes_no_sense_is_no_audio_or_no_words(
    speech: WhisperSpeech, content: bytes
) -> None:
    try:
        heard = speech.transcribe(content, "en")
    except PermanentError as error:
        assert "audio" in str(error)  # noqa: PT017 - either end is defined
    else:
        assert heard.duration <= LONGEST
        assert directives.understand(heard.text, now=NOW).directives == () or heard.text == GATE


def test_days_of_sound_in_a_small_file_are_refused(speech: WhisperSpeech) -> None:
    content = sounds.encoded(silence(LONGEST + 5), "flac", "flac", 8000)
    assert len(content) < 1_000_000
    with pytest.raises(PermanentError, match="plays longer than"):
        speech.transcribe(content, "en")


def test_several_recordings_heard_together_do_not_mix(speech: WhisperSpeech) -> None:
    audios = [
        wav(spoken("gate-code")),
        b"no audio",
        wav(silence(3)),
        wav(spoken("leave-behind-planter")),
    ]
    gate, broken, nobody, planter = speech.transcribe_all(audios, "en")
    assert gate == speech.transcribe(audios[0], "en") or gate.text == GATE
    assert isinstance(broken, PermanentError)
    assert nobody.no_speech
    assert nobody.text == ""
    assert planter.text == "please leave it behind the planter"
    alone = speech.transcribe(audios[3], "en").segments[0].words
    together = planter.segments[0].words
    assert [word.start for word in together] == pytest.approx(
        [word.start for word in alone], abs=0.15
    )
