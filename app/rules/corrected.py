"""Makes an analysis of directives that a person put down, worded as if they had been read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.rules.analysis import Analysis, Directive, Kind, Priority, Sentiment
from app.rules.directives.entities import entities_of, keywords_of
from app.rules.directives.lexicon import PREPOSITION
from app.rules.directives.reading import Reading
from app.rules.directives.sentence import dispatcher_summary, driver_sentence

_ACTED_ON = frozenset({Kind.RESCHEDULE, Kind.REDIRECT, Kind.CANCEL, Kind.SPEAK_TO_HUMAN})
_ARTICLE = r"(?:(?:the|a|an|my|our|your|their|his|her|that|this) )?"


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
    readings = [_reading(each) for each in directives]
    return Analysis(
        directives=tuple(directives),
        instructions=driver_sentence(readings),
        summary=dispatcher_summary(
            readings, voicemail=False, complaint=mood is Sentiment.NEGATIVE, said=True
        ),
        sentiment=mood,
        priority=priority or _priority(directives, before, mood),
        keywords=keywords_of(readings, ""),
        entities=entities_of(readings, ""),
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


def _reading(one: Directive) -> Reading:
    return Reading(
        one.kind, 0, 0, one.slots, one.confidence, wording=_wording(one), quoted=one.text
    )


def _wording(one: Directive) -> str:
    """A place, person or address with the small words before it, as said where they were."""
    for slot, lead, usual in _LED:
        if one.kind is slot[0] and (value := str(one.slots.get(slot[1], ""))):
            said = re.search(rf"\b{lead}{re.escape(value)}\b", one.text, re.IGNORECASE)
            return said[0].lower() if said else usual.format(value)
    return ""


_LED = (
    ((Kind.LEAVE_AT, "place"), rf"{PREPOSITION} {_ARTICLE}", "at the {}"),
    ((Kind.LEAVE_WITH, "recipient"), _ARTICLE, "{}"),
    ((Kind.REDIRECT, "address"), _ARTICLE, "{}"),
)
"""Which words belong to a slot's value for the driver, and how it reads without them."""
