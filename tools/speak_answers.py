"""Speaks what the local telephone network plays: customers' answers, and a voicemail.

Reads ``local/carrier/answers.json`` and ``more_answers.json`` (what is said, by which voice, and
for the former what it means) and writes ``local/carrier/audio``. Needs the programs espeak-ng,
flite and sox; the same table gives the same files.

Use: python -m tools.speak_answers [--check], which also prints what the packaged model hears.
"""

from __future__ import annotations

import json
import subprocess
import sys
import wave
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

CARRIER = Path(__file__).resolve().parent.parent / "local" / "carrier"
TABLES = (CARRIER / "answers.json", CARRIER / "more_answers.json")
RATE = 8000
QUIET_BEFORE, QUIET_AFTER, PAUSE = 0.3, 0.5, 0.8
"""Seconds of an open line around the words, and between two sentences."""

Samples = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthetic voice: "espeak-ng NAME" or "flite NAME", its speed (1.0 is usual) and pitch.

    ``pitch`` is 0..99 for espeak-ng, and hertz for flite.
    """

    name: str
    speed: float
    pitch: int

    def command(self, text: str, target: Path) -> list[str]:
        """The command that speaks ``text`` into a WAV file at ``target``."""
        program, variant = self.name.split(" ", 1)
        if program == "espeak-ng":
            speed = str(round(150 * self.speed))
            return [
                program,
                "-v",
                variant,
                "-s",
                speed,
                "-p",
                str(self.pitch),
                "-w",
                str(target),
                text,
            ]
        stretch = ["--setf", f"duration_stretch={1 / self.speed:.3f}"]
        pitch = ["--setf", f"int_f0_target_mean={self.pitch}"]
        return [program, "-voice", variant, *stretch, *pitch, "-t", text, "-o", str(target)]


GREETING = CARRIER / "audio" / "voicemail-greeting.wav"
GREETING_TEXT = "hello. you have reached voicemail. please leave a message after the tone"
GREETING_VOICE = Voice("flite slt", 1.0, 170)


def speak(text: str, voice: Voice) -> Samples:
    """The words at 8 kHz within a telephone's band, loudest sample 0.6; a full stop is a pause."""
    silence = np.zeros(round(RATE * PAUSE))
    parts = [silence]
    for sentence in text.split(". "):
        words = _sentence(sentence, voice)
        parts += [words / np.abs(words).max() * 0.6, silence]
    return np.concatenate(parts[1:-1])


def _sentence(text: str, voice: Voice) -> Samples:
    with TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        subprocess.run(voice.command(text, spoken), check=True, capture_output=True)
        raw = ["-r", str(RATE), "-c", "1", "-t", "s16", "-"]
        effects = ["gain", "-3", "highpass", "300", "lowpass", "3400"]
        sox = ["sox", "-D", str(spoken), *raw, *effects]
        samples = subprocess.run(sox, check=True, capture_output=True).stdout
    return np.frombuffer(samples, dtype=np.int16) / 32768


def on_the_line(words: Samples, seed: int, noise: float = 0.001) -> Samples:
    """The words with an open line around them, and its noise (standard deviation) under all."""
    quiet = [np.zeros(round(RATE * seconds)) for seconds in (QUIET_BEFORE, QUIET_AFTER)]
    whole = np.concatenate([quiet[0], words, quiet[1]])
    hiss = np.random.default_rng(seed).standard_normal(len(whole))
    return whole + noise * hiss


def write_telephone_wav(target: Path, samples: Samples) -> None:
    """Write 8 kHz mono mu-law, the format in which telephone networks hand recordings over."""
    with TemporaryDirectory() as folder:
        linear = Path(folder) / "linear.wav"
        with wave.open(str(linear), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
        mu_law = ["-e", "mu-law", "-b", "8", str(target)]
        subprocess.run(["sox", "-D", str(linear), *mu_law], check=True)


def rows() -> list[dict[str, Any]]:
    """All answers of the tables."""
    return [row for table in TABLES for row in json.loads(table.read_text(encoding="utf-8"))]


def write_all() -> None:
    """Write each answer of the table, the voicemail greeting, and a line on which nobody speaks."""
    (CARRIER / "audio").mkdir(exist_ok=True)
    for row in rows():
        words = speak(row["text"], Voice(row["voice"], row["speed"], row["pitch"]))
        write_telephone_wav(CARRIER / row["file"], on_the_line(words, noise_seed(row["file"])))
    write_telephone_wav(GREETING, on_the_line(speak(GREETING_TEXT, GREETING_VOICE), seed=1))
    # Loud enough to count as sound, so that it is recorded and the recogniser must refuse it.
    nothing = np.zeros(round(RATE * (4 - QUIET_BEFORE - QUIET_AFTER)))
    write_telephone_wav(CARRIER / "audio" / "nobody-speaks.wav", on_the_line(nothing, 2, 0.01))


def noise_seed(file: str) -> int:
    """The seed of a file's noise: its name's checksum, so that no other file's place matters."""
    return zlib.crc32(file.encode())


def wrong_words(said: Sequence[str], heard: Sequence[str]) -> int:
    """How many words differ: replaced, left out or put in."""
    changes = SequenceMatcher(None, said, heard, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for kind, a, b, c, d in changes if kind != "equal")


def check() -> int:
    """Print what the packaged model hears; return how many answers are not word for word."""
    from app.gateways.whisper_speech import EMBEDDED, WhisperSpeech  # noqa: PLC0415 - slow to load

    speech = WhisperSpeech(EMBEDDED)
    total = wrong = misheard = 0
    for row in rows():
        if row.get("language", "en") != "en":
            continue  # the packaged model knows English alone
        said = row["text"].replace(".", "").replace(",", "").split()
        heard = speech.transcribe(CARRIER / row["file"], "en")
        errors = wrong_words(said, heard.text.split())
        total, wrong, misheard = total + len(said), wrong + errors, misheard + bool(errors)
        print(f"{errors / len(said):5.0%} {heard.confidence:.2f}  {row['file']}: {heard.text}")
        if errors:
            print(f"{'said':>12}: {row['text']}")
    print(f"{misheard} not word for word; word error rate {wrong / total:.1%} of {total} words")
    return misheard


if __name__ == "__main__":
    write_all()
    if "--check" in sys.argv:
        check()
