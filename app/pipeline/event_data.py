"""What an event tells of the documents it is about, without what only people may see."""

from __future__ import annotations

from bson import ObjectId

from app.models import CallLog, Delivery, Recording, Review
from app.models.analysis import AnalysisRecord, DirectiveRecord
from app.models.outbox import Note
from app.rules.events import TYPES
from app.rules.events.payloads import (
    CallData,
    DeliveryData,
    DeliveryFacts,
    DirectiveFacts,
    InstructionsData,
    Payload,
    RatingData,
    RecordingData,
    ReviewData,
)
from app.rules.second_opinion.spoken import code_runs, sounds_of

Source = Delivery | CallLog | Recording | Review
_PERSONAL = ("code", "phone", "recipient", "address", "unit", "condition")
"""Slots that may open a door, or name somebody or where they live."""


def data_of(note: Note, source: Source, delivery: Delivery) -> Payload | None:
    """What is told by a note on ``source``; None where there is nothing to tell of it."""
    if isinstance(source, CallLog):
        return _call(source)
    if isinstance(source, Recording):
        return _recording(source)
    if isinstance(source, Review):
        return _review(source)
    if TYPES[note.type].data is InstructionsData:
        return _instructions(delivery)
    if TYPES[note.type].data is RatingData:
        return _rating(delivery)
    return DeliveryData(delivery=facts_of(delivery), cause=note.cause)


def facts_of(delivery: Delivery) -> DeliveryFacts:
    """The delivery as it stands."""
    return DeliveryFacts(
        id=str(delivery.pk),
        reference=delivery.reference,
        status=delivery.status,
        outreach=delivery.outreach.state,
        attempts=delivery.outreach.attempts,
        scheduled_time=delivery.scheduled_time,
        window_end=delivery.window.end if delivery.window else None,
        time_zone=delivery.time_zone,
        customer_id=_id(delivery.customer_id),
        agent_id=_id(delivery.agent_id),
    )


def _rating(delivery: Delivery) -> RatingData | None:
    known = delivery.customer_feedback
    rating = known.rating if known else None
    return RatingData(delivery=facts_of(delivery), rating=rating) if rating else None


def _instructions(delivery: Delivery) -> InstructionsData:
    known: AnalysisRecord | None = delivery.analysis
    return InstructionsData(
        delivery=facts_of(delivery),
        analysis_version=delivery.analysis_version,
        channel=delivery.outreach.channel,
        call_id=_id(known.call_id) if known else None,
        directives=tuple(map(_directive, known.directives)) if known else (),
        priority=known.priority if known else None,
        sentiment=known.sentiment if known else None,
        needs_review=bool(known and known.needs_review),
        corrected=bool(known and known.correction_id),
    )


def _directive(record: DirectiveRecord) -> DirectiveFacts:
    slots = dict(record.slots or {})
    masked = [name for name, value in slots.items() if _is_personal(name, value)]
    return DirectiveFacts(
        kind=record.kind,
        confidence=record.confidence or 0.0,
        slots={name: value for name, value in slots.items() if name not in masked},
        masked=tuple(sorted(masked)),
    )


def _is_personal(name: str, value: object) -> bool:
    if name in _PERSONAL:
        return True
    # A place may be "the lockbox, four seven one one". Dates and times are no codes.
    free = isinstance(value, str) and name not in ("date", "start", "end")
    return free and bool(list(code_runs(sounds_of(str(value)))))


def _call(call: CallLog) -> CallData:
    return CallData(
        id=str(call.pk),
        delivery_ids=tuple(str(each) for each in call.covers or [call.delivery_id]),
        direction=call.direction,
        attempt=call.attempt,
        status=call.status,
        answered_by=call.answered_by,
        outcome=call.outcome or call.status,
        started_at=call.start_time,
        ended_at=call.end_time,
        duration=call.duration,
    )


def _recording(recording: Recording) -> RecordingData | None:
    if recording.storage_key is None:
        # Nothing was recorded, or it could never be fetched.
        return None
    return RecordingData(
        id=str(recording.pk),
        delivery_id=str(recording.delivery_id),
        call_id=_id(recording.call_log_id),
        duration=recording.duration,
        language=recording.language,
        heard=recording.processing_status == "completed",
    )


def _review(review: Review) -> ReviewData:
    return ReviewData(
        id=str(review.pk),
        delivery_id=str(review.delivery_id),
        call_id=_id(review.call_id),
        reason=review.reason,
        due=review.due,
    )


def _id(value: ObjectId | None) -> str | None:
    return str(value) if value is not None else None
