"""To hear: which recordings go first, which are heard together, and how long that may take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bson import ObjectId

from app.models import CallLog, Delivery, Recording, Reply

_LEAST = timedelta(seconds=60)
_LONGEST = timedelta(minutes=9)
_FOR_EACH_SECOND = 10
"""Large models on a few cores take several seconds for one of speech."""
_UNKNOWN = 60.0
"""Seconds that a recording is taken to play where nobody said how long it is."""
_URGENT = timedelta(hours=1)
_LIVE = ("ringing", "in-progress")


def limit(*recording_ids: ObjectId) -> timedelta:
    """How long hearing recordings may take together at most; beyond that something hangs."""
    found = Recording.across_tenants(pk__in=recording_ids).only("duration")
    known = {recording.pk: recording.duration for recording in found}
    return _limit([known.get(each, 0.0) for each in recording_ids])


def _limit(durations: Sequence[float]) -> timedelta:
    seconds = sum(duration or _UNKNOWN for duration in durations)
    return min(_LEAST + timedelta(seconds=_FOR_EACH_SECOND * seconds), _LONGEST)


def together_with(recording_id: ObjectId, *, most: int) -> list[ObjectId]:
    """This recording, and others that wait to be heard in the same language: ``most`` in all.

    The oldest go with it, as many as the limit has room for. What was begun before may have taken
    its process down, and is heard alone: else it would drag others with it each time.
    """
    first: Recording | None = Recording.across_tenants(pk=recording_id).first()
    chosen = [recording_id]
    if most <= 1 or first is None or first.stage != "stored" or first.processing_attempts:
        return chosen
    language, durations = language_of(first), [first.duration]
    waiting = Recording.across_tenants(
        stage="stored", processing_attempts=0, hearing_until=None, pk__ne=recording_id
    )
    for other in waiting.order_by("updatedAt").limit(4 * most):
        if len(chosen) == most:
            break
        if _limit([*durations, other.duration]) < _LONGEST and language_of(other) == language:
            chosen.append(other.pk)
            durations.append(other.duration)
    return chosen


def goes_first(recording_id: ObjectId, *, now: datetime) -> bool:
    """Does somebody wait for these words: a customer still on the line, or a van about to come?"""
    recording = Recording.across_tenants(pk=recording_id).first()
    if recording is None:
        return False
    call = CallLog.of(recording.tenant_id, pk=recording.call_log_id).only("status").first()
    if call is not None and call.status in _LIVE:
        return True
    delivery = Delivery.of(recording.tenant_id, pk=recording.delivery_id).first()
    return bool(delivery is not None and delivery.scheduled_time - now < _URGENT)


def call_of(recording: Recording) -> CallLog | None:
    """The call in which it was made; None where it came by a link."""
    call: CallLog | None = CallLog.of(recording.tenant_id, pk=recording.call_log_id).first()
    return call


def language_of(recording: Recording, call: CallLog | None = None) -> str:
    """The language to listen for: the one on the line, or on the page."""
    call = call or call_of(recording)
    if call is None:
        reply = Reply.of(recording.tenant_id, pk=recording.reply_id).get()
        return str(reply.language)
    return str(call.language)
