"""Second opinion: another reader is asked what the same words mean, once, after our own reading.

Our reading stands whatever the other says. Where they differ a person looks, with what the other
found beside what we found (docs/decisions/0011-second-opinion.md).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.gateways import NoOpinion, Question, SecondReader
from app.models import AnalysisRecord, Recording, SecondOpinion
from app.models.analysis import DirectiveRecord
from app.rules import second_opinion as rules

log = structlog.get_logger()
_ENGLISH = "en"
_GRACE = timedelta(seconds=5)
"""Beyond the reader's own bound, before a question counts as lost with the process that asked."""


@dataclass(frozen=True, slots=True)
class Second:
    """The second reader, and how it is asked."""

    reader: SecondReader
    seconds: float
    """How long one question may take."""
    masked: bool = True
    """Are codes and telephone numbers kept from it?"""


def sought(
    recording: Recording,
    ours: AnalysisRecord,
    second: Second | None,
    *,
    expected: str,
    at: datetime,
    now: datetime,
) -> bool:
    """Ask for a second opinion on a recording, once in its life; False while another job asks.

    Our own reading is saved before, with the mark that the question was put: a process that dies
    while it waits loses nothing, and whoever comes after it does not ask again. ``expected`` is the
    language in which the customer was asked; ``at`` is when they spoke, in their time zone.
    """
    if recording.second_opinion is not None:
        return _answered(recording, second, now)
    if second is None or not _readable(recording, expected):
        return True
    mark = SecondOpinion(asked_at=now)
    if not recording.modify(
        {"second_opinion": None, "stage": "transcribed"},
        set__ai_analysis=ours,
        set__second_opinion=mark,
    ):
        return False
    given = _ask(recording.transcription.text, ours, second, at)
    given.asked_at = now
    log.info("second opinion", outcome=given.outcome, dropped=given.dropped, seconds=given.seconds)
    recording.modify({"second_opinion__outcome": "asked"}, set__second_opinion=given)
    return True


def _answered(recording: Recording, second: Second | None, now: datetime) -> bool:
    known = recording.second_opinion
    if known.outcome != "asked":
        return True
    bound = timedelta(seconds=second.seconds if second else 0) + _GRACE
    if now - known.asked_at < bound:
        return False
    log.warning("second opinion", outcome="lost")
    recording.modify({"second_opinion__outcome": "asked"}, set__second_opinion__outcome="lost")
    return True


def _readable(recording: Recording, expected: str) -> bool:
    """Only English words are asked about: in no other do we know a spoken code when we see one.

    Nor are English words of somebody who probably spoke another language: a model made them up.
    """
    language = recording.language or _ENGLISH
    words = (recording.transcription.text or "").strip()
    return bool(words) and {language, expected} == {_ENGLISH}


def _ask(words: str, ours: AnalysisRecord, second: Second, at: datetime) -> SecondOpinion:
    sent = rules.prepared(words, masked=second.masked)
    question = Question(rules.instructions(), rules.message(sent, at), rules.schema())
    begun = time.monotonic()
    reply = second.reader.ask(question)
    given = SecondOpinion(seconds=round(time.monotonic() - begun, 3))
    if isinstance(reply, NoOpinion):
        given.outcome = reply.reason
        return given
    try:
        opinion = rules.checked(reply.content, sent, at)
    except rules.NonsenseError:
        given.outcome = "nonsense"
        return given
    found = rules.difference(ours.to_rules().directives, opinion.directives, at)
    given.outcome, given.dropped = "answered", opinion.dropped
    given.proposed = [DirectiveRecord.from_rules(each) for each in found.proposed]
    given.doubted = list(found.doubted)
    return given


def lay_beside(ours: AnalysisRecord, recordings: Sequence[Recording]) -> AnalysisRecord:
    """Put what second readers found otherwise beside our reading, for a person; and nothing else.

    Our directives, and all that the driver is told, stay as they are.
    """
    opinions = [each.second_opinion for each in recordings if each.second_opinion is not None]
    ours.proposed = [directive for each in opinions for directive in each.proposed]
    ours.doubted = list(dict.fromkeys(kind for each in opinions for kind in each.doubted))
    if ours.proposed or ours.doubted:
        ours.needs_review = True
    return ours
