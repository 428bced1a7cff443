"""What an answer by link or text message means: picks, writing and speech, read as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.models import Recording, Reply
from app.rules import directives
from app.rules.analysis import Analysis, Priority, Quote
from app.rules.directives import Known
from app.rules.directives.sentences import driver_sentence


def failed(recording: Recording | None) -> bool:
    """Is there a recording that could not be read?"""
    return recording is not None and recording.processing_status == "failed"


def analysis_of(reply: Reply, recording: Recording | None, at: datetime, known: Known) -> Analysis:
    """The analysis of a whole answer; ``at`` is when it was given, in the delivery's zone."""
    picks = " ".join(pick["text"] for pick in reply.picked)
    heard = recording.transcription if recording else None
    spoken = (heard.text or "").strip() if heard else ""
    typed = (reply.text or "").strip()
    english = reply.language == "en"
    own = (f"{typed}." if typed else "", spoken) if english else ()
    words = " ".join(filter(None, (picks, *own)))
    sure = heard.confidence if heard and spoken and english else 1.0
    analysis = directives.understand(words, now=at, speech_confidence=sure, known=known)
    for said, verb in ((typed, "writes"), (spoken, "says")):
        if said and not (english and _tells(said, at, known)):
            analysis = _quoted(analysis, said, verb, reply.language)
    if failed(recording):
        analysis = replace(
            analysis,
            summary=f"{analysis.summary} They left a recording that could not be read.".strip(),
            priority=Priority.HIGH,
            needs_review=True,
        )
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
