"""Work that failed for good: kept for a person, who has it tried again or puts it away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bson import ObjectId

from app.errors import PermanentError
from app.models import BridgedCall, CallLog, DeadJob, Delivery, Message, Recording, Reply
from app.models.base import TenantDocument
from app.pipeline.record import reopen
from app.saying import Saying
from app.states import RECORDING

MOST_AT_ONCE = 100
"""Tried again by one request for all of them."""
_BACK_TO: Mapping[str, str] = MappingProxyType({"store": "announced", "transcribe": "stored"})
"""Where a recording that was given up stands again, by the job that gave it up."""
_KINDS: tuple[tuple[str, type[TenantDocument]], ...] = (
    ("recording", Recording),
    ("call", CallLog),
    ("call", BridgedCall),
    ("message", Message),
    ("reply", Reply),
)
"""What jobs are about, beside deliveries themselves."""


class NoDeadJobError(PermanentError):
    """There is no such job, or it was put away."""


@dataclass(frozen=True, slots=True)
class About:
    """What a job was about."""

    kind: str
    """``recording``, ``call``, ``message``, ``reply`` or ``delivery``."""
    delivery_id: ObjectId | None


def bury(tenant_id: str, job: str, document_id: ObjectId, error: str, *, now: datetime) -> None:
    """Put work that failed for good where a person looks; once for each document and job."""
    DeadJob.of(tenant_id, job=job, document_id=document_id).update_one(
        upsert=True,
        set__error=error,
        set__last_at=now,
        unset__retried_at=True,
        unset__retried_by=True,
        set_on_insert__first_at=now,
        set_on_insert__created_at=now,
        inc__tries=1,
    )


def worked(job: str, document_id: ObjectId) -> None:
    """A job did its work: if somebody had it tried again, there is nothing to look at any more."""
    tried = DeadJob.across_tenants(document_id=document_id, retried_at__type="date", job=job)
    tried.delete()


def find(tenant_id: str, dead_job_id: ObjectId) -> DeadJob:
    """The company's dead job of this id. Raises NoDeadJobError."""
    found: DeadJob | None = DeadJob.of(tenant_id, pk=dead_job_id).first()
    if found is None:
        raise NoDeadJobError(Saying("there is no such job"))
    return found


def chosen(*, job: str | None = None) -> dict[str, Any]:
    """The condition, as MongoDB has it, of a list of dead jobs."""
    return {"job": job} if job else {}


def to_retry(tenant_id: str, *, most: int = MOST_AT_ONCE) -> list[DeadJob]:
    """Those that nobody has had tried again, the one that failed last first."""
    return list(DeadJob.of(tenant_id, retried_at=None).order_by("-last_at").limit(most))


def retry(dead: DeadJob, *, by: str, now: datetime) -> DeadJob:
    """Have it tried again; whoever calls wakes the job. Safe to repeat.

    A recording that was given up goes back to where its job finds it. Raises PermanentError where
    trying is of no use.
    """
    if dead.job in _BACK_TO:
        _take_back(dead, now)
    DeadJob.of(dead.tenant_id, pk=dead.pk).update_one(set__retried_at=now, set__retried_by=by)
    return find(dead.tenant_id, dead.pk)


def discard(dead: DeadJob) -> None:
    """Put it away: nobody looks at it any more, and it is not tried again for that."""
    DeadJob.of(dead.tenant_id, pk=dead.pk).delete()


def about(tenant_id: str, found: Iterable[DeadJob]) -> dict[ObjectId, About]:
    """What the jobs are about, by the ids of their documents; what is gone is left out."""
    ids = [each.document_id for each in found]
    told = {
        each.pk: About(kind, each.delivery_id)
        for kind, model in _KINDS
        for each in model.of(tenant_id, pk__in=ids).only("id", "delivery_id")
    }
    deliveries = Delivery.of(tenant_id, pk__in=ids).scalar("id")
    return {**told, **{each: About("delivery", each) for each in deliveries}}


def _take_back(dead: DeadJob, now: datetime) -> None:
    recording: Recording | None = Recording.of(
        dead.tenant_id, pk=dead.document_id, stage="understood", processing_status="failed"
    ).first()
    if recording is None:
        # It was taken back before, or has come further meanwhile: the job finds out.
        return
    if recording.audio_deleted_at is not None:
        raise PermanentError(
            Saying("its audio was deleted, for it had been kept long enough: discard the job")
        )
    moved = recording.move_to(
        RECORDING,
        _BACK_TO[dead.job],
        at=now,
        cause="tried again by a person",
        where={"processing_status": "failed"},
        by_hand=True,
        set__processing_status="pending",
        set__fetch_attempts=0,
        set__processing_attempts=0,
        unset__error_message=True,
        unset__next_try_at=True,
        unset__hearing_until=True,
    )
    if moved and recording.call_log_id is not None:
        reopen(recording)
