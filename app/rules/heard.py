"""Heard: what the recogniser's words mean, and which of them are left to a person to hear."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.rules import directives
from app.rules.analysis import Analysis, Priority, Quote
from app.rules.directives import Known
from app.rules.directives.sentences import driver_sentence

_ENGLISH = "en"
_LANGUAGES = {"es": "Spanish", "fr": "French", "de": "German"}
NOTHING_KNOWN = Known()
SILENT = Analysis(summary="Nothing was said.")
LOST = Analysis(
    summary="The customer left a message that could not be processed.",
    priority=Priority.HIGH,
    needs_review=True,
)
HARDLY_HEARD = Analysis(
    summary="The customer said something that could hardly be heard.",
    priority=Priority.HIGH,
    needs_review=True,
)
HARDLY = 0.65
_UNSURE = 0.8
"""Confidences of the recogniser, the mean probability of its words. With the packaged model, most
answers below the second had more than a third of their words wrong and nearly all below the first,
while one in ten above had; music and babble that sounded like words stayed below the second
(``tools/speech_model/README.md``). Other models were not measured; that a person listens in vain is
the safe side."""


def read(
    text: str,
    language: str,
    *,
    at: datetime,
    confidence: float = 1.0,
    expected: str = _ENGLISH,
    translation: str = "",
    known: Known = NOTHING_KNOWN,
) -> Analysis:
    """What words mean; ``at`` is when they were said, in the customer's time zone.

    Of words in another language the English ``translation`` is read, where there is one. Words in a
    language that is not understood here are kept whole, for the driver and for a
    person to look at. Where English was heard from somebody ``expected`` to speak another
    language, a model without that language may have made it up: nothing is read from it. Nor is
    anything from words that could hardly be heard; what is read from unsure ones is for a person to
    look at.
    """
    if not text.strip():
        return SILENT
    if language != _ENGLISH and translation.strip():
        return read_english(translation, at, confidence, known)
    if language == _ENGLISH != expected:
        tongue = _LANGUAGES.get(expected, expected)
        return Analysis(
            summary=f"The customer probably spoke {tongue}, which was not heard as such.",
            priority=Priority.HIGH,
            needs_review=True,
        )
    if language == _ENGLISH:
        return read_english(text, at, confidence, known)
    said = (Quote("says", language, text.strip()),)
    quote = driver_sentence((), said)
    return Analysis(
        instructions=quote,
        summary=quote,
        confidence_score=confidence,
        needs_review=True,
        quotes=said,
    )


def read_english(text: str, at: datetime, confidence: float, known: Known) -> Analysis:
    """What English words mean that were heard with this ``confidence``, as ``read`` says."""
    if confidence < HARDLY:
        return replace(HARDLY_HEARD, confidence_score=confidence)
    analysis = directives.understand(text, now=at, speech_confidence=confidence, known=known)
    return replace(analysis, needs_review=True) if confidence < _UNSURE else analysis
