"""How fast and how well short answers are heard, beside faster-whisper as it comes.

    python -m benchmarks.speech [ROUNDS]

The shipped answers in English, with the packaged model, three ways: faster-whisper's own
``WhisperModel.transcribe`` in a fresh process for each answer, the same kept warm, and the speech
worker's ``WhisperSpeech`` kept warm, each in a process of its own. They take turns, answer by
answer, so that whatever else the machine does falls on all. The figures are means for one answer,
by the wall clock and of processor time. A longer recording is made of several answers.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from app.gateways.whisper_speech import EMBEDDED, EMBEDDED_FOLDER, WhisperSpeech
from local.carrier.audio import Samples, encode_wav, read_audio, silence
from tools.speak_answers import CARRIER, RATE, TABLES, wrong_words

SHORT = 8.0
LONG = 30.0
"""Seconds."""
Hear = Callable[[bytes], str]


@dataclass(frozen=True)
class Heard:
    """The words of one recording, and the seconds that they took."""

    words: str
    wall: float
    processor: float


@dataclass
class Sum:
    """What one way of hearing took for recordings, and got wrong."""

    heard: int = 0
    wall: float = 0.0
    processor: float = 0.0
    words: int = 0
    wrong: int = 0

    def add(self, heard: Heard, said: list[str]) -> None:
        """Count one recording."""
        self.heard += 1
        self.wall += heard.wall
        self.processor += heard.processor
        self.words += len(said)
        self.wrong += wrong_words(said, heard.words.split())


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


def fresh(audio: bytes) -> Heard:
    """faster-whisper as it comes, in a process of its own."""
    before = os.times()
    started = time.perf_counter()
    argv = [sys.executable, "-m", "benchmarks.speech", "--one"]
    done = subprocess.run(argv, input=audio, capture_output=True, check=True)  # noqa: S603
    after = os.times()
    processor = after.children_user + after.children_system
    processor -= before.children_user + before.children_system
    return Heard(done.stdout.decode(), time.perf_counter() - started, processor)


class Kept:
    """One way of hearing in a process that stays."""

    def __init__(self, way: Callable[[], Hear]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_hear_all, args=(way, theirs), daemon=True)
        self._process.start()
        self._pipe.recv()
        self.loaded = self.megabytes()

    def __call__(self, audio: bytes) -> Heard:
        """Hear one recording."""
        self._pipe.send(audio)
        heard: Heard = self._pipe.recv()
        return heard

    def end(self) -> None:
        """Let the process go."""
        self._pipe.send(b"")
        self._process.join()

    def megabytes(self) -> float:
        """What the process keeps in memory."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else float("nan")


def _hear_all(way: Callable[[], Hear], pipe: Connection) -> None:
    hear = way()
    pipe.send("ready")
    while audio := pipe.recv():
        wall, processor = time.perf_counter(), time.process_time()
        words = hear(audio)
        pipe.send(Heard(words, time.perf_counter() - wall, time.process_time() - processor))


def main(rounds: int) -> None:
    """Print a table for short answers and for one of thirty seconds."""
    short, long = list(answers()), [long_recording()]
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {rounds} rounds")
    warm = {"stock, warm": Kept(stock), "ours, warm": Kept(ours)}
    for hear in warm.values():
        hear(short[0][0])
    for label, recordings in (
        (f"{len(short)} answers under {SHORT:.0f} s", short),
        (f"one recording of {LONG:.0f} s", long),
    ):
        sums = {"stock, a process each": Sum(), **{name: Sum() for name in warm}}
        for turn in range(rounds):
            for audio, said in recordings:
                for name, hear in warm.items():
                    sums[name].add(hear(audio), said)
                if turn == 0:
                    sums["stock, a process each"].add(fresh(audio), said)
        _table(label, sums)
    worker = warm["ours, warm"]
    print(f"\nmemory of ours: loaded {worker.loaded:.0f} MB, now {worker.megabytes():.0f} MB")
    for hear in warm.values():
        hear.end()


def _table(label: str, sums: dict[str, Sum]) -> None:
    print(f"\n{label:<28}{'wall ms':>9}{'ratio':>7}{'cpu ms':>9}{'ratio':>7}{'word errors':>13}")
    base = sums["stock, warm"]
    for name, each in sums.items():
        wall, processor = each.wall / each.heard, each.processor / each.heard
        print(
            f"{name:<28}{1000 * wall:9.1f}{wall / (base.wall / base.heard):7.2f}"
            f"{1000 * processor:9.1f}{processor / (base.processor / base.heard):7.2f}"
            f"{each.wrong / each.words:12.1%}"
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["--one"]:
        print(stock()(sys.stdin.buffer.read()))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
