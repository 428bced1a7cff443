"""Prints how well an exported model hears: word error rates, and what it makes of noise.

Use: python -m tools.speech_model.evaluate [--model FOLDER] [--spoken] [--limit N] ...
Without ``--spoken`` it hears the recordings in ``held_out/recordings`` and needs nothing but the
product's own packages; with it, espeak-ng, flite and soxr speak the whole held-out sets.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.gateways.whisper_speech import EMBEDDED_FOLDER
from local.carrier.audio import encode_wav
from tools.speech_model.channel import nobody
from tools.speech_model.hearing import Bare, Product, wrong_words
from tools.speech_model.heldout import KINDS as SENTENCES
from tools.speech_model.heldout import SETS, Example, examples, recordings
from tools.speech_model.noise import KINDS

WAYS = ("product", "beam 5", "beam 10", "beam 5 short", "beam 10 short")
LINES = {
    "30 dB": (30.0, False),
    "20 dB": (20.0, False),
    "10 dB": (10.0, False),
    "30 dB, 300-3400 Hz": (30.0, True),
}
"""Decibels between voice and noise, and whether a telephone's band alone gets through."""

LOUDNESS = (0.001, 0.01, 0.1)
"""Root mean squares of noise on lines where nobody speaks: 60, 40 and 20 dB under full scale."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording, in which set and kind it counts, and the words said in it."""

    group: str
    words: list[str]
    wav: bytes


def kept(limit: int) -> Iterator[Recorded]:
    """The recordings of the repository."""
    for name in SETS:
        for example, path in list(recordings(name))[:limit]:
            yield Recorded(f"{name} voices, {example.kind}", example.words, path.read_bytes())


def spoken(line: str, limit: int) -> Iterator[Recorded]:
    """The held-out sets spoken now over one of ``LINES``, ``limit`` sentences of each kind."""
    snr, narrow = LINES[line]
    for name in SETS:
        for kind in SENTENCES:
            for example in [each for each in examples(name) if each.kind == kind][:limit]:
                wav = _wav(example.over(snr, narrow=narrow))
                yield Recorded(f"{name} voices, {kind}, {line}", example.words, wav)


def _wav(example: Example) -> bytes:
    samples = example.recorded().samples
    return encode_wav((np.clip(samples, -1, 1) * 32767).astype(np.int16))


def heard_with(way: str, folder: Path) -> Product | Bare:
    """The recogniser that a way's name means: one of ``WAYS``."""
    if way == "product":
        return Product(folder)
    return Bare(folder, int(way.split()[1]), short=way.endswith("short"))


def print_errors(recorded: Sequence[Recorded], recogniser: Product | Bare, *, show: bool) -> None:
    """One row for each group: sentences, words, word error rate, milliseconds for a sentence."""
    for group in dict.fromkeys(each.group for each in recorded):
        wrong = words = 0
        seconds = 0.0
        chosen = [each for each in recorded if each.group == group]
        for each in chosen:
            heard = recogniser.hear(each.wav)
            errors = wrong_words(each.words, heard.words)
            wrong, words = wrong + errors, words + len(each.words)
            seconds += heard.seconds
            if show and errors:
                print(f"    said  {' '.join(each.words)}\n    heard {' '.join(heard.words)}")
        print(
            f"| {recogniser.name} | {group} | {len(chosen)} | {words} | {wrong / words:.1%} "
            f"| {1000 * seconds / len(chosen):.0f} |",
            flush=True,
        )


def lines_without_speech(seconds: float = 4.0, seeds: Iterable[int] = range(3)) -> list[bytes]:
    """Recordings of silence, and of each kind of noise at each loudness."""
    drawn = [
        nobody(kind, seconds, level, seed) for seed in seeds for kind in KINDS for level in LOUDNESS
    ]
    made = [nobody("silence", seconds, 0.0, 0), *drawn]
    return [encode_wav((sound * 32767).astype(np.int16)) for sound in made]


def print_silence(product: Product, bare: Bare) -> None:
    """How often words come of a line on which nobody speaks."""
    wavs = lines_without_speech()
    ghosts = sum(bool(product.hear(wav).words) for wav in wavs)
    words = sum(bool(bare.hear(wav).words) for wav in wavs)
    sure = sum(bare.silence(wav) > 0.5 for wav in wavs)
    print(
        f"\n{len(wavs)} lines without speech: the product hears words in {ghosts}, the bare model "
        f"in {words}; its no-speech probability is above 0.5 in {sure}."
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=EMBEDDED_FOLDER)
    parser.add_argument("--spoken", action="store_true", help="speak the whole held-out sets")
    parser.add_argument("--lines", nargs="+", choices=LINES, default=list(LINES))
    parser.add_argument("--limit", type=int, default=1000, help="sentences of each kind and set")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--show", action="store_true", help="print what was misheard")
    options = parser.parse_args()
    print(
        "| way | set | sentences | words | word error rate | ms each |\n|---|---|---|---|---|---|"
    )
    for line in options.lines if options.spoken else [""]:
        made = spoken(line, options.limit) if options.spoken else kept(options.limit)
        recorded = list(made)
        for way in options.ways:
            print_errors(recorded, heard_with(way, options.model), show=options.show)
    print_silence(Product(options.model), Bare(options.model, 5, short=True))


if __name__ == "__main__":
    main()
