"""How the installation does, for who looks after it, and what of that is one company's own.

Several companies may be served by one installation. Its parts, queues, workers, backups and numbers
over all companies are told to the company ``default`` alone, which is the operator's own (and the
only one where there is one company). Every company is told what is its own: its failed work, its
calls that are due, its webhooks; and that calling has stopped, for that concerns all, without the
reason, which is between the operator and the network.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId

from app.models import (
    DEFAULT_TENANT,
    BackupReport,
    CallLog,
    DeadJob,
    Delivery,
    Heartbeat,
    Recording,
    Review,
    Subscription,
    database,
)
from app.models.retention import RetentionReport
from app.states import CALL_ENDED, OUTREACH_WAITING

MOST = 1000
"""Beyond this nothing is counted on: that there are so many is all that matters then."""
_MOST_WEBHOOKS = 20
_ANY = {"_id": {"$gt": ObjectId("0" * 24)}}
"""Every document, by the index of ids."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of one company stands still; each number is ``MOST`` at most."""

    dead_jobs: int
    calls_due: int
    calls_due_since: datetime | None
    calls_unsettled: int
    """Calls that ended and of which nothing was concluded yet."""
    recordings: int
    """Recordings that are not understood yet."""
    reviews: int
    webhooks_disabled: tuple[Subscription, ...]
    """By failures, not by a person."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Signs of life, and the last of what happens once in a while, of the installation."""

    clock_at: datetime | None
    speech_at: datetime | None
    heard_at: datetime | None
    heard_seconds: float | None
    audio_seconds: float | None
    dead_jobs: int
    """Of all companies; ``MOST`` at most."""
    retention: RetentionReport | None
    backup: BackupReport | None


def is_told_all(tenant_id: str) -> bool:
    """Is this the operator's own company, whose administrators look after the installation?"""
    return tenant_id == DEFAULT_TENANT


def waiting(tenant_id: str, *, now: datetime) -> Waiting:
    """What of one company stands still."""
    due = Delivery.of(
        tenant_id,
        outreach__state__in=OUTREACH_WAITING,
        outreach__next_attempt_at__lte=now,
    )
    oldest = due.order_by("outreach.next_attempt_at").only("outreach").first()
    unsettled = CallLog.of(tenant_id, status__in=sorted(CALL_ENDED), settled_at=None)
    disabled = Subscription.of(
        tenant_id, deleted_at=None, is_active=False, disabled_because__in=("failing", "gone")
    )
    return Waiting(
        dead_jobs=_counted(DeadJob.of(tenant_id)),
        calls_due=_counted(due),
        calls_due_since=oldest.outreach.next_attempt_at if oldest else None,
        calls_unsettled=_counted(unsettled),
        recordings=_counted(Recording.of(tenant_id, stage__in=_not_understood())),
        reviews=_counted(Review.of(tenant_id, closed_at=None)),
        webhooks_disabled=tuple(disabled.limit(_MOST_WEBHOOKS)),
    )


def signs() -> Signs:
    """Signs of life of the installation."""
    beats = {each.name: each for each in Heartbeat.objects(name__in=("clock", "speech"))}
    clock, speech = beats.get("clock"), beats.get("speech")
    return Signs(
        clock_at=clock.at if clock else None,
        speech_at=speech.at if speech else None,
        heard_at=speech.job_at if speech else None,
        heard_seconds=speech.job_seconds if speech else None,
        audio_seconds=speech.audio_seconds if speech else None,
        dead_jobs=database().jobs_dead.count_documents(_ANY, limit=MOST, hint="_id_"),
        retention=RetentionReport.objects.order_by("-id").first(),
        backup=BackupReport.objects.order_by("-id").first(),
    )


def _not_understood() -> Iterable[str]:
    return ("announced", "stored", "transcribed")


def _counted(found: Any) -> int:
    return int(found.limit(MOST).count(with_limit_and_skip=True))
