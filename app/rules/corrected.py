"""Makes an analysis of directives that a person put down, worded as if they had been read."""

from __future__ import annotations

from collections.abc import Sequence

from app.rules.analysis import Analysis, Directive, Kind, Priority, Sentiment
from app.rules.directives.entities import entities_of, keywords_of
from app.rules.directives.sentences import dispatcher_summary, driver_sentence

_ACTED_ON = frozenset({Kind.RESCHEDULE, Kind.REDIRECT, Kind.CANCEL, Kind.SPEAK_TO_HUMAN})


def analysis_of(
    directives: Sequence[Directive],
    *,
    before: Analysis | None = None,
    sentiment: Sentiment | None = None,
    priority: Priority | None = None,
) -> Analysis:
    """The analysis that directives of a person come to; nobody needs to look at it again.

    ``before`` is what stood there: how the customer sounded, and that it was urgent, still holds
    unless a ``sentiment`` or ``priority`` is given.
    """
    mood = sentiment or (before.sentiment if before else Sentiment.NEUTRAL)
    return Analysis(
        directives=tuple(directives),
        instructions=driver_sentence(directives),
        summary=dispatcher_summary(
            directives, voicemail=False, complaint=mood is Sentiment.NEGATIVE, said=True
        ),
        sentiment=mood,
        priority=priority or _priority(directives, before, mood),
        keywords=keywords_of(directives, ""),
        entities=entities_of(directives, ""),
        confidence_score=1.0,
        needs_review=False,
    )


def _priority(
    directives: Sequence[Directive], before: Analysis | None, mood: Sentiment
) -> Priority:
    kinds = {each.kind for each in directives}
    if before is not None and before.priority is Priority.URGENT:
        return Priority.URGENT
    if kinds & _ACTED_ON or mood is Sentiment.NEGATIVE:
        return Priority.HIGH
    return Priority.NORMAL if kinds - {Kind.CONFIRM} else Priority.LOW
