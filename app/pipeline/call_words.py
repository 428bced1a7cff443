"""What a whole call means: keys, what was said at a question, and all recordings, read as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app.models import AnalysisRecord, CallLog, Delivery, Recording
from app.pipeline import second_opinion
from app.pipeline.known import known_of
from app.pipeline.stretches import located_in, stretch_of
from app.rules import directives
from app.rules.analysis import Analysis, Directive, Kind, Priority
from app.rules.directives.sentences import dispatcher_summary, driver_sentence
from app.rules.heard import HARDLY, LOST, read
from app.rules.in_audio import Stretch, joined
from app.rules.together import together

_ENGLISH = "en"
_BY_KEY_ALONE = {
    Kind.CONFIRM: "The customer pressed the key for: all fine as planned.",
    Kind.OPT_OUT: "The customer asked by key never to be called again.",
    Kind.SPEAK_TO_HUMAN: "The customer asked by key to speak to a person.",
}


def of_call(
    call: CallLog, recordings: Sequence[Recording], *, now: datetime
) -> AnalysisRecord | None:
    """What a whole call says: its keys, what was said at a question, and all its recordings.

    Recordings must be ``understood``. None where the call says nothing at all.
    """
    found = meaning(call, recordings, _delivery(call))
    if found is None:
        return None
    said = [each for each in recordings if each.ai_analysis or _lost(each)]
    source = said[-1].pk if said else call.pk
    record = AnalysisRecord.from_rules(
        found, source_id=source, call_id=call.pk, at=call.end_time or now
    )
    return second_opinion.lay_beside(record, recordings)


def meaning(call: CallLog, recordings: Sequence[Recording], delivery: Delivery) -> Analysis | None:
    """The same before it is kept; none of the documents need be in the database."""
    parts = [_chosen(call, delivery), *_spoken(call, recordings, delivery)]
    said = [part for part in parts if part is not None]
    return together(said) if said else None


def _chosen(call: CallLog, delivery: Delivery) -> Analysis | None:
    """The directives that keys stood for, worded as if they had been said."""
    if not call.chosen:
        return None
    meant = tuple(
        Directive(Kind(each["kind"]), each["text"], 1.0, each.get("slots") or {})
        for each in call.chosen
    )
    worded = together([*_worded(meant, _local(call, delivery)), *_dated(meant)])
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


def _spoken(call: CallLog, recordings: Sequence[Recording], delivery: Delivery) -> list[Analysis]:
    """One analysis for all English words together, so that later ones may correct earlier ones.

    What could hardly be heard is a part of its own: what was said clearly beside it still counts.
    """
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
        if {heard, call.language} == {_ENGLISH} and sure >= HARDLY:
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
