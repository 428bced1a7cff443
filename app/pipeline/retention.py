"""Retention: once a night, what was kept for long enough goes.

Bounded, safe to run twice and at any time: what is gone already is not found again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import structlog
from bson import ObjectId

from app.errors import AppError
from app.gateways import Voice
from app.gateways.bucket import Bucket
from app.gateways.copies import NetworkCopies
from app.models import Heartbeat, database
from app.models.numbers import opened
from app.models.retention import RetentionReport
from app.pipeline import proofs
from app.pipeline.erase import erase
from app.pipeline.wipe import wipe
from app.rules.retention import Retention

log = structlog.get_logger()
_APPLIED = "retention"
_NOT_BEFORE_HOUR = 2
_MOST = 2000
"""Recordings, and deliveries, of one run."""
_AT_ONCE = 200
_MOST_PEOPLE = 100
_ABOUT_A_DELIVERY = (
    "recordings", "messages", "replies", "push_messages", "reviews", "corrections", "bridged_calls",
)  # fmt: skip
_STRAYS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "inbound_messages": ("received_at", {}),
    "messages": ("claimed_at", {"delivery_id": None}),
    "call_logs": ("claimed_at", {"delivery_id": None}),
}
"""Words that belong to no delivery: since when they are here."""
_SEALED = {"$type": "binData"}


@dataclass(slots=True)
class Run:
    """One run: with what it works, and what it has done."""

    bucket: Bucket
    voice: Voice
    copies: NetworkCopies
    retention: Retention
    now: datetime
    gone: Counter[str] = field(default_factory=Counter)
    more: bool = False

    def before(self, name: str) -> datetime | None:
        """What is older goes; None where all of this class stays."""
        kept = self.retention[name]
        return None if kept is None else self.now - kept


def day_to_apply(now: datetime) -> ObjectId | None:
    """Today (UTC) as an id made of the day alone; None where it is done, or still evening."""
    if now.hour < _NOT_BEFORE_HOUR:
        return None
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    done = Heartbeat.objects(name=_APPLIED).first()
    if done is not None and done.at >= today:
        return None
    return ObjectId.from_datetime(today)


def apply(
    bucket: Bucket, voice: Voice, copies: NetworkCopies, retention: Retention, *, now: datetime
) -> RetentionReport:
    """Let go what was kept for long enough, and write down what went.

    A class that fails (the network or the storage is out of reach) keeps no other from going; then,
    and where there is more than one run takes, the day is not marked as done. Raises PyMongoError.
    """
    run = Run(bucket, voice, copies, retention, now)
    report = RetentionReport(
        at=now, kept={name: each.days for name, each in retention.items() if each is not None}
    )
    for name, take in _CLASSES.items():
        before = run.before(name)
        if before is None:
            continue
        try:
            run.gone[name] += take(run, before)
        except AppError as error:
            report.failed[name] = str(error)
    report.gone, report.more = dict(run.gone), run.more
    report.ended_at = datetime.now(UTC)
    report.save()
    log.info("retention applied", gone=report.gone, failed=sorted(report.failed), more=run.more)
    if not report.failed and not run.more:
        Heartbeat.objects(name=_APPLIED).update_one(upsert=True, set__at=now)
    return report


def _audio(run: Run, before: datetime) -> int:
    """The network's copy first: nothing else remembers its name."""
    recordings, gone = database().recordings, 0
    old = {"audio_deleted_at": None, "createdAt": {"$lt": before}}
    for found in recordings.find(old, limit=_MOST + 1):
        if gone == _MOST:
            run.more = True
            break
        delete_audio(found, run.bucket, run.voice, now=run.now)
        gone += 1
    return gone


