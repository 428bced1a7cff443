"""From which words a directive was read, for a page that marks them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.web.api.analysis_shapes import DirectiveOut
from app.web.api.recordings import RecordingOut, WordOut

_LETTERS = re.compile(r"[^\W_]+")
SURE = 0.5
"""A word of lesser probability is marked as not heard clearly."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the words lie: of which recording, the first and the last, counted from 0."""

    recording: str
    first: int
    last: int
    start: float
    end: float


def evidence_of(
    directive: DirectiveOut,
    recordings: Sequence[RecordingOut],
    earlier: Iterable[DirectiveOut] = (),
) -> Evidence | None:
    """Where its words are heard; None where nobody knows, as for keys that were pressed.

    A directive of a person has no place in the sound: it is that of an ``earlier`` one with the
    same words, or where these words are first said.
    """
    placed = directive.audio
    if placed is None and directive.text:
        alike = (each.audio for each in earlier if each.text == directive.text and each.audio)
        placed = next(alike, None)
    if placed is not None:
        heard = next((each for each in recordings if each.id == placed.recording), None)
        words = heard.transcript.words if heard and heard.transcript else []
        if heard is None:
            return None
        there = [
            number
            for number, word in enumerate(words)
            if word.start < placed.end and word.end > placed.start
        ]
        return _of(heard.id, words, there[0], there[-1]) if there else None
    wanted = _plain(directive.text)
    for each in recordings if wanted else ():
        words = each.transcript.words if each.transcript else []
        found = _said(words, wanted)
        if found is not None:
            return _of(each.id, words, *found)
    return None


def _of(recording: str, words: Sequence[WordOut], first: int, last: int) -> Evidence:
    return Evidence(recording, first, last, words[first].start, words[last].end)


def _said(words: Sequence[WordOut], wanted: list[str]) -> tuple[int, int] | None:
    """The first and last of the words that say this, where they do."""
    flat = [(number, part) for number, word in enumerate(words) for part in _plain(word.text)]
    size = len(wanted)
    for at in range(len(flat) - size + 1):
        if [part for _, part in flat[at : at + size]] == wanted:
            return flat[at][0], flat[at + size - 1][0]
    return None


def _plain(text: str) -> list[str]:
    return [each.lower() for each in _LETTERS.findall(text)]
