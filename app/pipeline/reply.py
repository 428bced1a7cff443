"""Reply: what a customer picked, wrote or spoke by link or text message. Kept first, then read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from bson import ObjectId
from mongoengine import NotUniqueError

from app.errors import PermanentError, TransientError
from app.gateways import Storage, StoredObject
from app.gateways.sound import container
from app.models import AnalysisRecord, Delivery, Message, Recording, Reply
from app.pipeline.known import known_of
from app.pipeline.link import deadline, household
from app.pipeline.reply_words import analysis_of, failed
from app.pipeline.review import open_review
from app.pipeline.second_opinion import lay_beside
from app.states import OUTREACH_HEARD

log = structlog.get_logger()
MOST_REPLIES = 20
"""To one delivery: more is no customer."""
LONGEST_TEXT = 500
LARGEST_AUDIO = 5 * 1024 * 1024
NOTICE_VERSION = "link/1"
"""Of the words on the customer's page that say what becomes of a recording."""
_CONTENT_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "webm": "audio/webm",
    "mp4": "audio/mp4",
}


class TooManyRepliesError(PermanentError):
    """This delivery has had as many answers as any customer gives."""


class NoAudioError(PermanentError):
    """What came as audio is none that can be heard."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as it came. ``key`` tells the same answer sent again from a new one."""

    channel: str
    key: str
    language: str
    picked: Sequence[dict[str, Any]] = ()
    text: str = ""
    audio: bytes = b""

    @property
    def empty(self) -> bool:
        """Is there nothing in it?"""
        return not (self.picked or self.text or self.audio)


def keep(delivery: Delivery, said: Said, storage: Storage, bucket: str, *, now: datetime) -> Reply:
    """Save the answer, its audio in the storage first; the same answer again is the same reply.

    Raises NoAudioError or TooManyRepliesError before anything is saved, and TransientError where
    the audio could not be kept: then what was picked and typed is saved, and sending the same
    answer again completes it.
    """
    kind = container(said.audio) if said.audio else None
    if said.audio and (kind is None or len(said.audio) > LARGEST_AUDIO):
        raise NoAudioError("that is no recording that we can play")
    reply = _known_or_new(delivery, said, now)
    if kind and reply.recording_id is None:
        try:
            kept = storage.put(_storage_key(reply, kind), said.audio, _CONTENT_TYPES[kind])
        except TransientError:
            if said.picked or said.text:
                _save(reply)
            raise
        reply = _save(reply)
        _attach(reply, kept, kind, bucket, now)
        return reply
    return _save(reply)


def keep_words(delivery: Delivery, said: Said, *, now: datetime) -> Reply:
    """Save an answer without audio, as ``keep`` does. Raises TooManyRepliesError."""
    return _save(_known_or_new(delivery, said, now))


def latest(delivery: Delivery) -> Reply | None:
    """The customer's latest answer about a delivery by link or text message."""
    found: Reply | None = _replies(delivery).order_by("-at", "-id").first()
    return found


def find(delivery: Delivery, key: str) -> Reply | None:
    """The latest answer that was sent with this key; only who sent it knows the key."""
    found: Reply | None = (
        _replies(delivery).filter(key__startswith=f"{key}:").order_by("-at").first()
    )
    return found


def _replies(delivery: Delivery) -> Any:
    return Reply.of(delivery.tenant_id, delivery_id=delivery.pk)


def _known_or_new(delivery: Delivery, said: Said, now: datetime) -> Reply:
    last = latest(delivery)
    content = hashlib.sha256(repr((said.picked, said.text)).encode() + said.audio).hexdigest()
    key = f"{said.key}:{content[:24]}"
    if last is not None and last.key.startswith(key):
        return last
    so_far = _replies(delivery).count()
    if so_far >= MOST_REPLIES:
        raise TooManyRepliesError("there are answers enough to this delivery")
    if _replies(delivery).filter(key=key).first():
        # They went back and forth: what they said first counts again.
        key = f"{key}:{so_far}"
    return Reply(
        id=ObjectId(),
        tenant_id=delivery.tenant_id,
        delivery_id=delivery.pk,
        customer_id=delivery.customer_id,
        channel=said.channel,
        key=key,
        picked=list(said.picked),
        text=said.text or None,
        language=said.language,
        notice_version=NOTICE_VERSION if said.audio else None,
        at=now,
    )


