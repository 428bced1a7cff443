"""How fast and how well short answers are heard, beside faster-whisper as it comes.

    python -m benchmarks.speech [ROUNDS]

The shipped answers in English, with the packaged model, three ways: faster-whisper's own
``WhisperModel.transcribe`` in a fresh process for each answer, the same kept warm, and the speech
worker's ``WhisperSpeech`` kept warm. The last two take turns, answer by answer, so that whatever
else the machine does falls on both. Seconds are the mean of all rounds for one answer: by the wall
clock, and of processor time. A longer recording is made of several answers.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from app.gateways.whisper_speech import EMBEDDED, EMBEDDED_FOLDER, WhisperSpeech
from local.carrier.audio import Samples, encode_wav, read_audio, silence
from tools.speak_answers import CARRIER, RATE, TABLES, wrong_words

SHORT = 8.0
LONG = 30.0
"""Seconds."""
Hear = Callable[[bytes], str]


@dataclass
class Sum:
    """What one way of hearing took for some recordings, and got wrong."""

    wall: float = 0.0
    processor: float = 0.0
    wrong: int = 0

    def add(self, hear: Hear, audio: bytes, said: list[str]) -> None:
        """Let it hear one recording."""
        wall, processor = time.perf_counter(), time.process_time()
        words = hear(audio).split()
        self.wall += time.perf_counter() - wall
        self.processor += time.process_time() - processor
        self.wrong += wrong_words(said, words)


def answers() -> Iterator[tuple[bytes, list[str]]]:
    """Each shipped answer of less than eight seconds: a WAV file, and its words."""
    for row in json.loads(TABLES[0].read_text()):
        sound = read_audio(CARRIER / row["file"])
        if len(sound) < SHORT * RATE:
            yield encode_wav(sound), row["text"].replace(".", "").replace(",", "").split()


def long_recording() -> tuple[bytes, list[str]]:
    """Answers one after the other, with a second between them, for thirty seconds."""
    parts: list[Samples] = []
    words: list[str] = []
    for row in json.loads(TABLES[0].read_text()):
        sound = read_audio(CARRIER / row["file"])
        if sum(map(len, parts)) + len(sound) > LONG * RATE:
            break
        parts += [sound, silence(1.0)]
        words += row["text"].replace(".", "").replace(",", "").split()
    whole = np.concatenate([*parts, silence(LONG)])[: round(LONG * RATE)]
    return encode_wav(whole), words


def stock() -> Hear:
    """faster-whisper as it comes, on the packaged model."""
    from faster_whisper import WhisperModel  # noqa: PLC0415 - a fresh process pays for it alone

    model = WhisperModel(str(EMBEDDED_FOLDER), device="cpu")

    def hear(audio: bytes) -> str:
        segments, _ = model.transcribe(BytesIO(audio), language="en")
        return " ".join(segment.text for segment in segments)

    return hear


def ours() -> Hear:
    """What the speech worker does."""
    speech = WhisperSpeech(EMBEDDED)
    speech.load()
    return lambda audio: speech.transcribe(audio, "en").text


def fresh(audio: bytes) -> str:
    """faster-whisper as it comes, in a process of its own."""
    argv = [sys.executable, "-m", "benchmarks.speech", "--one"]
    done = subprocess.run(argv, input=audio, capture_output=True, check=True)  # noqa: S603
    return done.stdout.decode()


def measured_fresh(recordings: list[tuple[bytes, list[str]]]) -> Sum:
    """The same, with the processor time of the children."""
    total = Sum()
    before = os.times()
    for audio, said in recordings:
        total.add(fresh, audio, said)
    after = os.times()
    total.processor = after.children_user + after.children_system
    total.processor -= before.children_user + before.children_system
    return total


def megabytes() -> float:
    """What this process keeps in memory."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else float("nan")


def worker_memory(recordings: list[tuple[bytes, list[str]]], rounds: int) -> dict[str, float]:
    """Megabytes of a process that hears as the worker does: loaded, and after all recordings."""
    hear = ours()
    loaded = megabytes()
    for audio, _ in recordings * rounds:
        hear(audio)
    return {"loaded": loaded, "at the end": megabytes()}


def main(rounds: int) -> None:
    """Print a table for short answers and for one of thirty seconds."""
    short, long = list(answers()), [long_recording()]
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors, load {load:.1f}; {rounds} rounds")
    stock_hear, our_hear = stock(), ours()
    for hear in (stock_hear, our_hear):
        hear(short[0][0])
    for label, recordings in (
        (f"{len(short)} answers under {SHORT:.0f} s", short),
        (f"one recording of {LONG:.0f} s", long),
    ):
        sums = {"stock, warm": Sum(), "ours, warm": Sum()}
        for audio, said in recordings * rounds:
            sums["stock, warm"].add(stock_hear, audio, said)
            sums["ours, warm"].add(our_hear, audio, said)
        _table(label, recordings, sums, rounds, measured_fresh(recordings))
    memory = subprocess.run(
        [sys.executable, "-m", "benchmarks.speech", "--memory"], capture_output=True, check=True
    )
    kept = json.loads(memory.stdout)
    print("\nmemory of the worker: " + ", ".join(f"{k} {v:.0f} MB" for k, v in kept.items()))


def _table(
    label: str,
    recordings: list[tuple[bytes, list[str]]],
    sums: dict[str, Sum],
    rounds: int,
    each_fresh: Sum,
) -> None:
    words = sum(len(said) for _, said in recordings)
    print(f"\n{label:<28}{'wall ms':>9}{'ratio':>7}{'cpu ms':>9}{'ratio':>7}{'word errors':>13}")
    base = sums["stock, warm"]
    rows: list[tuple[str, Sum, int]] = [("stock, a process each", each_fresh, 1)]
    rows += [(name, total, rounds) for name, total in sums.items()]
    for name, total, times in rows:
        count = len(recordings) * times
        wall, processor = total.wall / count, total.processor / count
        wall_ratio = wall / (base.wall / len(recordings) / rounds)
        ratio = processor / (base.processor / len(recordings) / rounds)
        print(
            f"{name:<28}{1000 * wall:9.1f}{wall_ratio:7.2f}{1000 * processor:9.1f}{ratio:7.2f}"
            f"{total.wrong / times / words:12.1%}"
        )


def _child(task: str) -> Any:
    if task == "--one":
        return stock()(sys.stdin.buffer.read())
    return json.dumps(worker_memory([*answers(), long_recording()], 10))


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1].startswith("--"):
        print(_child(sys.argv[1]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
