"""Judges an answer as a whole: how it sounds, how soon to act, whether a person should listen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.rules.analysis import Analysis, Directive, Kind, Priority, Sentiment
from app.rules.directives.answer import Heard
from app.rules.directives.certainty import certainty
from app.rules.directives.contradictions import contradictory
from app.rules.directives.entities import entities_of, keywords_of
from app.rules.directives.feelings import (
    ANGRY,
    EMERGENCY,
    HEALTH,
    HEALTH_NEED,
    NEEDS_CARE,
    NOT_ABOUT_US,
    PLEASED,
    SAFETY,
    URGENT_NEED,
)
from app.rules.directives.leftovers import asks_for_more
from app.rules.directives.likeness import differs
from app.rules.directives.reading import Reading
from app.rules.directives.sentences import dispatcher_summary, driver_sentence

_ACTED_ON = frozenset({Kind.RESCHEDULE, Kind.REDIRECT, Kind.CANCEL, Kind.SPEAK_TO_HUMAN})


def assess(heard: Heard, readings: Sequence[Reading], speech_confidence: float) -> Analysis:
    """Return the analysis of an answer from what was read in it."""
    plain = heard.spoken.plain
    readings = [
        replace(one, confidence=certainty(one, heard, speech_confidence)) for one in readings
    ]
    sentiment = sentiment_of(plain)
    score = _score(heard, readings, speech_confidence)
    directives = tuple(
        Directive(
            one.kind, one.quoted, one.confidence, dict(one.slots), *one.lies, wording=one.wording
        )
        for one in readings
    )
    return Analysis(
        directives=directives,
        instructions=driver_sentence(directives),
        summary=dispatcher_summary(
            directives,
            voicemail=heard.voicemail,
            complaint=sentiment is Sentiment.NEGATIVE,
            said=bool(plain),
        ),
        sentiment=Sentiment.NEUTRAL if heard.voicemail else sentiment,
        priority=_priority(plain, readings, sentiment) if _is_speech(heard) else Priority.LOW,
        keywords=keywords_of(readings, plain),
        entities=entities_of(readings, plain),
        confidence_score=score,
        needs_review=_needs_review(heard, readings, score),
    )


def _is_speech(heard: Heard) -> bool:
    return not (heard.voicemail or heard.for_machine)


def sentiment_of(plain: str) -> Sentiment:
    """Return how the customer sounds about the service; anger outweighs thanks."""
    said, plain = plain, NOT_ABOUT_US.sub(" ", plain)
    if ANGRY.search(plain):
        return Sentiment.NEGATIVE
    return Sentiment.POSITIVE if PLEASED.search(said) else Sentiment.NEUTRAL


def _priority(plain: str, readings: Sequence[Reading], sentiment: Sentiment) -> Priority:
    kinds = {one.kind for one in readings}
    plain = NOT_ABOUT_US.sub(" ", plain)
    health = HEALTH.search(plain) is not None
    if (
        SAFETY.search(plain)
        or (URGENT_NEED.search(plain) and not _not_urgent(plain))
        or (health and HEALTH_NEED.search(plain))
    ):
        return Priority.URGENT
    if kinds & _ACTED_ON or sentiment is Sentiment.NEGATIVE:
        return Priority.HIGH
    return Priority.NORMAL if kinds - {Kind.CONFIRM} or NEEDS_CARE.search(plain) else Priority.LOW


def _not_urgent(plain: str) -> bool:
    return (
        re.search(
            r"\b(?:not|isn't|no|n't) (?:that |so |very |really )?(?:urgent|emergency|rush|"
            r"desperate)\b",
            plain,
        )
        is not None
    )


def _score(heard: Heard, readings: Sequence[Reading], speech_confidence: float) -> float:
    speech = min(max(speech_confidence, 0.0), 1.0)
    if heard.voicemail:
        return 0.9 * speech
    if not readings:
        return 0.2 * speech
    mean = sum(one.confidence for one in readings) / len(readings)
    rest = sum(1 for words in heard.unused if asks_for_more(words))
    return max(0.0, min(1.0, mean - 0.12 * rest))


def _needs_review(heard: Heard, readings: Sequence[Reading], score: float) -> bool:
    if heard.voicemail:
        return False
    if not readings or score < 0.6:
        return True
    if heard.cut_off or EMERGENCY.search(heard.spoken.plain):
        return True
    if any(one.doubtful for one in readings):
        return True
    if differs(heard.spoken.plain, {one.kind for one in readings}):
        return True
    return contradictory(readings) or any(asks_for_more(words) for words in heard.unused)
