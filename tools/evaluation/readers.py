"""Who reads the answers: the product as it stands, and keyword rules beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.rules.directives import understand
from tools.evaluation.baseline import by_keywords
from tools.evaluation.sets import Labelled, Read


@dataclass(frozen=True, slots=True)
class Answered:
    """What a reader made of one answer."""

    directives: tuple[Read, ...]
    sentiment: str
    priority: str
    needs_review: bool


Reader = Callable[[Labelled], Answered]


def product(answer: Labelled) -> Answered:
    """As the product reads it."""
    found = understand(answer.text, now=answer.at, speech_confidence=answer.confidence)
    return Answered(
        directives=tuple(Read(one.kind, one.slots, one.confidence) for one in found.directives),
        sentiment=found.sentiment.value,
        priority=found.priority.value,
        needs_review=found.needs_review,
    )


def keywords(answer: Labelled) -> Answered:
    """As keyword rules read it, which are sure of all they find and unsure where they do not."""
    found = by_keywords(answer)
    priority = "normal" if found else "low"
    return Answered(found, "neutral", priority, needs_review=not found)
