"""Whatever a recording holds ends in a state that somebody can see, with its audio kept."""

from __future__ import annotations

import numpy as np
import pytest

from app.models import Delivery, Review
from app.runtime import Runtime
from tests.gateways import sounds
from tests.gateways.sounds import noise, silence, spoken, wav
from tests.workers.test_speech_worker import heard_through, stored
from tools.speech_model import wordless

GATE = spoken("gate-code")
GATE_WORDS = "the gate code is four five one nine hash"
MINUTE = np.tile(
    np.concatenate([np.concatenate([spoken(each), silence(0.5)]) for each in
                    ("gate-code", "leave-behind-planter")]), 20
)[: 60 * sounds.RATE]  # fmt: skip
SILENT = {
    "silence": silence(6),
    "ring-back, US": sounds.ring_back(),
    "ring-back, UK": sounds.ring_back(british=True),
    "ring-back, EU": wordless.line("ring-back, EU", 0.2, 1),
    "busy": wordless.line("busy", 0.2, 1),
    "music": sounds.music(),
    "a dog": sounds.dog(),
    "keys": sounds.keys(),
    "wind": wordless.line("wind", 0.2, 1),
    "clicks": wordless.line("clicks", 0.2, 1),
    "hold": wordless.line("hold", 0.2, 1),
    "roar": noise(8, 0.4),
}
SAID = {
    "two channels": wav(np.stack([GATE, noise(20, 0.01)[: len(GATE)]], axis=1)),
    "44.1 kHz": wav(sounds.resampled(GATE, 44_100), 44_100),
    "a minute of monologue": wav(MINUTE),
    "cut off in the second sentence": wav(np.concatenate([GATE, silence(1), GATE]))[
        : 2 * len(GATE) + 20_000
    ],
    "another kind of file": sounds.encoded(GATE, "mp3", "mp3"),
}


@pytest.mark.parametrize("line", SILENT.values(), ids=SILENT.keys())
def test_where_nobody_speaks_nothing_was_said_and_nobody_is_asked(
    real: Runtime, settings, line
) -> None:  # fmt: skip
    content = wav(line)
    recording = heard_through(real, settings, stored(real, content))
    assert (recording.stage, recording.processing_status) == ("understood", "completed")
    assert (recording.transcription.text, recording.segments) == ("", [])
    assert recording.no_speech == 1.0
    assert recording.ai_analysis.directives == []
    assert not recording.ai_analysis.needs_review
    delivery = Delivery.of("default", pk=recording.delivery_id).get()
    assert (delivery.outreach.state, delivery.analysis) == ("nothing_said", None)
    assert Review.of("default").count() == 0
    assert real.storage.get(recording.storage_key) == content


@pytest.mark.parametrize("content", SAID.values(), ids=SAID.keys())
def test_what_was_said_is_found_in_any_usual_file(real, settings, content) -> None:
    recording = heard_through(real, settings, stored(real, content))
    assert (recording.stage, recording.processing_status) == ("understood", "completed")
    found = [each for each in recording.ai_analysis.directives if each.kind.value == "access"]
    assert [each.slots["code"] for each in found][:1] == ["4519#"]
    assert real.storage.get(recording.storage_key) == content


def test_a_minute_of_monologue_is_heard_to_its_end(real, settings) -> None:
    recording = heard_through(real, settings, stored(real, SAID["a minute of monologue"]))
    ends = [segment["end"] for segment in recording.segments]
    assert ends == sorted(ends)
    assert ends[-1] > 55
    kinds = {each.kind.value for each in recording.ai_analysis.directives}
    assert {"access", "leave_at"} <= kinds


@pytest.mark.parametrize(
    "line",
    [
        wordless.line("babble", 0.2, 1),
        wordless.line("music, hummed", 0.2, 3),
        spoken("voicemail-greeting"),
        np.clip(GATE * 40, -1, 1) + noise(20, 0.2)[: len(GATE)],
    ],
    ids=["babble", "humming", "a voicemail greeting", "clipped and noisy"],
)
def test_words_are_right_or_for_a_person_or_none(real, settings, line) -> None:
    content = wav(line)
    recording = heard_through(real, settings, stored(real, content))
    assert (recording.stage, recording.processing_status) == ("understood", "completed")
    analysis = recording.ai_analysis
    reviews = list(Review.of("default", delivery_id=recording.delivery_id))
    if recording.transcription.text:
        right = recording.transcription.text == GATE_WORDS
        assert analysis.needs_review or not analysis.directives or right
        assert bool(reviews) == analysis.needs_review
        assert {each.reason for each in reviews} <= {"unclear", "for_a_person"}
    else:
        assert (analysis.directives, reviews) == ([], [])
    assert real.storage.get(recording.storage_key) == content


@pytest.mark.parametrize("confidence", [0.3, 0.7, 0.95])
def test_the_surer_the_words_the_less_a_person_is_asked(real, settings, confidence) -> None:
    from dataclasses import replace

    from tests.fakes import FakeSpeech

    class Unsure(FakeSpeech):
        def transcribe(self, audio, language):
            return replace(super().transcribe(audio, language), confidence=confidence)

    real.__dict__["speech"] = Unsure(GATE_WORDS)
    recording = heard_through(real, settings, stored(real, wav(GATE)))
    assert recording.transcription.text == GATE_WORDS
    assert bool(recording.ai_analysis.directives) == (confidence > 0.65)
    assert recording.ai_analysis.needs_review == (confidence < 0.8)
    assert Review.of("default").count() == int(confidence < 0.8)


def test_one_word_is_an_answer_or_silence_and_never_an_instruction(real, settings) -> None:
    from app.gateways.whisper_speech import WhisperSpeech

    assert isinstance(real.speech, WhisperSpeech)
    whole = real.speech.transcribe(wav(spoken("yes-thats-fine")), "en")
    first = whole.segments[0].words[0]
    word = spoken("yes-thats-fine")[: round((first.end + 0.05) * sounds.RATE)]
    content = wav(np.concatenate([word, silence(0.5)]))
    recording = heard_through(real, settings, stored(real, content))
    assert len(recording.transcription.text.split()) <= 2
    kinds = {each.kind.value for each in recording.ai_analysis.directives}
    assert kinds <= {"confirm"} or recording.ai_analysis.needs_review
    delivery = Delivery.of("default", pk=recording.delivery_id).get()
    assert delivery.outreach.state in ("confirmed", "instructed", "nothing_said")
