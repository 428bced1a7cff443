"""Several recordings heard together: what a GPU does, here on the processor with the same code."""

from __future__ import annotations

import pytest

from app.errors import PermanentError
from app.gateways import Transcript
from app.gateways.whisper_model import Machine, recordings_at_once
from app.gateways.whisper_speech import EMBEDDED, WhisperSpeech
from tools.speech_model.heldout import SETS, recordings


def test_a_gpu_hears_several_and_a_processor_one_unless_told_otherwise() -> None:
    assert recordings_at_once("cuda") == 8
    assert recordings_at_once("cpu") == 1
    assert recordings_at_once("cuda", 3) == 3
    assert recordings_at_once("cpu", 4) == 4
    assert WhisperSpeech(EMBEDDED, Machine("cpu")).at_once == 1
    assert WhisperSpeech(EMBEDDED, Machine("cpu", at_once=4)).at_once == 4


def times(heard: Transcript) -> list[float]:
    return [word.start for segment in heard.segments for word in segment.words]


def test_four_together_are_heard_word_for_word_as_each_alone() -> None:
    audios = [path for name in SETS for _, path in recordings(name)]
    assert len(audios) > 40
    four = WhisperSpeech(EMBEDDED, Machine("cpu", at_once=4))
    alone = [four.transcribe(audio, "en") for audio in audios]
    together = [
        heard
        for start in range(0, len(audios), four.at_once)
        for heard in four.transcribe_all(audios[start : start + four.at_once], "en")
    ]
    assert [each.text for each in together] == [each.text for each in alone]
    for one, other in zip(together, alone, strict=True):
        assert one.confidence == pytest.approx(other.confidence, abs=0.01)
        # The library guesses where a piece's first words part, from what it heard before them.
        assert times(one) == pytest.approx(times(other), abs=0.4)


def test_a_broken_recording_costs_the_others_nothing() -> None:
    audios = [path.read_bytes() for _, path in list(recordings("seen"))[:3]]
    speech = WhisperSpeech(EMBEDDED, Machine("cpu", at_once=4))
    alone = [speech.transcribe(audio, "en").text for audio in audios]
    first, broken, second, third = speech.transcribe_all([audios[0], b"RIFF", *audios[1:]], "en")
    assert isinstance(broken, PermanentError)
    assert [first.text, second.text, third.text] == alone
