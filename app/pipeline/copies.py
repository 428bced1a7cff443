"""Copies: what the network still keeps of recordings, against what we have."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from bson import ObjectId

from app.crash_points import reach
from app.errors import PermanentError
from app.gateways import RecordingFacts, Storage, Voice
from app.models import INSTALLATION, CallLog, Heartbeat, Recording, SystemMetric
from app.pipeline import record

log = structlog.get_logger()
_COMPARED = "recordings compared"
_NOT_BEFORE_HOUR = 3
_LOOK_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The recordings of a time at the network beside ours."""

    there: int
    """How many the network has."""
    announced: tuple[ObjectId, ...]
    """Ours now, which the network had and never told us of: to be fetched."""
    strange: tuple[str, ...]
    """The network's ids of recordings of calls that are none of ours."""
    gone: tuple[ObjectId, ...]
    """Announced to us and never fetched, and the network has them no more."""


def to_delete(*, after: timedelta, now: datetime, limit: int) -> Sequence[ObjectId]:
    """Recordings whose copy at the network is to be deleted: ours is verified, and old enough."""
    found: list[ObjectId] = list(
        Recording.across_tenants(
            deleted_at_provider=None,
            sha256__ne=None,
            recording_sid__ne=None,
            created_at__lt=now - after,
        )
        .filter(__raw__={"$or": [{"next_try_at": None}, {"next_try_at": {"$lt": now}}]})
        .order_by("createdAt")
        .limit(limit)
        .scalar("id")
    )
    return found


def delete_copy(recording_id: ObjectId, voice: Voice, storage: Storage, *, now: datetime) -> bool:
    """Delete the network's copy of a recording that we have, and note that it is gone.

    Ours is read once more first: this cannot be undone. True where a copy was deleted, or was gone
    already. Raises TransientError; PermanentError where ours is not what it was.
    """
    recording: Recording | None = Recording.across_tenants(pk=recording_id).first()
    if recording is None or recording.deleted_at_provider is not None:
        return False
    if not (recording.recording_sid and recording.storage_key and recording.sha256):
        return False
    if not _is_ours_whole(recording, storage):
        Recording.of(recording.tenant_id, pk=recording.pk).update_one(
            set__next_try_at=now + _LOOK_AGAIN
        )
        raise PermanentError("our copy of the recording is not what it was: theirs is kept")
    voice.delete_recording(recording.recording_sid)
    reach("recording-deleted")
    Recording.of(recording.tenant_id, pk=recording.pk).update_one(set__deleted_at_provider=now)
    return True


def _is_ours_whole(recording: Recording, storage: Storage) -> bool:
    try:
        ours = storage.get(recording.storage_key)
    except PermanentError:
        return False
    return bool(hashlib.sha256(ours).hexdigest() == recording.sha256)


def compare(
    since: datetime, until: datetime, voice: Voice, *, bucket: str, now: datetime
) -> Comparison:
    """Hold the network's recordings of a time against ours, in both directions.

    What it has of our calls and never announced is announced now. Raises TransientError.
    """
    theirs = {
        facts.recording_sid: facts
        for facts in voice.find_recordings_since(since, until)
        if facts.status != "in-progress"
    }
    known = set(Recording.across_tenants(recording_sid__in=list(theirs)).scalar("recording_sid"))
    announced, strange = [], []
    for recording_sid in sorted(theirs.keys() - known):
        found = _announced(theirs[recording_sid], bucket, now)
        if found is None:
            strange.append(recording_sid)
        elif found.stage == "announced":
            announced.append(found.pk)
    gone = Recording.across_tenants(
        stage="announced",
        created_at__gte=since,
        created_at__lt=until,
        recording_sid__nin=list(theirs),
    )
    gone_ids: tuple[ObjectId, ...] = tuple(gone.scalar("id"))
    return Comparison(len(theirs), tuple(announced), tuple(strange), gone_ids)


def day_to_compare(now: datetime) -> ObjectId | None:
    """Yesterday (UTC) as an id made of the day alone; None where it was compared, or is too fresh.

    Recordings of its last minutes are given some hours to be announced.
    """
    if now.hour < _NOT_BEFORE_HOUR:
        return None
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday = midnight - timedelta(days=1)
    done = Heartbeat.objects(name=_COMPARED).first()
    if done is not None and done.at >= yesterday:
        return None
    return ObjectId.from_datetime(yesterday)


def report(found: Comparison, day: datetime, *, now: datetime) -> None:
    """Write down that a day was compared, and say in the log what was missing."""
    missing = len(found.announced) + len(found.strange) + len(found.gone)
    log.log(
        logging.ERROR if missing else logging.INFO,
        "recordings compared",
        day=f"{day:%Y-%m-%d}",
        there=found.there,
        never_announced=[str(each) for each in found.announced],
        of_unknown_calls=list(found.strange),
        gone_before_fetched=[str(each) for each in found.gone],
    )
    SystemMetric.noted(
        INSTALLATION, "recordings_missing", missing, unit="recordings", at=now
    ).save()
    Heartbeat.objects(name=_COMPARED).update_one(upsert=True, set__at=day)


def _announced(facts: RecordingFacts, bucket: str, now: datetime) -> Recording | None:
    call = CallLog.across_tenants(call_sid=facts.call_sid).first()
    return record.announce(call, facts, bucket=bucket, now=now) if call else None
