"""How many words the packaged speech model mishears, and what is understood of what it heard.

The shipped answers are heard as the product hears them, and so are recordings of sentences held out
of the model's training, where there are any.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jiwer

from app.gateways.whisper_speech import EMBEDDED, WhisperSpeech
from tools.evaluation import scores
from tools.evaluation.counting import compare
from tools.evaluation.readers import Answered, keywords, product
from tools.evaluation.sets import ROOT, Labelled, answer_of
from tools.speak_answers import CARRIER, rows

HELD_OUT = ROOT / "tools" / "speech_model" / "held_out"
"""Tables of sentences that no training has seen, and beside them ``recordings`` of some."""
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
    for table in sorted(HELD_OUT.glob("*.jsonl")):
        yield from _held_out(speech, table)
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


def _held_out(speech: WhisperSpeech, table: Path) -> Iterator[str]:
    """A row for each kind of sentence of one table, of those that are kept as recordings."""
    groups: dict[str, list[Heard]] = {}
    for number, line in enumerate(table.read_text(encoding="utf-8").splitlines()):
        audio = table.parent / "recordings" / f"{table.stem}-{number:03}.wav"
        if audio.exists():
            row = json.loads(line)
            groups.setdefault(row.get("kind", "all"), []).append(_heard(speech, row, audio))
    for kind, group in groups.items():
        yield _row(f"{table.stem} voices, {kind}", group)


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
