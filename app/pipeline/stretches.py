"""Stretches: what was said at one go, as the rules know it, with its words' times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.models import Recording
from app.rules.analysis import Analysis
from app.rules.in_audio import Stretch, TimedWord, located


def stretch_of(recording: Recording) -> Stretch:
    """What was heard in a recording; empty where nothing was."""
    said = recording.transcription.text if recording.transcription else None
    words = (word for segment in recording.segments or () for word in segment["words"])
    return Stretch(
        (said or "").strip(),
        str(recording.pk),
        tuple(TimedWord(word["text"], word["start"], word["end"]) for word in words),
    )


def located_in(analysis: Analysis, stretches: Sequence[Stretch]) -> Analysis:
    """The analysis of what the stretches say, each directive with its place in one of them."""
    found = tuple(located(each, stretches) for each in analysis.directives)
    return replace(analysis, directives=found)
