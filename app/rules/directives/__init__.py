"""Turns what a customer said on the telephone into what the driver and the dispatcher must do.

``understand`` is the whole of it, beside ``place_in`` for what a customer once wrote. The road
through the room, in ``understanding``: ``text`` brings a transcript into plain form, ``clauses``
cuts it and ``conditions`` finds the clauses that begin with "if". ``readers`` shows each clause to
one reader for each family of directives (``places``, ``addresses``, ``people``, ``hand_over``,
``schedule``, ``access``, ``entrances``, ``contact``, ``avoid``, ``cautions``, ``handling``,
``questions``, ``confirming``, ``service``, ``usual``), which takes the words it understands;
``negation`` asks of each wish whether a "not" governs it. ``mending`` lets
later words replace earlier ones, ``merging`` makes the directives, ``sentences`` words them for
people and ``assess`` judges the answer as a whole; ``leftovers``, ``contradictions`` and ``doubts``
say what a person should hear. ``known`` is what the courier knows before a word is said.

To teach it a phrase, add the phrase to its family's table, and a case to the tests.
"""

from __future__ import annotations

from datetime import datetime

from app.rules.analysis import Analysis
from app.rules.directives.known import NOTHING, Known

__all__ = ["Known", "place_in", "prepare", "understand"]


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
    from app.rules.directives import understanding  # noqa: PLC0415 - see ``prepare``

    return understanding.understand(
        transcript, now=now, speech_confidence=speech_confidence, known=known
    )


def place_in(instructions: str) -> str:
    """Return the place that standing instructions name, with its preposition; "" for none."""
    from app.rules.directives import standing  # noqa: PLC0415 - see ``prepare``

    return standing.place_in(instructions)


def prepare() -> None:
    """Load what understanding needs: for processes whose first answer is not to wait for it.

    A thousand patterns are compiled, which takes longer than all else that a process loads; those
    that understand nothing do without.
    """
    from app.rules.directives import standing, understanding  # noqa: F401, PLC0415