def _save(reply: Reply) -> Reply:
    if reply.created_at is not None:
        return reply
    try:
        saved: Reply = reply.save(force_insert=True)
    except NotUniqueError:
        same = {"delivery_id": reply.delivery_id, "key": reply.key}
        saved = Reply.of(reply.tenant_id, **same).get()
    else:
        log.info("replied", delivery_id=str(reply.delivery_id), reply_id=str(reply.pk))
    return saved


def _storage_key(reply: Reply, kind: str) -> str:
    return f"rec/{reply.at:%Y/%m}/{reply.pk}/spoken.{kind}"


def _attach(reply: Reply, kept: StoredObject, kind: str, bucket: str, now: datetime) -> None:
    # It shares the reply's id: whoever is second finds the recording there.
    recording = Recording(
        id=reply.pk,
        tenant_id=reply.tenant_id,
        reply_id=reply.pk,
        delivery_id=reply.delivery_id,
        audio_url=f"s3://{bucket}/{kept.key}",
        duration=0,
        format=kind,
        stage="stored",
        storage_key=kept.key,
        file_size=kept.size,
        sha256=kept.sha256,
        processing_status="processing",
        created_at=now,
    )
    with suppress(NotUniqueError):
        recording.save(force_insert=True)
    # What was read before the audio came is read again with it.
    reply.modify(
        {"recording_id": None},
        set__recording_id=recording.pk,
        unset__analysis=True,
        unset__settled_at=True,
    )


def read(reply_id: ObjectId, *, now: datetime) -> Reply | None:
    """Understand an answer; safe to repeat. None where there is nothing to do yet, or any more.

    What was picked, typed and spoken is read as one. Words in a language that is not understood
    here are kept, quoted to the driver, and put before a person.
    """
    reply: Reply | None = Reply.across_tenants(pk=reply_id).first()
    if reply is None or reply.settled_at is not None:
        return None
    if reply.analysis is not None:
        return reply
    recording = None
    if reply.recording_id:
        recording = Recording.of(reply.tenant_id, pk=reply.recording_id).get()
        if recording.stage != "understood":
            return None
    delivery = Delivery.of(reply.tenant_id, pk=reply.delivery_id).get()
    at = reply.at.astimezone(ZoneInfo(delivery.time_zone))
    analysis = analysis_of(reply, recording, at, known_of(delivery))
    source = recording.pk if recording else reply.pk
    record = AnalysisRecord.from_rules(analysis, source_id=source, call_id=None, at=now)
    lay_beside(record, [recording] if recording else [])
    reply.modify({"analysis": None}, set__analysis=record)
    if record.needs_review:
        open_review(
            reply.tenant_id,
            reply.delivery_id,
            reason="unheard" if failed(recording) else "unclear",
            source_id=reply.pk,
            call_id=None,
            due=deadline(delivery),
            now=now,
        )
    return reply


def share(reply: Reply, *, now: datetime) -> list[Reply]:
    """The same answer for the household's other deliveries of that day which nobody heard about.

    Those that were asked about by a message of their own are left to it. Safe to repeat.
    """
    delivery = Delivery.of(reply.tenant_id, pk=reply.delivery_id).get()
    others = [
        other
        for other in household(delivery, now)
        if other.outreach.state not in OUTREACH_HEARD
        and not Message.of(reply.tenant_id, delivery_id=other.pk, purpose="link").first()
    ]
    return [_copied(reply, other) for other in others]


def _copied(reply: Reply, to: Delivery) -> Reply:
    copy = Reply(
        tenant_id=reply.tenant_id,
        delivery_id=to.pk,
        customer_id=reply.customer_id,
        channel=reply.channel,
        key=reply.key,
        picked=reply.picked,
        text=reply.text,
        language=reply.language,
        at=reply.at,
        recording_id=reply.recording_id,
        analysis=reply.analysis,
    )
    return _save(copy)
