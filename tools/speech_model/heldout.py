"""The sentences on which the model is measured, never trained: texts, voices and lines as data.

``held_out/seen.jsonl`` is spoken by voices of the training, ``unseen.jsonl`` by others. The
familiar sentences (``familiar.txt``) are built like those that the packaged weights were trained
on: 771 words, few ways to say a thing. The free ones come from ``grammar.toml``.
``held_out/recordings`` holds some of both as WAV files, for machines without the programs that
speak.

Use: python -m tools.speech_model.heldout [--recordings]
The first writes both tables anew, and so other sentences: figures are comparable only on the same
table. The second speaks the recordings anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np

from local.carrier.audio import RATE
from tools.speak_answers import Voice, rows, write_telephone_wav
from tools.speech_model.channel import Line, Recording, carried
from tools.speech_model.noise import BEHIND_A_VOICE
from tools.speech_model.sentences import plain, sentences
from tools.speech_model.speech import SEEN, UNSEEN, drawn_voice, spoken

FOLDER = Path(__file__).with_name("held_out")
RECORDINGS = FOLDER / "recordings"
SETS = ("seen", "unseen")
FREE = 150
KINDS = ("familiar", "free")


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence to be spoken; ``kind`` is one of ``KINDS``."""

    kind: str
    text: str
    voice: Voice
    line: Line

    @property
    def words(self) -> list[str]:
        """What a perfect recogniser writes."""
        return plain(self.text).split()

    def recorded(self) -> Recording:
        """Speak it over its line."""
        return carried(spoken(self.text, self.voice), self.line)

    def over(self, snr: float, *, narrow: bool) -> Example:
        """The same over a noisier or better line: see ``Line``."""
        return replace(self, line=replace(self.line, snr=snr, narrow=narrow))


def examples(name: str) -> list[Example]:
    """The examples of "seen" or "unseen"; none before they are written."""
    table = FOLDER / f"{name}.jsonl"
    if not table.exists():
        return []
    return [_read(line) for line in table.read_text(encoding="utf-8").splitlines()]


def _read(line: str) -> Example:
    row = json.loads(line)
    return Example(row["kind"], row["text"], Voice(**row["voice"]), Line(**row["line"]))


def recordings(name: str) -> Iterator[tuple[Example, Path]]:
    """Those of a set's examples that are kept as WAV files."""
    for number, example in enumerate(examples(name)):
        path = RECORDINGS / f"{name}-{number:03}.wav"
        if path.exists():
            yield example, path


def kept_apart() -> frozenset[str]:
    """The sentences that no training may see: these, and the answers of the demonstration."""
    held_out = (example.text for name in SETS for example in examples(name))
    return frozenset((*held_out, *(row["text"] for row in rows())))


def familiar_texts() -> list[str]:
    """The familiar sentences of both sets."""
    return (FOLDER / "familiar.txt").read_text(encoding="utf-8").splitlines()


def free_texts() -> list[str]:
    """The free sentences of both sets, drawn from the grammar as it is now."""
    return list(islice(sentences(Random(99_991), familiar_texts()), len(SETS) * FREE))


def _draw(name: str, seed: int) -> Iterator[Example]:
    r, voices = Random(seed), {"seen": SEEN, "unseen": UNSEEN}[name]
    for kind, texts in (("familiar", familiar_texts()), ("free", free_texts())):
        for text in texts[SETS.index(name) :: len(SETS)]:
            yield Example(kind, text, drawn_voice(r, voices, variety=0.7), _line(r))


def _line(r: Random) -> Line:
    """A good line: 30 dB over its noise."""
    return Line(
        noise=r.choice(BEHIND_A_VOICE),
        level=round(r.uniform(0.3, 1.0), 2),
        seed=r.randrange(2**31),
    )


def write_tables() -> None:
    """Draw voices and lines for the familiar sentences, and free sentences, for both sets."""
    for seed, name in enumerate(SETS):
        lines = (json.dumps(asdict(example)) + "\n" for example in _draw(name, seed))
        (FOLDER / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


def write_recordings(every: int = 20) -> None:
    """Speak each twentieth example of both sets into a mu-law WAV file."""
    RECORDINGS.mkdir(parents=True, exist_ok=True)
    for name in SETS:
        for number, example in enumerate(examples(name)):
            if number % every == 0:
                samples = example.recorded().samples.astype(np.float64)
                write_telephone_wav(RECORDINGS / f"{name}-{number:03}.wav", samples)
                print(f"{name}-{number:03}.wav {len(samples) / RATE:.1f} s")


if __name__ == "__main__":
    if "--recordings" in sys.argv:
        write_recordings()
    else:
        write_tables()
