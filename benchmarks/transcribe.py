"""Times WhisperSpeech on the shipped answers, beside faster-whisper's own defaults on each.

Both use the packaged model. The last row joins answers to a recording of about 25 seconds.
Use: python -m benchmarks.transcribe [THREADS]
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel

from app.gateways.whisper_speech import EMBEDDED, EMBEDDED_FOLDER, WhisperSpeech
from local.carrier.audio import Samples, encode_wav, read_audio, silence
from tools.speak_answers import CARRIER, TABLES, wrong_words

LONG = ("gate-code", "fragile", "cake-upright", "speak-to-a-person", "mind-the-dog", "reception")

Hear = Callable[[bytes], str]


def recordings() -> list[tuple[str, bytes, list[str]]]:
    """Name, WAV file and words of each shipped answer, and of one long recording."""
    rows = {Path(row["file"]).stem: row for row in json.loads(TABLES[0].read_text())}
    single = [(name, read_audio(CARRIER / row["file"])) for name, row in rows.items()]
    parts: list[Samples] = []
    for name in LONG:
        parts += [read_audio(CARRIER / rows[name]["file"]), silence(1.0)]
    said = {name: _plain(row["text"]) for name, row in rows.items()}
    said["(joined)"] = " ".join(said[name] for name in LONG)
    everything = [*single, ("(joined)", np.concatenate(parts))]
    return [(name, encode_wav(sound), said[name].split()) for name, sound in everything]


def _plain(text: str) -> str:
    return text.replace(".", "").replace(",", "")


def timed(hear: Hear, audio: bytes) -> tuple[float, list[str]]:
    """Seconds, best of three, and the words."""
    best, words = float("inf"), ""
    for _ in range(3):
        started = time.perf_counter()
        words = hear(audio)
        best = min(best, time.perf_counter() - started)
    return best, words.split()


def main(threads: int) -> None:
    """Print a row for each recording: seconds and wrong words, ours and the baseline's."""
    speech = WhisperSpeech(EMBEDDED, device="cpu", threads=threads)
    speech.load()
    bare = WhisperModel(str(EMBEDDED_FOLDER), device="cpu", cpu_threads=threads)

    def ours(audio: bytes) -> str:
        return speech.transcribe(audio, "en").text

    def baseline(audio: bytes) -> str:
        return " ".join(segment.text for segment in bare.transcribe(io.BytesIO(audio))[0])

    print(
        f"{'recording':<26}{'audio':>7}{'ours':>8}{'bare':>8}{'ratio':>7}  wrong words: ours bare"
    )
    sums = np.zeros(6)
    for name, audio, said in recordings():
        (our_time, our_words), (bare_time, bare_words) = timed(ours, audio), timed(baseline, audio)
        errors = wrong_words(said, our_words), wrong_words(said, bare_words)
        length = (len(audio) - 44) / 16_000
        _row(name, length, our_time, bare_time, *errors, len(said))
        sums += (length, our_time, bare_time, *errors, len(said))
    _row("all", *sums)


def _row(name: str, *figures: float) -> None:
    length, ours, bare, our_errors, bare_errors, words = figures
    times = f"{length:6.1f}s{ours:7.3f}s{bare:7.3f}s{ours / bare:7.2f}"
    print(f"{name:<26}{times}{our_errors:12.0f}{bare_errors:5.0f} of {words:.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
