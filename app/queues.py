"""The queues and the jobs, in one table; and the one way to put a job on its queue.

RQ carries wake-ups: a job is a name and one document's id. Losing every one of them loses nothing,
for the sweep offers unfinished work again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import structlog
from bson import ObjectId
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

log = structlog.get_logger()
CALLS = "calls"
ANSWERS = "answers"
SPEECH = "speech"
QUEUES = (CALLS, ANSWERS, SPEECH)
_KEEP_FAILED = 14 * 24 * 3600
_KEEP_DONE = 300


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work: what runs, on which queue, for how many seconds at most."""

    name: str
    queue: str
    seconds: int

    @property
    def path(self) -> str:
        """The dotted name of the function that runs."""
        return f"workers.jobs.{self.name}"


DIAL = Job("dial", CALLS, 45)
RECONCILE = Job("reconcile", CALLS, 60)
LOOK_FOR_RECORDING = Job("look_for_recording", ANSWERS, 60)
STORE = Job("store", ANSWERS, 120)
TRANSCRIBE = Job("transcribe", SPEECH, 300)
UNDERSTAND = Job("understand", ANSWERS, 60)
CONCLUDE = Job("conclude", ANSWERS, 60)
TELL = Job("tell", ANSWERS, 30)

JOBS: Mapping[str, Job] = MappingProxyType(
    {
        job.name: job
        for job in (
            DIAL,
            RECONCILE,
            LOOK_FOR_RECORDING,
            STORE,
            TRANSCRIBE,
            UNDERSTAND,
            CONCLUDE,
            TELL,
        )
    }
)


def connect(redis_url: str, *, blocking: bool = False) -> Redis:
    """A client with bounded waits; it connects on first use.

    ``blocking`` is for workers, which wait for jobs longer than a socket's usual limit, and ride
    out an outage of a few seconds.
    """
    if blocking:
        retry = Retry(ConstantBackoff(1), 5)
        return Redis.from_url(redis_url, socket_connect_timeout=2, retry=retry)
    return Redis.from_url(
        redis_url, socket_connect_timeout=2, socket_timeout=5, health_check_interval=30
    )


class Enqueuer:
    """Puts jobs on their queues. A queue out of reach is logged and otherwise ignored."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def enqueue(
        self, job: Job, document_id: ObjectId, *, correlation_id: str | None = None
    ) -> bool:
        """Wake a worker for a document that is already saved; no use where one is awaited already.

        False where Redis did not take it; then the sweep will offer it.
        """
        queue, job_id = self._queue(job.queue), f"{job.name}-{document_id}"
        try:
            if self._redis.lpos(queue.key, job_id) is not None:
                return True
            queue.enqueue_call(
                job.path,
                args=(str(document_id),),
                job_id=job_id,
                timeout=job.seconds,
                # Not 0: the end of a job must not take a second wake-up for the same document away.
                result_ttl=_KEEP_DONE,
                failure_ttl=_KEEP_FAILED,
                description=job.name,
                meta={"correlation_id": correlation_id or str(document_id)},
            )
        except RedisError as error:
            log.warning(
                "queue out of reach, the sweep will offer it", job=job.name, why=repr(error)
            )
            return False
        return True

    def depth(self, queue: str) -> int:
        """Jobs waiting on a queue. Raises RedisError."""
        return int(self._queue(queue).count)

    def _queue(self, name: str) -> Queue:
        return Queue(name, connection=self._redis, serializer=JSONSerializer)
