"""Labelled: dispatchers' corrections as lines that tell how an answer should have been read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.models import AnalysisRecord, CallLog, Correction, Customer, Delivery, Recording, Reply
from app.rules.analysis import Directive
from app.rules.in_audio import Stretch, joined
from app.rules.pseudonyms import Pseudonyms, Said

_ENGLISH = "en"
WIPED = "no words are kept"
FOREIGN = "not said in English"
REVEALING = "a code or number in it could not be replaced"
SUPERSEDED = "corrected again, or never in effect"


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled answer. ``at`` is local to the customer; ``confidence`` is the recogniser's."""

    id: str
    said: Said
    at: datetime
    zone: str
    confidence: float
    judged: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """As the evaluation reads it; a directive is as sure as a person is."""
        directives = [
            {name: value for name, value in one.as_dict().items() if name != "confidence"}
            for one in self.said.directives
        ]
        return {
            "id": self.id,
            "text": self.said.text,
            "now": self.at.replace(tzinfo=None).isoformat(timespec="seconds"),
            "tz": self.zone,
            "confidence": round(self.confidence, 3),
            "directives": directives,
            **self.judged,
        }


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A correction that makes no line, and why."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Words:
    """What was said in one answer, as it was kept: ``texts`` in the order in which they came."""

    texts: tuple[str, ...]
    at: datetime
    english: bool
    confidence: float
    pressed: tuple[dict[str, Any], ...]
    """Directives that keys or buttons stood for: they are in no words."""


def labelled(
    tenant_id: str, *, since: datetime | None = None, pseudonyms: Pseudonyms | None
) -> Iterator[Line | LeftOut]:
    """A line for each corrected answer, as it was corrected last, in the order of correction.

    What retention has wiped is left out, and so is what the extractor does not read (another
    language), and with ``pseudonyms`` what would still tell a number.
    """
    found = Correction.of(tenant_id, **({"at__gte": since} if since else {})).order_by("at", "id")
    for correction in found:
        delivery = Delivery.of(tenant_id, pk=correction.delivery_id).first()
        if delivery is None or not _stands(delivery, correction):
            yield LeftOut(str(correction.pk), SUPERSEDED if delivery else WIPED)
        else:
            yield _line(delivery, correction, pseudonyms)


def _stands(delivery: Delivery, correction: Correction) -> bool:
    """Was it in effect, and is it the last one of its answer?"""
    records = [each for each in (*delivery.analysis_history, delivery.analysis) if each]
    of_it = [each for each in records if each.correction_id == correction.pk]
    if not of_it:
        return False
    later = Correction.of(
        delivery.tenant_id,
        delivery_id=delivery.pk,
        version__gt=correction.version,
        after__source_id=correction.after.source_id,
    )
    in_effect = {each.correction_id for each in records}
    return not any(each.pk in in_effect for each in later)


def _line(
    delivery: Delivery, correction: Correction, pseudonyms: Pseudonyms | None
) -> Line | LeftOut:
    name, after = str(correction.pk), correction.after
    words = words_of(correction.tenant_id, after, correction.at)
    if words is None or not words.texts or any(each.slots is None for each in after.directives):
        return LeftOut(name, WIPED)
    if not words.english:
        return LeftOut(name, FOREIGN)
    directives = tuple(each for each in after.to_rules().directives if not _pressed(each, words))
    text = joined([Stretch(each) for each in words.texts])
    said: Said | None = Said(text, directives)
    if pseudonyms is not None and said is not None:
        customer = Customer.of(delivery.tenant_id, pk=delivery.customer_id).first()
        said = pseudonyms.disguise(said, [customer.name] if customer else [])
    if said is None:
        return LeftOut(name, REVEALING)
    return Line(
        id=name,
        said=said,
        at=words.at.astimezone(ZoneInfo(delivery.time_zone)),
        zone=delivery.time_zone,
        confidence=words.confidence,
        judged={each: getattr(after, each).value for each in correction.judged},
    )


def words_of(tenant_id: str, record: AnalysisRecord, at: datetime) -> Words | None:
    """The words that an analysis was read from, as who looked ``at`` then saw them.

    None where they are gone, or where nobody said any.
    """
    call = CallLog.of(tenant_id, pk=record.call_id).first() if record.call_id else None
    if call is not None:
        recordings = Recording.of(call.tenant_id, call_log_id=call.pk).order_by("id")
        heard = [each for each in recordings if _heard_by(each, at)]
        began = call.start_time or call.claimed_at
        return _put_together(call.said, heard, began, call.language, call.chosen)
    spoken = Recording.of(tenant_id, pk=record.source_id).first()
    reply_id = spoken.reply_id if spoken else record.source_id
    reply = Reply.of(tenant_id, pk=reply_id).first()
    if reply is None:
        return None
    recordings = [spoken] if spoken else []
    return _put_together(reply.text, recordings, reply.at, reply.language, reply.picked)


def _heard_by(recording: Recording, moment: datetime) -> bool:
    return not any(step.target == "transcribed" and step.at > moment for step in recording.history)


def _put_together(
    own: str | None, heard: list[Recording], at: datetime, language: str, pressed: list[Any]
) -> Words:
    scripts = [each for each in heard if each.transcription and each.transcription.text]
    texts = [own, *(each.transcription.text for each in scripts)]
    tongues = {language, *(each.language or _ENGLISH for each in scripts)}
    sure = [each.transcription.confidence for each in scripts if each.transcription.confidence]
    return Words(
        texts=tuple(each.strip() for each in texts if each and each.strip()),
        at=at,
        english=tongues == {_ENGLISH},
        confidence=min(sure, default=1.0),
        pressed=tuple(pressed),
    )


def _pressed(one: Directive, words: Words) -> bool:
    return any(
        each.get("kind") == one.kind.value and (each.get("slots") or {}) == dict(one.slots)
        for each in words.pressed
    )
