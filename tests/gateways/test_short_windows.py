"""Only what was said is encoded, and what sounds doubtful so is heard again in a full window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.gateways.processor import cores
from app.gateways.sound import RATE, Voice, decode, pieces, with_silence
from app.gateways.whisper_hearing import (
    EMBEDDED_HEARING,
    STOCK_HEARING,
    Figures,
    Heard,
    Hearing,
    could_say,
)
from app.gateways.whisper_model import Machine
from app.gateways.whisper_speech import EMBEDDED, EMBEDDED_FOLDER, WhisperSpeech

AUDIO = Path(__file__).resolve().parents[2] / "local" / "carrier" / "audio"
GATE = AUDIO / "gate-code.wav"
NEVER = Figures(log_probability=-99.0, no_speech=2.0, compression=99.0)
ALWAYS = Figures(log_probability=99.0, no_speech=2.0, compression=99.0)


def encoded(hearing: Hearing, audio: Path = GATE) -> tuple[list[tuple[int, int]], list[Any]]:
    """Pieces and frames of each window that was encoded, and what was heard."""
    from faster_whisper import WhisperModel

    from app.gateways.short_windows import pipeline

    model = WhisperModel(str(EMBEDDED_FOLDER), device="cpu", cpu_threads=1)
    encode, windows = model.encode, []

    def noting(features: Any) -> Any:
        windows.append((features.shape[0], features.shape[-1]))
        return encode(features)

    model.encode = noting
    samples = with_silence(decode(audio))
    cuts = pieces(samples, hearing.cutting)
    segments, _ = pipeline(model, hearing).transcribe(
        samples, language="en", clip_timestamps=cuts, beam_size=5, word_timestamps=True
    )
    heard = list(segments)
    longest = max(cut["end"] - cut["start"] for cut in cuts)
    assert windows[0][1] == 3000 or longest * 100 <= windows[0][1] < longest * 100 + 100
    return windows, heard


def test_a_short_answer_is_encoded_as_long_as_it_lasts() -> None:
    windows, heard = encoded(replace(EMBEDDED_HEARING, doubtful=NEVER))
    assert len(windows) == 1
    assert windows[0][1] <= (len(decode(GATE)) / RATE + 2) * 100
    assert " ".join(each.text.strip() for each in heard).endswith("five one nine hash")


def test_what_is_doubtful_in_a_short_window_is_heard_again_in_a_full_one() -> None:
    windows, heard = encoded(replace(EMBEDDED_HEARING, doubtful=ALWAYS))
    assert [frames for _, frames in windows][1:] == [3000]
    _, short = encoded(replace(EMBEDDED_HEARING, doubtful=NEVER))
    _, full = encoded(replace(EMBEDDED_HEARING, short_windows=False))
    for better, one, other in zip(heard, short, full, strict=True):
        assert better.avg_logprob == max(one.avg_logprob, other.avg_logprob)


def test_the_full_window_is_kept_where_it_leaves_no_doubt() -> None:
    """Doubted for its length alone, in short windows: the surer words lose to those in order."""
    from app.gateways.short_windows import ShortWindows

    circling, plain = piece("go go go go", -0.1, 9.0), piece("go to the door", -0.3, 1.1)
    pipeline = ShortWindows(None, EMBEDDED_HEARING.is_doubtful)
    assert pipeline._better(circling, plain) is plain
    mumbled = piece("go", -1.5, 1.0)
    assert pipeline._better(circling, mumbled) is circling


def piece(text: str, log_probability: float, compression: float) -> list[dict[str, Any]]:
    return [
        {
            "text": text,
            "avg_logprob": log_probability,
            "no_speech_prob": 0.0,
            "compression_ratio": compression,
        }
    ]


def test_other_models_hear_full_windows_unless_told_otherwise() -> None:
    assert EMBEDDED_HEARING.short_windows
    assert not STOCK_HEARING.short_windows
    windows, _ = encoded(replace(STOCK_HEARING, cutting=EMBEDDED_HEARING.cutting))
    assert [frames for _, frames in windows] == [3000]
    words = {
        on: WhisperSpeech(EMBEDDED, Machine("cpu"), on).transcribe(GATE, "en").text
        for on in (True, False, None)
    }
    assert set(words.values()) == {"the gate code is four five one nine hash"}


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        (Heard(" Thank you for watching!", -0.9, 0.1, 1.0), False),
        (Heard(" Thank you for watching!", -0.2, 0.5, 1.0), False),
        (Heard(" ¡Gracias por ver el vídeo!", -0.2, 0.1, 1.0), True),
        (Heard(" Thank you.", -0.2, 0.01, 1.0), True),
        (Heard(" Thank you, leave it in the porch.", -0.9, 0.1, 1.0), True),
        (Heard(" Leave it in the porch.", -0.9, 0.5, 1.0), True),
        (Heard(" Leave it in the porch.", -1.1, 0.7, 1.0), False),
        (Heard(" go go go go go go go go go go go go", -0.1, 0.0, 2.6), False),
        (Heard("  ", -0.1, 0.0, 1.0), False),
    ],
)
def test_a_phrase_of_subtitles_is_a_ghost_only_where_the_figures_are_doubtful(
    heard: Heard, said: bool
) -> None:
    assert STOCK_HEARING.is_speech(heard) is said


@pytest.mark.parametrize(
    ("words", "voice", "believed"),
    [
        (1, Voice(seconds=0.03, clear=0.0), False),
        (1, Voice(seconds=0.13, clear=0.1), True),
        (4, Voice(seconds=0.13, clear=0.1), False),
        (9, Voice(seconds=0.5, clear=0.2), False),
        (9, Voice(seconds=0.5, clear=0.45), True),
        (30, Voice(seconds=9.0, clear=8.0), True),
        (30, Voice(seconds=9.0, clear=0.0), False),
    ],
)
def test_words_need_a_voice_that_can_have_said_them(
    words: int, voice: Voice, believed: bool
) -> None:
    assert could_say(words, voice) is believed


def test_threads_are_physical_cores_within_the_containers_quota(tmp_path: Path) -> None:
    import os

    processors = sorted(os.sched_getaffinity(0))
    for processor in processors:
        folder = tmp_path / f"cpu{processor}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text("0,64\n")
    quota = tmp_path / "cpu.max"
    assert cores(tmp_path, quota) == 1
    assert cores(tmp_path / "silent", quota) == len(processors)
    quota.write_text("max 100000\n")
    assert cores(tmp_path / "silent", quota) == len(processors)
    quota.write_text("50000 100000\n")
    assert cores(tmp_path / "silent", quota) == 1
