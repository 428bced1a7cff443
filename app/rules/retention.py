"""How long each class of personal data is kept, as the operator writes it.

A class that is not named keeps its default. The defaults, and what they rest on:

- ``audio``, 30 days from the recording: what was said is in writing by then; a voice is the most
  personal of what is kept, and is needed only while somebody may listen again.
- ``codes``, 7 days from the van's time: a gate code opens a door. All words about a delivery for
  which one was given go then, for a code stands in transcript, sentence and message alike.
- ``words``, 90 days from the van's time: the delivery, and the time in which somebody may dispute
  it. Transcripts, directives, replies, text messages, what drivers were told.
- ``proofs``, 90 days from when they came: photos and signatures, for the same time. That there
  were some stays.
- ``reports``, 30 days: the network's reports as they came; beyond that their meaning, which stays.
- ``people``, 365 days from the last delivery: name, number, address, consents.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

CLASSES: Mapping[str, int] = {
    "audio": 30, "codes": 7, "words": 90, "proofs": 90, "reports": 30, "people": 365,
}  # fmt: skip
"""Days, by class."""
LEAST: Mapping[str, int] = {"people": 31}
"""Days below which a class must not go: caps on calls count contacts of the last thirty."""
_MOST = 3650
_NEVER = "never"

Retention = Mapping[str, timedelta | None]
"""How long each class is kept; None: for ever."""


def parse(text: str) -> Retention:
    """From ``audio=14,words=never``: days, or never. Raises ValueError, saying what is wrong."""
    days: dict[str, int | None] = dict(CLASSES)
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, value = (each.strip() for each in part.partition("="))
        if name not in CLASSES:
            raise ValueError(f"knows {', '.join(CLASSES)}, and no {name}")
        if value == _NEVER:
            days[name] = None
        elif value.isdecimal() and LEAST.get(name, 1) <= int(value) <= _MOST:
            days[name] = int(value)
        else:
            least = LEAST.get(name, 1)
            raise ValueError(f"needs days for {name}, {least} to {_MOST}, or {_NEVER}")
    return {name: None if each is None else timedelta(days=each) for name, each in days.items()}
