"""Turns what a customer said on the telephone into what the driver and the dispatcher must do.

``understand`` is the whole of it, beside ``place_in`` for what a customer once wrote. The road
through the room: ``text`` brings a transcript into plain form, ``clauses`` cuts it and
``conditions`` finds the clauses that begin with "if". ``readers`` shows each clause to one reader
for each family of directives (``places``, ``addresses``, ``people``, ``hand_over``, ``schedule``,
``access``, ``entrances``, ``contact``, ``avoid``, ``cautions``, ``handling``, ``questions``,
``confirming``, ``service``, ``usual``), which takes the words it understands;
``negation`` asks of each wish whether a "not" governs it. ``mending`` lets
later words replace earlier ones, ``merging`` makes the directives, ``sentences`` words them for
people and ``assess`` judges the answer as a whole; ``leftovers``, ``contradictions`` and ``doubts``
say what a person should hear. ``known`` is what the courier knows before a word is said.

To teach it a phrase, add the phrase to its family's table, and a case to the tests.
"""

from __future__ import annotations

from datetime import datetime

from app.rules.analysis import Analysis
from app.rules.directives.answer import hear
from app.rules.directives.assess import assess
from app.rules.directives.doubts import with_doubts
from app.rules.directives.known import NOTHING, Known
from app.rules.directives.merging import merge
from app.rules.directives.standing import place_in
from app.rules.directives.usual import in_their_light

__all__ = ["Known", "place_in", "understand"]


def understand(
    transcript: str, *, now: datetime, speech_confidence: float = 1.0, known: Known = NOTHING
) -> Analysis:
    """Return what a customer's answer means.

    ``now`` is the moment of the call in the customer's time zone; days and bare hours are resolved
    against it. ``speech_confidence`` (0 to 1) is the recogniser's own. ``known`` is what the
    courier knows of the delivery; where its day is another than the call's, hours said without a
    day are hours of that day, and only a third day is another one. Any text is accepted; what
    cannot be understood comes back with no directives and ``needs_review``.
    """
    heard = hear(transcript, now, known)
    readings = in_their_light(heard.readings, known)
    readings = with_doubts(merge(readings), heard.spoken.plain)
    return assess(heard, readings, speech_confidence)
