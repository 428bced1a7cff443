"""Turns what a customer said on the telephone into what the driver and the dispatcher must do.

``understand`` is the whole of it. The road through the room: ``text`` brings a transcript into
plain form, ``clauses`` cuts it and ``conditions`` finds the clauses that begin with "if".
``readers`` shows each clause to one reader for each family of directives (``places``,
``addresses``, ``people``, ``hand_over``, ``schedule``, ``access``, ``entrances``, ``contact``,
``avoid``, ``cautions``, ``handling``, ``questions``, ``confirming``, ``service``), which takes the
words it understands. ``mending`` lets later words replace earlier ones, ``merging`` makes the
directives, ``sentences`` words them for people and ``assess`` judges the answer as a whole.

To teach it a phrase, add the phrase to its family's table, and a case to the tests.
"""

from __future__ import annotations

from datetime import datetime

from app.rules.analysis import Analysis
from app.rules.directives.answer import hear
from app.rules.directives.assess import assess
from app.rules.directives.merging import merge


def understand(transcript: str, *, now: datetime, speech_confidence: float = 1.0) -> Analysis:
    """Return what a customer's answer means.

    ``now`` is the moment of the call in the customer's time zone; days and bare hours are resolved
    against it. ``speech_confidence`` (0 to 1) is the recogniser's own. Any text is accepted; what
    cannot be understood comes back with no directives and ``needs_review``.
    """
    heard = hear(transcript, now)
    return assess(heard, merge(heard.readings), speech_confidence)