def delete_audio(
    recording: Mapping[str, Any], bucket: Bucket, voice: Voice, *, now: datetime
) -> int:
    """Delete a recording at the network and, in all its versions, in the storage.

    Safe to repeat. Returns how many versions went. Raises TransientError.
    """
    changes: dict[str, Any] = {"audio_deleted_at": now}
    if recording.get("recording_sid") and not recording.get("deleted_at_provider"):
        voice.delete_recording(recording["recording_sid"])
        changes["deleted_at_provider"] = now
    key, gone = recording.get("storage_key"), 0
    if key:
        for each in list(bucket.versions(prefix=key)):
            if each.key == key:
                bucket.remove(key, each.version)
                gone += 1
    database().recordings.update_one(
        {"_id": recording["_id"]}, {"$set": changes, "$unset": {"storage_key": "", "sha256": ""}}
    )
    return gone


def _proofs(run: Run, before: datetime) -> int:
    old = {"storage_key": {"$type": "string"}, "createdAt": {"$lt": before}}
    gone = 0
    for found in database().proofs.find(old, limit=_MOST + 1):
        if gone == _MOST:
            run.more = True
            break
        proofs.delete_picture(found, run.bucket, now=run.now)
        gone += 1
    return gone


def _codes(run: Run, before: datetime) -> int:
    given = [{f"{where}.directives.kind": "access"} for where in ("analysis", "analysis_history")]
    return _words_of(run, {"scheduled_time": {"$lt": before}, "$or": given})


def _words(run: Run, before: datetime) -> int:
    gone = _words_of(run, {"scheduled_time": {"$lt": before}})
    for name, (since, of_none) in _STRAYS.items():
        gone += wipe(database()[name], {since: {"$lt": before}, **of_none}, most=_MOST)
    return gone


def _words_of(run: Run, which: Mapping[str, Any]) -> int:
    """Wipe all words about these deliveries, the delivery itself last: until then it is found."""
    db, gone = database(), 0
    query = {**which, "words_wiped_at": None}
    while ids := [each["_id"] for each in db.deliveries.find(query, {"_id": 1}, limit=_AT_ONCE)]:
        about = {"$in": ids}
        gone += wipe(db.call_logs, {"$or": [{"delivery_id": about}, {"covers": about}]})
        for name in _ABOUT_A_DELIVERY:
            gone += wipe(db[name], {"delivery_id": about})
        gone += wipe(db.deliveries, {"_id": about})
        db.deliveries.update_many({"_id": about}, {"$set": {"words_wiped_at": run.now}})
        if gone >= _MOST:
            run.more = True
            break
    return gone


def _reports(_run: Run, before: datetime) -> int:
    """The network's reports; that they came, and when, stays."""
    db = database()
    lists = {"webhook_events.data": _SEALED, "claimed_at": {"$lt": before}}
    gone = sum(
        wipe(db[name], lists, chosen=lambda path: path.startswith("webhook_events."), most=_MOST)
        for name in ("call_logs", "messages", "bridged_calls")
    )
    single = {"data": _SEALED, "received_at": {"$lt": before}}
    return gone + wipe(db.inbound_messages, single, chosen=lambda path: path == "data", most=_MOST)


def _people(run: Run, before: datetime) -> int:
    """Who has had no delivery for so long is erased, as on their own wish.

    Not while another company with the same number still knows them.
    """
    db, gone = database(), 0
    customers = db.customers.find({"createdAt": {"$lt": before}}, {"phone": 1}).sort("_id")
    while batch := list(islice(customers, _AT_ONCE)):
        phones = {"$in": [each["phone"] for each in batch]}
        same = {each["_id"]: each["phone"] for each in db.customers.find({"phone": phones})}
        since = {"customer_id": {"$in": list(same)}, "scheduled_time": {"$gte": before}}
        busy = {same[each] for each in db.deliveries.distinct("customer_id", since)}
        young = {"phone": phones, "createdAt": {"$gte": before}}
        busy |= {each["phone"] for each in db.customers.find(young)}
        for phone in {each["phone"] for each in batch} - busy:
            if gone == _MOST_PEOPLE:
                run.more = True
                return gone
            erase(opened(phone), run.bucket, run.copies, by="retention", now=run.now)
            gone += 1
    return gone


_CLASSES: Mapping[str, Callable[[Run, datetime], int]] = {
    "audio": _audio,
    "proofs": _proofs,
    "codes": _codes,
    "words": _words,
    "reports": _reports,
    "people": _people,
}
