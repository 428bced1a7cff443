"""The road through the room, from words to an analysis."""

from __future__ import annotations

from datetime import datetime

from app.rules.analysis import Analysis
from app.rules.directives.answer import hear
from app.rules.directives.assess import assess
from app.rules.directives.doubts import with_doubts
from app.rules.directives.known import NOTHING, Known
from app.rules.directives.merging import merge
from app.rules.directives.usual import in_their_light


def understand(
    transcript: str, *, now: datetime, speech_confidence: float = 1.0, known: Known = NOTHING
) -> Analysis:
    """See ``app.rules.directives.understand``."""
    heard = hear(transcript, now, known)
    readings = in_their_light(heard.readings, known)
    readings = with_doubts(merge(readings), heard.spoken.plain)
    return assess(heard, readings, speech_confidence)
