"""Speaks sentences in many synthetic voices, and keeps what was spoken.

Needs the programs espeak-ng and flite.
Use: python -m tools.speech_model.speech SENTENCES.txt FOLDER SEED [--processes N]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import wave
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from local.carrier.audio import RATE
from tools.speak_answers import Voice

Sound = npt.NDArray[np.float32]

_ACCENTS = (
    *("en-us", "en-us", "en-us", "en-gb", "en-gb-scotland"),
    *("en-gb-x-rp", "en-gb-x-gbclan", "en-029"),
)
_TIMBRES = ("", "", "+m1", "+m2", "+m3", "+m4", "+m6", "+m7", "+f1", "+f2", "+f3", "+f4")
_MORE_TIMBRES = (
    *("+Alex", "+Alicia", "+Andrea", "+Andy", "+Annie", "+Denis", "+Gene", "+Jacky", "+Lee"),
    *("+Mario", "+Michael", "+Mike", "+adam", "+anika", "+antonio", "+belinda", "+benjamin"),
    *("+caleb", "+david", "+ed", "+edward", "+grandpa", "+iven", "+john", "+linda", "+marcelo"),
    *("+max", "+michel", "+pablo", "+paul", "+quincy", "+rob", "+sandro", "+steph", "+travis"),
    *("+victor", "+zac"),
)
_FLITE = ("flite rms", "flite awb", "flite kal16", "flite slt")

SEEN = tuple(
    f"espeak-ng {accent}{timbre}" for accent in _ACCENTS for timbre in _TIMBRES
) + _FLITE * (len(_ACCENTS) * len(_TIMBRES) // 5)
"""Voices that the packaged weights were trained with, as often as they are drawn: flite speaks
four sentences of nine."""

MORE = tuple(f"espeak-ng {accent}{timbre}" for accent in _ACCENTS for timbre in _MORE_TIMBRES)
"""Further voices for training. The held-out sentences are spoken by none of them."""

UNSEEN = ("espeak-ng en-gb-x-gbcwmd+m5", "espeak-ng en-us+f5", "espeak-ng en-us-nyc+m8")
"""Voices kept for measuring: neither their accents nor their timbres serve in training, but that
``en-us`` is also spoken by others."""


def drawn_voice(r: Random, names: Sequence[str], variety: float = 1.0) -> Voice:
    """One of the voices, faster or slower, higher or lower; ``variety`` 1.0 is a wide range."""
    name = r.choice(names)
    middle, reach = (140, 57) if name.startswith("flite") else (50, 30)
    pitch = round(middle + reach * variety * r.uniform(-1, 1))
    return Voice(name, round(1.03 + 0.19 * variety * r.uniform(-1, 1), 2), pitch)


def spoken(text: str, voice: Voice) -> Sound:
    """The words at 8 kHz, loudest sample 0.7; subprocess.CalledProcessError for no such voice."""
    import soxr  # noqa: PLC0415 - what only reads this module's lists needs no soxr

    with TemporaryDirectory() as folder:
        target = Path(folder) / "spoken.wav"
        subprocess.run(voice.command(text, target), check=True, capture_output=True)
        with wave.open(str(target)) as file:
            rate, content = file.getframerate(), file.readframes(file.getnframes())
    loud = np.frombuffer(content, dtype="<i2").astype(np.float32)
    sound: Sound = soxr.resample(loud, rate, RATE).astype(np.float32)
    loudest = float(np.abs(sound).max()) + 1e-6
    return sound * np.float32(0.7 / loudest)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Where one spoken sentence lies in the corpus' sound, in samples at 8 kHz."""

    text: str
    voice: str
    start: int
    length: int


class Corpus:
    """Spoken sentences in a folder: ``sound.pcm`` (16 bit, 8 kHz) and ``index.jsonl``."""

    def __init__(self, folder: Path) -> None:
        """Open a corpus that ``write`` has finished."""
        lines = (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()
        self.spoken = tuple(Spoken(**json.loads(line)) for line in lines)
        self._samples = np.memmap(folder / "sound.pcm", dtype="<i2", mode="r")

    def sound(self, index: int) -> Sound:
        """One sentence, at most 1.0 loud."""
        each = self.spoken[index]
        samples = self._samples[each.start : each.start + each.length]
        return np.asarray(samples, dtype=np.float32) / np.float32(32768)


def write(folder: Path, texts: Sequence[str], seed: int, processes: int) -> int:
    """Speak the texts into a new corpus; the same seed gives the same voices. Returns seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    seeds = (seed * 1_000_003 + number for number in range(len(texts)))
    position = 0
    with (
        (folder / "sound.pcm").open("wb") as sound,
        (folder / "index.jsonl").open("w", encoding="utf-8") as index,
        ProcessPoolExecutor(processes) as pool,
    ):
        for text, (voice, samples) in zip(
            texts, pool.map(_any_voice, texts, seeds, chunksize=32), strict=True
        ):
            row = {"text": text, "voice": voice, "start": position, "length": len(samples)}
            index.write(json.dumps(row) + "\n")
            sound.write(samples.tobytes())
            position += len(samples)
    return position // RATE


def _any_voice(text: str, seed: int) -> tuple[str, npt.NDArray[np.int16]]:
    r = Random(seed)
    voice = drawn_voice(r, MORE if r.random() < 0.3 else SEEN)
    return voice.name, (spoken(text, voice) * 32767).astype("<i2")


def main() -> None:
    """Speak a file of sentences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sentences", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("seed", type=int)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    texts = options.sentences.read_text(encoding="utf-8").splitlines()
    seconds = write(options.folder, texts, options.seed, options.processes)
    print(f"{len(texts)} sentences, {seconds / 3600:.1f} hours of speech in {options.folder}")


if __name__ == "__main__":
    main()
