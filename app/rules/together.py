"""Together: several answers of one customer become one."""

from __future__ import annotations

from collections.abc import Sequence

from app.rules.analysis import Analysis, Directive, Priority, Sentiment
from app.rules.directives.sentences import driver_sentence

_PRIORITIES = tuple(Priority)


def together(parts: Sequence[Analysis]) -> Analysis:
    """Several answers of one customer as one; what was said twice is there once."""
    if len(parts) == 1:
        return parts[0]
    kept: list[Directive] = []
    for each in (directive for part in parts for directive in part.directives):
        if (each.kind, dict(each.slots)) not in [(k.kind, dict(k.slots)) for k in kept]:
            kept.append(each)
    quotes = tuple(dict.fromkeys(quote for part in parts for quote in part.quotes))
    feelings = [part.sentiment for part in parts if part.sentiment is not Sentiment.NEUTRAL]
    return Analysis(
        directives=tuple(kept),
        instructions=driver_sentence(kept, quotes),
        summary=" ".join(dict.fromkeys(part.summary for part in parts if part.summary)),
        sentiment=feelings[-1] if feelings else Sentiment.NEUTRAL,
        priority=max((part.priority for part in parts), key=_PRIORITIES.index),
        keywords=tuple(dict.fromkeys(word for part in parts for word in part.keywords))[:8],
        entities=tuple(entity for part in parts for entity in part.entities),
        confidence_score=min(part.confidence_score for part in parts),
        needs_review=any(part.needs_review for part in parts),
        quotes=quotes,
    )
