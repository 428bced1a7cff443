"""The packaged model hears the recordings that the local telephone network plays."""

from __future__ import annotations

import io
import json
import random
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.errors import PermanentError
from app.gateways import Transcript
from app.gateways.whisper_model import Machine
from app.gateways.whisper_speech import EMBEDDED, WhisperSpeech

CARRIER = Path(__file__).resolve().parents[2] / "local" / "carrier"
ANSWERS: list[dict[str, Any]] = json.loads((CARRIER / "answers.json").read_text())


@pytest.fixture(scope="session")
def speech() -> WhisperSpeech:
    loaded = WhisperSpeech(EMBEDDED, Machine(device="cpu"))
    loaded.load()
    return loaded


@pytest.fixture(scope="session")
def heard(speech: WhisperSpeech) -> dict[str, Transcript]:
    return {row["file"]: speech.transcribe(CARRIER / row["file"], "en") for row in ANSWERS}


def wav(samples: np.ndarray[Any, Any], rate: int = 8000) -> bytes:
    """16-bit PCM; one row a sample, one column a channel."""
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return content.getvalue()


def spoken(name: str) -> np.ndarray[Any, Any]:
    """A shipped answer as 8 kHz samples."""
    from local.carrier.audio import read_audio

    return read_audio(CARRIER / "audio" / f"{name}.wav") / 32768


def plain(text: str) -> str:
    return text.replace(".", "").replace(",", "")


def test_nearly_all_shipped_answers_are_heard_word_for_word(heard: dict[str, Transcript]) -> None:
    misheard = {
        row["file"]: heard[row["file"]].text
        for row in ANSWERS
        if heard[row["file"]].text != plain(row["text"])
    }
    assert len(ANSWERS) >= 28
    assert len(misheard) <= 2, misheard


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gate-code", "the gate code is four five one nine hash"),
        ("leave-behind-planter", "please leave it behind the planter"),
        ("call-ten-minutes-before", "please call me ten minutes before"),
    ],
)
def test_a_plain_answer_is_heard_exactly(
    heard: dict[str, Transcript], name: str, words: str
) -> None:
    transcript = heard[f"audio/{name}.wav"]
    assert transcript.text == words
    assert transcript.language == "en"
    assert not transcript.no_speech
    assert transcript.confidence > 0.8


def test_word_times_ascend_and_stay_within_the_recording(heard: dict[str, Transcript]) -> None:
    for transcript in heard.values():
        words = [word for segment in transcript.segments for word in segment.words]
        assert " ".join(word.text for word in words) == transcript.text
        times = [time for word in words for time in (word.start, word.end)]
        assert times == sorted(times)
        assert times[0] >= 0
        assert times[-1] <= transcript.duration
        assert all(0 <= word.probability <= 1 for word in words)


def test_words_after_a_pause_are_timed_after_it(speech: WhisperSpeech) -> None:
    pause = np.zeros(8000 * 3)
    first, second = spoken("gate-code"), spoken("leave-behind-planter")
    transcript = speech.transcribe(wav(np.concatenate([first, pause, second])), "en")
    assert [segment.text for segment in transcript.segments] == [
        "the gate code is four five one nine hash",
        "please leave it behind the planter",
    ]
    after_pause = (len(first) + len(pause)) / 8000
    assert transcript.segments[0].words[-1].end < len(first) / 8000 + 1
    planter = transcript.segments[1].words[-1]
    assert after_pause < planter.start < transcript.duration


def test_a_recording_longer_than_the_models_window_is_heard_to_its_end(
    speech: WhisperSpeech,
) -> None:
    pause = np.zeros(8000 * 16)
    parts = [spoken("gate-code"), pause, spoken("fragile"), pause, spoken("cake-upright")]
    text = speech.transcribe(wav(np.concatenate(parts)), "en").text
    assert text.startswith("the gate code is")
    assert text.endswith("it's a cake so keep it upright")


@pytest.mark.parametrize("level", [0.0, 0.001, 0.01, 0.1])
@pytest.mark.parametrize("seconds", [1, 4, 12])
def test_silence_and_steady_noise_give_no_words(
    speech: WhisperSpeech, level: float, seconds: int
) -> None:
    noise = np.random.default_rng(7).standard_normal(8000 * seconds) * level
    transcript = speech.transcribe(wav(noise), "en")
    assert transcript.text == ""
    assert transcript.no_speech
    assert transcript.segments == ()
    assert transcript.confidence == 0
    assert transcript.duration == pytest.approx(seconds, abs=0.05)


def test_a_line_on_which_nobody_speaks_gives_no_words(speech: WhisperSpeech) -> None:
    assert speech.transcribe(CARRIER / "audio" / "nobody-speaks.wav", "en").no_speech


def test_a_stereo_recording_at_another_rate_is_heard(speech: WhisperSpeech) -> None:
    mono = spoken("gate-code")
    places = np.linspace(0, len(mono) - 1, round(len(mono) * 44_100 / 8000))
    louder = np.interp(places, np.arange(len(mono)), mono)
    stereo = np.stack([louder, louder * 0.8], axis=1)
    text = speech.transcribe(wav(stereo, 44_100), "en").text
    assert text == "the gate code is four five one nine hash"


def test_an_english_model_hears_english_whatever_language_is_asked(speech: WhisperSpeech) -> None:
    transcript = speech.transcribe(CARRIER / "audio" / "gate-code.wav", "de")
    assert transcript.language == "en"
    assert transcript.text == "the gate code is four five one nine hash"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        wav(np.zeros(8000))[:40],
        wav(np.zeros(0)),
        b'<?xml version="1.0"?><TwilioResponse><Code>20404</Code></TwilioResponse>',
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        random.Random(1).randbytes(20_000),
        b"RIFF" + random.Random(2).randbytes(20_000),
        b"ID3" + random.Random(3).randbytes(20_000),
    ],
    ids=["empty", "cut", "header", "no sound", "xml", "play list", "random", "riff", "id3"],
)
def test_what_is_not_audio_is_a_permanent_error(speech: WhisperSpeech, content: bytes) -> None:
    with pytest.raises(PermanentError, match="audio"):
        speech.transcribe(content, "en")
