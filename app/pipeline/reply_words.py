"""What an answer by link or text message means: picks, writing and speech, read as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.models import Recording, Reply
from app.rules import directives
from app.rules.analysis import Analysis, Priority, Quote
from app.rules.directives import Known
from app.rules.directives.sentences import driver_sentence
from app.rules.heard import HARDLY, HARDLY_HEARD, read_english
from app.rules.together import together

_ENGLISH = "en"


def failed(recording: Recording | None) -> bool:
    """Is there a recording that could not be read?"""
    return recording is not None and recording.processing_status == "failed"


def analysis_of(reply: Reply, recording: Recording | None, at: datetime, known: Known) -> Analysis:
    """The analysis of a whole answer; ``at`` is when it was given, in the delivery's zone.

    Speech that could hardly be heard is a part of its own, from which nothing is read.
    """
    heard = recording.transcription if recording else None
    spoken = (heard.text or "").strip() if heard else ""
    sure = heard.confidence or 0.0 if heard and spoken and reply.language == _ENGLISH else 1.0
    if sure < HARDLY:
        beside = [_read(reply, "", 1.0, at, known)] if reply.picked or reply.text else []
        analysis = together([*beside, replace(HARDLY_HEARD, confidence_score=sure)])
    else:
        analysis = _read(reply, spoken, sure, at, known)
    if failed(recording):
        analysis = replace(
            analysis,
            summary=f"{analysis.summary} They left a recording that could not be read.".strip(),
            priority=Priority.HIGH,
            needs_review=True,
        )
    return analysis


def _read(reply: Reply, spoken: str, sure: float, at: datetime, known: Known) -> Analysis:
    """What was picked, typed and spoken, read as one."""
    picks = " ".join(pick["text"] for pick in reply.picked)
    typed = (reply.text or "").strip()
    english = reply.language == _ENGLISH
    own = (f"{typed}." if typed else "", spoken) if english else ()
    words = " ".join(filter(None, (picks, *own)))
    analysis = read_english(words, at, sure, known)
    for said, verb in ((typed, "writes"), (spoken, "says")):
        if said and not (english and _tells(said, at, known)):
            analysis = _quoted(analysis, said, verb, reply.language)
    return analysis


def _tells(words: str, at: datetime, known: Known) -> bool:
    return bool(directives.understand(words, now=at, known=known).directives)


def _quoted(analysis: Analysis, words: str, verb: str, language: str) -> Analysis:
    """The customer's own words beside what was understood: nothing that they said is lost."""
    said = Quote(verb, language, words)
    quote = driver_sentence((), (said,))
    quotes = (*analysis.quotes, said)
    return replace(
        analysis,
        quotes=quotes,
        instructions=driver_sentence(analysis.directives, quotes),
        summary=f"{analysis.summary if analysis.directives else ''} {quote}".strip(),
        needs_review=True,
    )
