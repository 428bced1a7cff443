"""How the queues stand: what waits and since when, who works, and what crashed. Reads Redis alone.

Ids of documents stay out of it: what a queue holds is of every company.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from redis import Redis
from rq import Queue, Worker
from rq.job import Job as RqJob
from rq.registry import FailedJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer
from rq.worker.base import BaseWorker

_LOOKED_AT = 100
"""Waiting jobs among which the oldest is looked for: what goes first is newer than what follows."""


@dataclass(frozen=True, slots=True)
class QueueStanding:
    """One queue."""

    name: str
    waiting: int
    running: int
    crashed: int
    """Jobs that ended by an error that nobody foresaw, of the last two weeks. What they were about
    is swept up like all that stands still."""
    oldest_at: datetime | None
    oldest_job: str | None


@dataclass(frozen=True, slots=True)
class WorkerStanding:
    """One process that takes jobs."""

    name: str
    queues: tuple[str, ...]
    state: str
    job: str | None
    """What it does now."""
    seen_at: datetime | None
    """Its last sign of life; one that waits for work leaves one every few minutes."""
    since: datetime | None
    done: int
    failed: int


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it, at one moment."""

    queues: tuple[QueueStanding, ...]
    workers: tuple[WorkerStanding, ...]


def look(redis: Redis, names: tuple[str, ...]) -> Standing:
    """How queues of these names stand. Raises RedisError."""
    found = Worker.all(connection=redis, serializer=JSONSerializer)
    workers = sorted((_worker(each) for each in found), key=lambda each: (each.queues, each.name))
    return Standing(tuple(_queue(redis, name) for name in names), tuple(workers))


def _queue(redis: Redis, name: str) -> QueueStanding:
    queue = Queue(name, connection=redis, serializer=JSONSerializer)
    ids = queue.get_job_ids(0, _LOOKED_AT)
    jobs = RqJob.fetch_many(ids, connection=redis, serializer=JSONSerializer)
    waiting = [(_aware(job.enqueued_at), job.description) for job in jobs if job is not None]
    dated = [(at, str(what)) for at, what in waiting if at is not None]
    oldest_at, oldest_job = min(dated, default=(None, None))
    running = StartedJobRegistry(queue=queue)
    crashed = FailedJobRegistry(queue=queue)
    return QueueStanding(
        name,
        waiting=int(queue.count),
        running=running.get_job_count(cleanup=False),
        crashed=crashed.get_job_count(cleanup=False),
        oldest_at=oldest_at,
        oldest_job=oldest_job,
    )


def _worker(found: BaseWorker) -> WorkerStanding:
    current = found.get_current_job_id()
    return WorkerStanding(
        name=str(found.name)[:12],
        queues=tuple(found.queue_names()),
        state=str(found.get_state()),
        # A job's id is its name and its document's id.
        job=current.rpartition("-")[0] if current else None,
        seen_at=_aware(found.last_heartbeat),
        since=_aware(found.birth_date),
        done=int(found.successful_job_count),
        failed=int(found.failed_job_count),
    )


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
