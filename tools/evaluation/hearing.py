"""How many words the packaged speech model mishears, and what is understood of what it heard.

The shipped answers are heard as the product hears them. Sentences of ``data/spoken/*.jsonl`` (each
``text`` with ``file``, or with ``voice``, ``speed`` and ``pitch`` as in ``local/carrier``'s
tables) are heard as well, spoken anew where they have no file.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jiwer

from app.gateways.whisper_speech import EMBEDDED, WhisperSpeech
from tools.evaluation import scores
from tools.evaluation.counting import compare
from tools.evaluation.readers import Answered, keywords, product
from tools.evaluation.sets import FOLDER, Labelled, answer_of
from tools.speak_answers import (
    CARRIER,
    Voice,
    noise_seed,
    on_the_line,
    rows,
    speak,
    write_telephone_wav,
)

SPOKEN = FOLDER / "spoken"
_PROGRAMS = ("espeak-ng", "flite", "sox")
_PLAIN = jiwer.Compose(
    [
        jiwer.ToLowerCase(),
        jiwer.RemovePunctuation(),  # type: ignore[no-untyped-call]
        jiwer.RemoveMultipleSpaces(),
        jiwer.Strip(),
        jiwer.ReduceToListOfListOfWords(),
    ]
)


@dataclass(frozen=True, slots=True)
class Heard:
    """One sentence as it was said and as it was heard."""

    said: str
    heard: str
    row: dict[str, Any]


def lines() -> Iterator[str]:
    """The table of word error rates, then what was understood of the shipped answers."""
    speech = WhisperSpeech(EMBEDDED)
    shipped = [
        _heard(speech, row, CARRIER / row["file"])
        for row in rows()
        if row.get("language", "en") == "en"
    ]
    yield "== heard by the packaged speech model (word error rate: words replaced, left out or put"
    yield "   in, of the words said; without case and punctuation)"
    yield f"{'':28}{'sentences':>10}{'words':>7}{'wrong':>7}{'rate':>8}{'word for word':>15}"
    yield _row("shipped answers", shipped)
    for path in sorted(SPOKEN.glob("*.jsonl")):
        yield from _spoken(speech, path)
    yield ""
    yield from _understood([each for each in shipped if "directives" in each.row])


def word_errors(said: Sequence[str], heard: Sequence[str]) -> tuple[int, int]:
    """Words that are wrong, of words that were said."""
    found = jiwer.process_words(
        list(said), list(heard), reference_transform=_PLAIN, hypothesis_transform=_PLAIN
    )
    wrong = found.substitutions + found.deletions + found.insertions
    return wrong, found.hits + found.substitutions + found.deletions


def _heard(speech: WhisperSpeech, row: dict[str, Any], audio: Path) -> Heard:
    return Heard(row["text"], speech.transcribe(audio, "en").text, row)


def _row(title: str, group: Sequence[Heard]) -> str:
    wrong, words = word_errors([each.said for each in group], [each.heard for each in group])
    perfect = sum(word_errors([each.said], [each.heard])[0] == 0 for each in group)
    rate = wrong / words if words else 0.0
    return f"{title:28}{len(group):10}{words:7}{wrong:7}{rate:8.1%}{f'{perfect}/{len(group)}':>15}"


def _spoken(speech: WhisperSpeech, path: Path) -> Iterator[str]:
    sentences = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    if missing and not all("file" in row for row in sentences):
        yield f"{path.stem}: not heard, for want of {', '.join(missing)}"
        return
    with TemporaryDirectory() as folder:
        group = [_heard(speech, row, _audio(row, path, Path(folder))) for row in sentences]
    yield _row(path.stem, group)


def _audio(row: dict[str, Any], beside: Path, folder: Path) -> Path:
    if "file" in row:
        return beside.parent / str(row["file"])
    words = speak(row["text"], Voice(row["voice"], row["speed"], row["pitch"]))
    target = folder / "spoken.wav"
    write_telephone_wav(target, on_the_line(words, noise_seed(row["text"])))
    return target


def _understood(group: Sequence[Heard]) -> Iterator[str]:
    """What becomes of recognition errors: the labels against what was said, and was heard."""
    heads = f"{'product F1':>12}{'exact':>8}{'rules F1':>12}{'exact':>8}"
    yield f"{'understood (days aside)':28}{heads}"
    for title in ("as said", "as heard"):
        labels = [_labelled(each, as_heard=title == "as heard") for each in group]
        cells = ""
        for reader in (product, keywords):
            tally = scores.total(compare(label, _undated(reader(label))) for label in labels)
            f1 = scores.f1(tally.right, tally.found, tally.labelled)
            exact = scores.f1(tally.exact, tally.found, tally.labelled)
            cells += f"{f1:12.3f}{exact:8.3f}"
        yield f"{title:28}{cells}"


def _labelled(each: Heard, *, as_heard: bool) -> Labelled:
    labels = [_without_date(one) for one in each.row["directives"]]
    return answer_of({"text": each.heard if as_heard else each.said, "directives": labels})


def _undated(answered: Answered) -> Answered:
    bare = [replace(one, slots=_without_date(one.slots)) for one in answered.directives]
    return replace(answered, directives=tuple(bare))


def _without_date(slots: Mapping[str, Any]) -> dict[str, Any]:
    # The tables name days in words, which mean another date on every day.
    return {name: value for name, value in slots.items() if name != "date"}
