"""Prints what the product hears where no customer speaks, and which answers its guards cost.

Use: python -m tools.speech_model.ghosts [--model FOLDER] [--seeds 16] [--show]

Lines of ``wordless`` in three loudnesses; the answers of the local telephone network and the
held-out recordings, alone and under noise. "Words" are what the model wrote after the voice
detector; "kept" what the guards left; "directive" what was read from that, and "unreviewed" a
directive that no person would look at. Needs nothing but the product's own packages.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from app.gateways import Transcript, whisper_speech
from app.gateways.whisper_model import Machine
from app.rules.heard import read
from local.carrier.audio import encode_wav, read_audio
from tools.speak_answers import CARRIER, GREETING, rows
from tools.speech_model.channel import coded
from tools.speech_model.hearing import wrong_words
from tools.speech_model.heldout import SETS, recordings
from tools.speech_model.wordless import KINDS, Sound, line

LEVELS = (0.02, 0.1, 0.3)
"""Root mean squares: 34, 20 and 10 dB under full scale."""
NOISES = ("hiss", "street", "babble")
SNRS = (None, 20.0, 10.0, 5.0)
NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
CONFIDENCES = (0.0, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 1.01)
FIRST_NOISE = 10_000
"""Seeds from here on are the answers' noises."""


@dataclass(frozen=True, slots=True)
class Line:
    """One recording, and the words that a customer says in it."""

    group: str
    wav: bytes
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one line: all that the model wrote, and what was kept."""

    line: Line
    written: Sequence[str]
    heard: Transcript

    @property
    def reading(self) -> tuple[bool, bool]:
        """Was a directive read, and one that nobody is asked to check?"""
        found = read(self.heard.text, "en", at=NOW, confidence=self.heard.confidence)
        return bool(found.directives), bool(found.directives) and not found.needs_review

    @property
    def cost(self) -> int:
        """How many more words are wrong for what was refused; below 0 where that helped."""
        kept = wrong_words(self.line.words, self.heard.text.split())
        return kept - wrong_words(self.line.words, self.written)


class Watched(whisper_speech.WhisperSpeech):
    """The product's hearing, which notes what the model wrote before the guards."""

    written: list[str]

    def _was_said(self, segment: Any, *others: Any) -> bool:
        self.written += segment.text.split()
        return super()._was_said(segment, *others)

    def result(self, heard_line: Line) -> Result:
        """Hear one line."""
        self.written = []
        return Result(heard_line, self.written, self.transcribe(heard_line.wav, "en"))


def _wav(samples: Sound) -> bytes:
    sent = coded(np.clip(samples, -1, 1).astype(np.float32))
    return encode_wav((sent * 32767).astype(np.int16))


def without_customer(seeds: Sequence[int]) -> Iterator[Line]:
    """Lines on which no customer speaks, and the greeting of a voicemail."""
    for kind in KINDS:
        for level in LEVELS[:1] if kind == "silence" else LEVELS:
            for seed in seeds:
                yield Line(kind, _wav(line(kind, level, seed)))
    for level in (0.05, 0.3, 1.0, 2.0):
        yield Line("voicemail greeting", _wav(read_audio(GREETING) / 32768 * level))


def answers() -> Iterator[Line]:
    """Answers alone, and under each kind of noise in turn."""
    table = [row for row in rows() if row.get("language", "en") == "en"]
    said = [(CARRIER / row["file"], _plain(row["text"])) for row in table]
    said += [(path, example.words) for name in SETS for example, path in recordings(name)]
    for snr in SNRS:
        for number, (path, words) in enumerate(said):
            sound = read_audio(path) / 32768
            group = "answers" if snr is None else f"answers, {snr:.0f} dB over noise"
            if snr is not None:
                sound = sound + _noise(NOISES[number % len(NOISES)], sound, snr, number)
            yield Line(group, _wav(sound), words)


