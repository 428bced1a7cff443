"""Finds where in the audio the words are that a directive was read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.rules.analysis import Directive, InAudio

_SENTENCE_ENDS = (".", "!", "?")


@dataclass(frozen=True, slots=True)
class TimedWord:
    """One word as the recogniser wrote it, in seconds from the start of its recording."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was said at one go; ``recording`` is empty where no audio of it was kept."""

    text: str
    recording: str = ""
    words: tuple[TimedWord, ...] = ()


def joined(stretches: Sequence[Stretch]) -> str:
    """All that was said, to be read as one answer: one stretch as it is, several as sentences."""
    if len(stretches) == 1:
        return stretches[0].text
    return " ".join(_sentence(each.text) for each in stretches)


def located(directive: Directive, stretches: Sequence[Stretch]) -> Directive:
    """The directive with its place in the stretch where its words begin.

    It was read from ``joined(stretches)``; its span then counts in that stretch's own text, and
    ``audio`` is set where the stretch's words have times.
    """
    if directive.start is None or directive.end is None:
        return directive
    for begins, each in _laid_out(stretches):
        if begins <= directive.start < begins + len(each.text):
            start = directive.start - begins
            end = min(directive.end - begins, len(each.text))
            return replace(directive, start=start, end=end, audio=_audio(each, start, end))
    return directive


def _audio(stretch: Stretch, start: int, end: int) -> InAudio | None:
    said = [
        word for word, (first, last) in lying(stretch) if first < end and last > start
    ]  # fmt: skip
    if not said or not stretch.recording:
        return None
    return InAudio(stretch.recording, min(w.start for w in said), max(w.end for w in said))


def lying(stretch: Stretch) -> Iterator[tuple[TimedWord, tuple[int, int]]]:
    """Each timed word with where it stands in the text; words not found there are left out."""
    at = 0
    for word in stretch.words:
        bare = word.text.strip()
        found = stretch.text.find(bare, at) if bare else -1
        if found >= 0:
            at = found + len(bare)
            yield word, (found, at)


def _laid_out(stretches: Sequence[Stretch]) -> Iterator[tuple[int, Stretch]]:
    begins = 0
    for each in stretches:
        yield begins, each
        begins += len(_sentence(each.text)) + 1


def _sentence(text: str) -> str:
    return text if text.endswith(_SENTENCE_ENDS) else f"{text}."
