"""Understand: words and pressed keys become an analysis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bson import ObjectId

from app.crash_points import reach
from app.models import AnalysisRecord, CallLog, Delivery, Recording, Reply
from app.pipeline import second_opinion
from app.pipeline.known import known_of
from app.pipeline.second_opinion import Second
from app.pipeline.stretches import located_in, stretch_of
from app.rules import directives
from app.rules.analysis import Analysis, Directive, Kind, Priority, Quote, Sentiment
from app.rules.directives import Known
from app.rules.directives.sentences import dispatcher_summary, driver_sentence
from app.rules.in_audio import Stretch, joined
from app.states import RECORDING

_ENGLISH = "en"
_LANGUAGES = {"es": "Spanish", "fr": "French", "de": "German"}
_PRIORITIES = tuple(Priority)
NOTHING_KNOWN = Known()
SILENT = Analysis(summary="Nothing was said.")
LOST = Analysis(
    summary="The customer left a message that could not be processed.",
    priority=Priority.HIGH,
    needs_review=True,
)
HARDLY_HEARD = Analysis(
    summary="The customer said something that could hardly be heard.",
    priority=Priority.HIGH,
    needs_review=True,
)
_HARDLY = 0.65
_UNSURE = 0.8
"""Confidences of the recogniser, the mean probability of its words. With the packaged model, most
answers below the second had more than a third of their words wrong and nearly all below the first,
while one in ten above had; music and babble that sounded like words stayed below the second
(``tools/speech_model/README.md``). Other models were not measured; that a person listens in vain is
the safe side."""
_BY_KEY_ALONE = {
    Kind.CONFIRM: "The customer pressed the key for: all fine as planned.",
    Kind.OPT_OUT: "The customer asked by key never to be called again.",
    Kind.SPEAK_TO_HUMAN: "The customer asked by key to speak to a person.",
}


def understand(
    recording_id: ObjectId, *, now: datetime, second: Second | None = None
) -> Recording | None:
    """Read the transcript against the moment it was spoken, and move to ``understood``.

    ``second`` is asked for its opinion once our own reading is saved. None where there was nothing
    to do, or somebody else is about it.
    """
    recording: Recording | None = Recording.across_tenants(pk=recording_id).first()
    if recording is None or recording.stage != "transcribed":
        return None
    delivery = Delivery.of(recording.tenant_id, pk=recording.delivery_id).get()
    spoken_at = _spoken_at(recording).astimezone(ZoneInfo(delivery.time_zone))
    expected = _expected(recording)
    said = stretch_of(recording)
    analysis = read(
        said.text,
        recording.language or _ENGLISH,
        expected=expected,
        at=spoken_at,
        confidence=recording.transcription.confidence,
        translation=recording.transcription.translation or "",
        known=known_of(delivery),
    )
    if (recording.language or _ENGLISH) == _ENGLISH:
        analysis = located_in(analysis, [said])
    record = AnalysisRecord.from_rules(
        analysis, source_id=recording.pk, call_id=recording.call_log_id, at=now
    )
    if not second_opinion.sought(
        recording, record, second, expected=expected, at=spoken_at, now=now
    ):
        return None
    second_opinion.lay_beside(record, [recording])
    moved = recording.move_to(
        RECORDING,
        "understood",
        at=now,
        cause="read",
        set__ai_analysis=record,
        set__processing_status="completed",
    )
    reach("recording-understood")
    return recording if moved else None


def _spoken_at(recording: Recording) -> datetime:
    if recording.call_log_id is None:
        at = Reply.of(recording.tenant_id, pk=recording.reply_id).get().at
    else:
        call = CallLog.of(recording.tenant_id, pk=recording.call_log_id).get()
        at = call.start_time or call.claimed_at
    moment: datetime = at
    return moment


def _expected(recording: Recording) -> str:
    """The language in which the customer was asked, and probably answered."""
    if recording.call_log_id is None:
        return str(Reply.of(recording.tenant_id, pk=recording.reply_id).get().language)
    return str(CallLog.of(recording.tenant_id, pk=recording.call_log_id).get().language)


def read(
    text: str,
    language: str,
    *,
    at: datetime,
    confidence: float = 1.0,
    expected: str = _ENGLISH,
    translation: str = "",
    known: Known = NOTHING_KNOWN,
) -> Analysis:
    """What words mean; ``at`` is when they were said, in the customer's time zone.

    Of words in another language the English ``translation`` is read, where there is one. Words in a
    language that is not understood here are kept whole, for the driver and for a
    person to look at. Where English was heard from somebody ``expected`` to speak another
    language, a model without that language may have made it up: nothing is read from it. Nor is
    anything from words that could hardly be heard; what is read from unsure ones is for a person to
    look at.
    """
    if not text.strip():
        return SILENT
    if language != _ENGLISH and translation.strip():
        return _read_english(translation, at, confidence, known)
    if language == _ENGLISH != expected:
        tongue = _LANGUAGES.get(expected, expected)
        return Analysis(
            summary=f"The customer probably spoke {tongue}, which was not heard as such.",
            priority=Priority.HIGH,
            needs_review=True,
        )
    if language == _ENGLISH:
        return _read_english(text, at, confidence, known)
    said = (Quote("says", language, text.strip()),)
    quote = driver_sentence((), said)
    return Analysis(
        instructions=quote,
        summary=quote,
        confidence_score=confidence,
        needs_review=True,
        quotes=said,
    )


def _read_english(text: str, at: datetime, confidence: float, known: Known) -> Analysis:
    if confidence < _HARDLY:
        return replace(HARDLY_HEARD, confidence_score=confidence)
    analysis = directives.understand(text, now=at, speech_confidence=confidence, known=known)
    return replace(analysis, needs_review=True) if confidence < _UNSURE else analysis


def of_call(
    call: CallLog, recordings: Sequence[Recording], *, now: datetime
) -> AnalysisRecord | None:
    """What a whole call says: its keys, what was said at a question, and all its recordings.

    Recordings must be ``understood``. None where the call says nothing at all.
    """
    parts = [part for part in (_chosen(call), *_spoken(call, recordings)) if part is not None]
    if not parts:
        return None
    said = [each for each in recordings if each.ai_analysis or _lost(each)]
    source = said[-1].pk if said else call.pk
    record = AnalysisRecord.from_rules(
        together(parts), source_id=source, call_id=call.pk, at=call.end_time or now
    )
    return second_opinion.lay_beside(record, recordings)


def _chosen(call: CallLog) -> Analysis | None:
    """The directives that keys stood for, worded as if they had been said."""
    if not call.chosen:
        return None
    meant = tuple(
        Directive(Kind(each["kind"]), each["text"], 1.0, each.get("slots") or {})
        for each in call.chosen
    )
    worded = together([*_worded(meant, _local(call, _delivery(call))), *_dated(meant)])
    alone = _BY_KEY_ALONE.get(meant[-1].kind) if len(meant) == 1 else None
    return replace(
        worded,
        directives=meant,
        instructions=driver_sentence(meant),
        summary=alone or worded.summary,
        confidence_score=1.0,
        needs_review=False,
    )


def _worded(meant: Sequence[Directive], at: datetime) -> list[Analysis]:
    said = [each.text for each in meant if each.kind is not Kind.RESCHEDULE]
    return [directives.understand(". ".join(said), now=at)] if said else []


def _dated(meant: Sequence[Directive]) -> list[Analysis]:
    """A chosen day, worded from its date: written out, its figures would be read as hours."""
    days = [each for each in meant if each.kind is Kind.RESCHEDULE]
    if not days:
        return []
    summary = dispatcher_summary(days, voicemail=False, complaint=False, said=True)
    return [Analysis(summary=summary, priority=Priority.HIGH)]


def _spoken(call: CallLog, recordings: Sequence[Recording]) -> list[Analysis]:
    """One analysis for all English words together, so that later ones may correct earlier ones.

    What could hardly be heard is a part of its own: what was said clearly beside it still counts.
    """
    delivery = _delivery(call)
    at, known = _local(call, delivery), known_of(delivery)
    said: list[Stretch] = [Stretch(call.said)] if call.said else []
    parts: list[Analysis] = []
    confidence = 1.0
    for recording in recordings:
        stretch = stretch_of(recording)
        if _lost(recording):
            parts.append(LOST)
        if _lost(recording) or not stretch.text:
            continue
        heard, sure = recording.language or _ENGLISH, recording.transcription.confidence or 0.0
        if {heard, call.language} == {_ENGLISH} and sure >= _HARDLY:
            said.append(stretch)
            confidence = min(confidence, sure)
        else:
            english = recording.transcription.translation or ""
            parts.append(
                read(
                    stretch.text,
                    heard,
                    at=at,
                    expected=call.language,
                    translation=english,
                    known=known,
                    confidence=sure,
                )
            )
    if said:
        whole = read(joined(said), _ENGLISH, at=at, confidence=confidence, known=known)
        parts.insert(0, located_in(whole, said))
    return parts


def _lost(recording: Recording) -> bool:
    return bool(recording.processing_status == "failed")


def _delivery(call: CallLog) -> Delivery:
    delivery: Delivery = Delivery.of(call.tenant_id, pk=call.delivery_id).get()
    return delivery


def _local(call: CallLog, delivery: Delivery) -> datetime:
    at: datetime = call.start_time or call.claimed_at
    return at.astimezone(ZoneInfo(delivery.time_zone))


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