def _plain(text: str) -> list[str]:
    return text.replace(".", "").replace(",", "").split()


def _noise(kind: str, voice: Sound, snr: float, number: int) -> Sound:
    noise = np.resize(line(kind, 0.1, FIRST_NOISE + number), len(voice))
    loudness = np.sqrt(np.mean(voice[np.abs(voice) > 0.02] ** 2))
    scaled: Sound = noise / np.sqrt(np.mean(noise**2)) * loudness * 10 ** (-snr / 20)
    return scaled


def print_ghosts(results: Sequence[Result]) -> None:
    """One row for each kind of line without a customer."""
    print("| line | lines | words | kept | directive | unreviewed |\n|---|---|---|---|---|---|")
    for group, chosen in _grouped(results):
        words, kept = (sum(map(bool, each)) for each in zip(*_words(chosen), strict=True))
        read_as = [each.reading for each in chosen]
        counts = [words, kept, sum(any_ for any_, _ in read_as), sum(no for _, no in read_as)]
        print(f"| {group} | {len(chosen)} | " + " | ".join(map(str, counts)) + " |")


def print_answers(results: Sequence[Result]) -> None:
    """One row for each loudness of noise behind answers."""
    print(
        "\n| answers | recordings | word error rate | lost whole | words lost | directive "
        "| unreviewed |\n|---|---|---|---|---|---|---|"
    )
    for group, chosen in _grouped(results):
        said = sum(len(each.line.words) for each in chosen)
        wrong = sum(wrong_words(each.line.words, each.heard.text.split()) for each in chosen)
        read_as = [each.reading for each in chosen]
        counts = [
            sum(not each.heard.text for each in chosen),
            sum(max(0, each.cost) for each in chosen),
            sum(any_ for any_, _ in read_as),
            sum(no for _, no in read_as),
        ]
        row = " | ".join(map(str, counts))
        print(f"| {group} | {len(chosen)} | {wrong / said:.1%} | {row} |")


def print_confidence(results: Sequence[Result]) -> None:
    """How far confidence can be believed: of answers within it, how many were badly misheard."""
    print("\n| confidence | answers | with more than a third of the words wrong |\n|---|---|---|")
    for lower, upper in pairwise(CONFIDENCES):
        chosen = [each for each in results if lower <= each.heard.confidence < upper]
        chosen = [each for each in chosen if each.heard.text]
        wrong = sum(
            3 * wrong_words(each.line.words, each.heard.text.split()) > len(each.line.words)
            for each in chosen
        )
        print(f"| {lower:.2f} to {min(upper, 1):.2f} | {len(chosen)} | {wrong} |")


def _words(results: Sequence[Result]) -> list[tuple[bool, bool]]:
    return [(bool(each.written), bool(each.heard.text)) for each in results]


def _grouped(results: Sequence[Result]) -> Iterator[tuple[str, list[Result]]]:
    for group in dict.fromkeys(each.line.group for each in results):
        yield group, [each for each in results if each.line.group == group]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=whisper_speech.EMBEDDED_FOLDER)
    parser.add_argument("--seeds", type=int, default=16, help="lines of each kind and loudness")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--show", action="store_true", help="print what was made of no words")
    options = parser.parse_args()
    # Only the packaged model's name brings its settings, so it is made to mean this folder.
    whisper_speech.EMBEDDED_FOLDER = options.model
    speech = Watched(whisper_speech.EMBEDDED, Machine("cpu"))
    speech.written = []
    speech.load()
    seeds = range(options.first, options.first + options.seeds)
    ghosts = [speech.result(each) for each in without_customer(seeds)]
    print_ghosts(ghosts)
    if options.show:
        for each in ghosts:
            if each.heard.text:
                print(f"    {each.line.group} {each.heard.confidence:.2f}: {each.heard.text}")
    heard = [speech.result(each) for each in answers()]
    print_answers(heard)
    print_confidence(heard)


if __name__ == "__main__":
    main()
